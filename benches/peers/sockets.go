package peers

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"slices"

	"github.com/coder/websocket"
	gorilla "github.com/gorilla/websocket"
	"github.com/lxzan/gws"
	xnet "golang.org/x/net/websocket"

	"wsbench/benches/internal/libraries"
)

// A Socket is an echo server of a library on TCP, set up as the library's
// documentation advises for speed. None compresses.
type Socket struct {
	Name string
	// serve answers connections until l is closed.
	serve func(l net.Listener) error
}

// Sockets lists the servers that are Go, by the names of package libraries.
func Sockets() []Socket {
	return []Socket{
		{libraries.Gorilla, handle(serveGorilla)},
		{libraries.Coder, handle(serveCoder)},
		{libraries.Gobwas, serveGobwas},
		{libraries.GWS, serveGWS},
		{libraries.Netpoll, serveNetpoll},
		{libraries.XNet, handle(xnet.Server{Handler: serveXNet}.ServeHTTP)},
	}
}

// Serve answers connections on l with a library until l is closed.
func Serve(name string, l net.Listener) error {
	i := slices.IndexFunc(Sockets(), func(s Socket) bool { return s.Name == name })
	if i < 0 {
		return fmt.Errorf("peers: no server %q in Go", name)
	}
	return Sockets()[i].serve(l)
}

func handle(h http.HandlerFunc) func(net.Listener) error {
	return func(l net.Listener) error { return http.Serve(l, h) }
}

// The buffers of a connection are net/http's, which its documentation says
// Upgrader reuses where no sizes are set; a size would add a second pair. It
// advises a WriteBufferPool for few writes on many connections only: without
// one no write waits for a buffer. The payload's buffer is used again, as
// NextReader permits.
var gorillaUpgrader = gorilla.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func serveGorilla(w http.ResponseWriter, r *http.Request) {
	c, err := gorillaUpgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer c.Close()
	c.SetReadLimit(maxMessage)
	own := &bytes.Buffer{}
	if n := counted(r.URL); n > 0 {
		err = gorillaCount(c, own, n)
	}
	for err == nil {
		err = gorillaReader(c, own)
	}
}

// Its documentation offers Reader beside Read to save the allocation of each
// message, and Write for a message in one frame. Compression is off by default.
func serveCoder(w http.ResponseWriter, r *http.Request) {
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return
	}
	defer c.CloseNow()
	c.SetReadLimit(maxMessage)
	own := &bytes.Buffer{}
	if n := counted(r.URL); n > 0 {
		err = coderCount(c, own, n)
	}
	for err == nil {
		err = coderReader(c, own, nil)
	}
}

// Its README runs ReadLoop on a goroutine of its own, so that the request's, and
// what that refers to, can be freed. ParallelEnabled, which the README has on
// for handlers that wait, would answer out of order.
func serveGWS(l net.Listener) error {
	upgrader := func(h gws.Event) *gws.Upgrader {
		return gws.NewUpgrader(h, &gws.ServerOption{ReadMaxPayloadSize: maxMessage, WriteMaxPayloadSize: maxMessage})
	}
	echoes := upgrader(gwsEcho{})
	return handle(func(w http.ResponseWriter, r *http.Request) {
		u := echoes
		if n := counted(r.URL); n > 0 {
			u = upgrader(&gwsCount{n: n, left: n})
		}
		if c, err := u.Upgrade(w, r); err == nil {
			go c.ReadLoop()
		}
	})(l)
}

// sameType echoes each message with its own opcode: Message would make text of
// byte slices that were not binary.
var sameType = xnet.Codec{
	Marshal: func(v any) ([]byte, byte, error) { m := v.(*xnetMessage); return m.payload, m.kind, nil },
	Unmarshal: func(b []byte, kind byte, v any) error {
		*v.(*xnetMessage) = xnetMessage{b, kind}
		return nil
	},
}

type xnetMessage struct {
	payload []byte
	kind    byte
}

// Server, unlike Handler, asks for no Origin. Codec is the documented way to
// whole frames; there is none to keep a buffer.
func serveXNet(c *xnet.Conn) {
	c.MaxPayloadBytes = maxMessage
	if n := counted(c.Request().URL); n > 0 && xnetCount(c, n) != nil {
		return
	}
	for m := (xnetMessage{}); ; {
		if sameType.Receive(c, &m) != nil || sameType.Send(c, &m) != nil {
			return
		}
	}
}
