package opening_test

import (
	"fmt"

	"wsbench/parse/opening"
)

// A server answers a client's request, with what it has received so far.
func ExampleParseUpgrade() {
	key := opening.NewKey([16]byte([]byte("the sample nonce")))
	received := opening.AppendRequest(nil, "server.example", "/chat", key)
	for _, n := range []int{20, len(received)} {
		u, refused := opening.ParseUpgrade(received[:n])
		switch {
		case refused != nil:
			fmt.Printf("%s", refused.Append(nil))
		case u.Size == 0:
			fmt.Println(n, "bytes: wait for more")
		default:
			fmt.Printf("%s: %.12q\n", u.Target, opening.AppendAccept(nil, u.Key))
		}
	}
	// Output:
	// 20 bytes: wait for more
	// /chat: "HTTP/1.1 101"
}

// A request that opens no WebSocket gets the answer that says why.
func ExampleRefusal() {
	_, refused := opening.ParseUpgrade([]byte("POST /chat HTTP/1.1\r\nHost: a\r\n\r\n"))
	fmt.Println(refused.Status, refused.Why)
	// Output: 405 a WebSocket is opened by GET
}

// A client checks the server's answer. What follows the answer is frames.
func ExampleHandshake() {
	h := opening.Handshake{Host: "server.example", Target: "/chat", Protocols: []string{"chat.v2", "chat"}}
	h.Key = opening.NewKey([16]byte([]byte("the sample nonce"))) // random, in earnest
	fmt.Printf("%.19q\n", h.Append(nil))

	answer := opening.AppendAcceptProtocol(nil, h.Key, "chat")
	size, protocol, err := h.ParseResponse(append(answer, 0x81, 0x01, 'a'))
	fmt.Println(size == len(answer), protocol, err)
	_, _, err = h.ParseResponse([]byte("HTTP/1.1 403 Forbidden\r\n\r\n"))
	fmt.Println(err)
	// Output:
	// "GET /chat HTTP/1.1\r"
	// true chat <nil>
	// opening handshake refused: the server answered "HTTP/1.1 403 Forbidden"
}
