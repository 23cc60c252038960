package engine_test

import (
	"bytes"
	"fmt"

	"wsbench/benches/engine"
	"wsbench/parse"
	"wsbench/scratch"
)

// hello is the masked text frame of RFC 6455, section 5.7.
var hello = []byte{0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}

// An engine takes the bytes that a socket brought and returns those to send.
// Without a handler it echoes every message.
func ExampleEngine_Process() {
	pool := new(scratch.Pool)
	cfg := engine.Config{Pool: pool}.WithDefaults()
	e := engine.New(&cfg)
	defer e.Release()
	out := engine.NewOutput(engine.Slot, pool)

	in := bytes.Clone(hello)
	p, err := e.Process(in, out, 0)
	fmt.Println(p.Consumed, p.Frames, err)
	for _, segment := range out.Segments() {
		fmt.Printf("% x\n", segment) // to be written to the socket
	}
	// Output:
	// 11 1 <nil>
	// 81 05 48 65 6c 6c 6f
}

// The beginning of a frame that a read split is kept, and comes first in the
// next call's input.
func ExampleEngine_Process_split() {
	pool := new(scratch.Pool)
	cfg := engine.Config{Pool: pool}.WithDefaults()
	e := engine.New(&cfg)
	defer e.Release()
	out := engine.NewOutput(engine.Slot, pool)

	var in []byte
	for _, read := range [][]byte{hello[:1], hello[1:8], hello[8:]} {
		in = append(in, read...)
		p, err := e.Process(in, out, 0)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("of %d bytes %d are consumed, the frame takes %d at least\n", len(in), p.Consumed, p.Need)
		in = append([]byte(nil), in[p.Consumed:]...)
	}
	// Output:
	// of 1 bytes 0 are consumed, the frame takes 6 at least
	// of 8 bytes 0 are consumed, the frame takes 11 at least
	// of 11 bytes 11 are consumed, the frame takes 0 at least
}

// upper answers texts in capitals, and ignores binary messages.
type upper struct{}

func (upper) Message(out *engine.Output, op parse.Opcode, payload []byte) engine.Action {
	if op == parse.Text {
		out.Send(parse.Text, bytes.ToUpper(payload))
	}
	return engine.Discard
}

// A handler gets whole, unmasked messages, and decides what is answered.
func ExampleHandler() {
	pool := new(scratch.Pool)
	cfg := engine.Config{Handler: upper{}, Pool: pool}.WithDefaults()
	e := engine.New(&cfg)
	defer e.Release()
	out := engine.NewOutput(engine.Slot, pool)

	if _, err := e.Process(bytes.Clone(hello), out, 0); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q\n", bytes.Join(out.Segments(), nil))
	// Output: "\x81\x05HELLO"
}

// Before its frames, a connection is an HTTP request that asks for a WebSocket.
func ExampleOpening_Answer() {
	var opening engine.Opening
	request := "GET /chat HTTP/1.1\r\nHost: example.com\r\n" +
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
	reply := opening.Answer(&engine.Greeting{}, []byte(request), nil)
	fmt.Println(reply.Step == engine.Accepted, string(reply.Target), reply.Consumed == len(request))
	fmt.Printf("%s\n", bytes.SplitAfter(reply.Wire, []byte("\r\n"))[0])
	// Output:
	// true /chat true
	// HTTP/1.1 101 Switching Protocols
}
