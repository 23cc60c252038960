package parse_test

import (
	"fmt"

	"wsbench/mask"
	"wsbench/parse"
)

// A server reads the header of a client's frame, then unmasks the payload. The
// frame is one of RFC 6455, section 5.7.
func ExampleParseHeader() {
	wire := []byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}
	h, need, err := parse.ParseHeader(wire, parse.FromClient)
	if err != nil || need > 0 {
		fmt.Println(need, err)
		return
	}
	payload := wire[h.Size:][:h.Length]
	mask.Unmask(payload, h.Key)
	fmt.Println(h.Opcode(), h.Fin(), string(payload))
	// Output: text true Hello
}

// A header that has arrived in part is not an error: need is the number of
// bytes to wait for.
func ExampleParseHeader_incomplete() {
	wire := parse.AppendHeader(nil, parse.FIN|uint8(parse.Binary), 70_000)
	for _, n := range []int{0, 1, 2, 9, 10} {
		h, need, err := parse.ParseHeader(wire[:n], parse.FromServer)
		switch {
		case err != nil:
			fmt.Println(err)
		case need > 0:
			fmt.Println(n, "bytes: wait for", need, "more at least")
		default:
			fmt.Println(n, "bytes: a payload of", h.Length, "follows")
		}
	}
	// Output:
	// 0 bytes: wait for 2 more at least
	// 1 bytes: wait for 1 more at least
	// 2 bytes: wait for 8 more at least
	// 9 bytes: wait for 1 more at least
	// 10 bytes: a payload of 70000 follows
}

// What breaks the protocol is refused as soon as the bytes show it.
func ExampleParseHeader_refused() {
	_, _, err := parse.ParseHeader([]byte{0x81}, parse.FromClient)
	fmt.Println(err)
	_, _, err = parse.ParseHeader([]byte{0x81, 0x05}, parse.FromClient)
	fmt.Println(err)
	_, _, err = parse.ParseHeader([]byte{0xc1}, parse.FromClient)
	fmt.Println(err)
	// Output:
	// <nil>
	// parse: frame from a client not masked
	// parse: RSV bit set though no extension was negotiated
}

// A server's frame has no masking-key.
func ExampleAppendHeader() {
	text := "Hello"
	frame := parse.AppendHeader(nil, parse.FIN|uint8(parse.Text), len(text))
	frame = append(frame, text...)
	fmt.Printf("% x\n", frame)
	// Output: 81 05 48 65 6c 6c 6f
}

// A client's frame carries the masking-key, which should be random.
func ExampleAppendMaskedHeader() {
	payload := []byte("Hello")
	const key = 0x3d21fa37
	frame := parse.AppendMaskedHeader(nil, parse.FIN|uint8(parse.Text), len(payload), key)
	mask.Unmask(payload, key)
	frame = append(frame, payload...)
	fmt.Printf("% x\n", frame)
	// Output: 81 85 37 fa 21 3d 7f 9f 4d 51 58
}

// The payload of a close frame is a code and a reason.
func ExampleParseClose() {
	payload := parse.AppendClose(nil, parse.CloseGoingAway, "bye")
	code, reason, err := parse.ParseClose(payload)
	fmt.Println(code, string(reason), err)
	// Output: 1001 bye <nil>
}
