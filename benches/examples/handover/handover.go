//go:build linux

package main

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"

	"wsbench/benches/engine"
	"wsbench/benches/reactor"
	"wsbench/parse"
	"wsbench/syscalls"
)

// handover is both sides: net/http's, on any goroutine, and the handler of the
// loop, on that loop's.
type handover struct {
	opening engine.Opening
	loop    *reactor.Loop
	open    atomic.Int64 // WebSockets; both sides use it
}

func (h *handover) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, "%d WebSockets are open\n", h.open.Load())
	})
	mux.HandleFunc("/ws", h.upgrade)
	return mux
}

// Open, Message and Close make an echo server.
func (h *handover) Open(*reactor.Conn)                                { h.open.Add(1) }
func (h *handover) Message(c *reactor.Conn, _ parse.Opcode, _ []byte) { c.Echo() }
func (h *handover) Close(*reactor.Conn, error)                        { h.open.Add(-1) }

// upgrade answers an opening handshake, and hands the connection over where it
// is accepted.
func (h *handover) upgrade(w http.ResponseWriter, r *http.Request) {
	answer := h.opening.Answer(&engine.Greeting{}, head(r), nil)
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, "a WebSocket needs HTTP/1.1", http.StatusInternalServerError)
		return
	}
	defer conn.Close() // the loop has a descriptor of its own
	if answer.Step != engine.Accepted {
		conn.Write(answer.Wire)
		return
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return // such as *tls.Conn, whose bytes only it can read
	}
	fd, err := syscalls.Dup(tcp)
	if err != nil {
		return
	}
	ahead, _ := buffered.Reader.Peek(buffered.Reader.Buffered())
	if _, err := conn.Write(answer.Wire); err != nil || h.loop.Adopt(fd, ahead) != nil {
		syscalls.Close(fd)
	}
}

// head returns r's head as on the wire, which an Opening reads.
func head(r *http.Request) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s %s\r\nHost: %s\r\n", r.Method, r.RequestURI, r.Proto, r.Host)
	r.Header.Write(&b)
	b.WriteString("\r\n")
	return b.Bytes()
}
