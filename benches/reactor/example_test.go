//go:build linux

package reactor_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net"
	"net/http"
	"net/netip"
	"time"

	"wsbench/benches/reactor"
	"wsbench/mask"
	"wsbench/parse"
	"wsbench/syscalls"
)

// echo sends every message back.
type echo struct{}

func (echo) Open(c *reactor.Conn) { fmt.Println("open:", c.Target()) }

func (echo) Message(c *reactor.Conn, op parse.Opcode, payload []byte) {
	fmt.Printf("%v: %s\n", op, payload)
	c.Echo()
}

func (echo) Close(_ *reactor.Conn, err error) { fmt.Println("closed:", err) }

// An echo server is a Handler, a loop and a listening socket. This one ends
// when its first client has its answer.
func Example() {
	loop, err := reactor.New(reactor.Config{Handler: echo{}})
	if err != nil {
		log.Fatal(err)
	}
	defer loop.Close()
	fd, addr, err := syscalls.Listen(netip.MustParseAddrPort("127.0.0.1:0"), syscalls.ListenOptions{})
	if err != nil {
		log.Fatal(err)
	}
	if err := loop.Listen(fd); err != nil {
		log.Fatal(err)
	}
	answer := make(chan string, 1)
	go func() {
		answer <- ask(addr.String(), "Hello")
		loop.Shutdown(time.Second)
	}()
	if err := loop.Run(); err != nil {
		log.Fatal(err)
	}
	fmt.Println("answer:", <-answer)
	// Output:
	// open: /chat
	// text: Hello
	// closed: <nil>
	// answer: Hello
}

// ask opens a WebSocket, sends a short text, takes the answer, and closes. It
// returns the answer, or what went wrong.
func ask(addr, text string) string {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err.Error()
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /chat HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", addr)
	in := bufio.NewReader(conn)
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		return err.Error()
	}
	if response.StatusCode != http.StatusSwitchingProtocols {
		return response.Status
	}
	send(conn, parse.Text, []byte(text))
	echoed, err := receive(in, len(text))
	if err != nil {
		return err.Error()
	}
	send(conn, parse.Close, parse.AppendClose(nil, parse.CloseNormal, ""))
	io.Copy(io.Discard, in) // until the server has closed the connection
	return echoed
}

// send writes a client's frame.
func send(w io.Writer, op parse.Opcode, payload []byte) {
	key := rand.Uint32()
	frame := parse.AppendMaskedHeader(nil, parse.FIN|uint8(op), len(payload), key)
	mask.Unmask(payload, key)
	w.Write(append(frame, payload...))
}

// receive reads a server's frame whose payload has n bytes.
func receive(r io.Reader, n int) (string, error) {
	frame := make([]byte, parse.HeaderSize(n)+n)
	if _, err := io.ReadFull(r, frame); err != nil {
		return "", err
	}
	h, _, err := parse.ParseHeader(frame, parse.FromServer)
	return string(frame[h.Size:]), err
}
