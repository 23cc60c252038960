package peers

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/coder/websocket"
	"github.com/gobwas/ws"
	gorilla "github.com/gorilla/websocket"
	"github.com/lxzan/gws"
	xnet "golang.org/x/net/websocket"
)

// Every server counts, too: /ws?n=N is answered once, when N messages have come,
// as the published survey of tiny frames has it. Each reads as its echo does.

// counted returns n of /ws?n=N: so many messages are to be answered once, by their
// number. It is 0 elsewhere.
func counted(u *url.URL) int {
	n, _ := strconv.Atoi(u.Query().Get("n"))
	if u.Path != "/ws" {
		return 0
	}
	return max(0, n)
}

// countAnswer returns the answer to n messages.
func countAnswer(n int) []byte { return fmt.Appendf(nil, `{"frames":%d}`, n) }

// gorillaCount reads as gorillaReader does.
func gorillaCount(c *gorilla.Conn, own *bytes.Buffer, n int) error {
	for range n {
		_, in, err := c.NextReader()
		if err != nil {
			return err
		}
		own.Reset()
		if _, err := own.ReadFrom(in); err != nil {
			return err
		}
	}
	return c.WriteMessage(gorilla.TextMessage, countAnswer(n))
}

// coderCount reads as coderReader does.
func coderCount(c *websocket.Conn, own *bytes.Buffer, n int) error {
	for range n {
		_, in, err := c.Reader(background)
		if err != nil {
			return err
		}
		own.Reset()
		if _, err := own.ReadFrom(in); err != nil {
			return err
		}
	}
	return c.Write(background, websocket.MessageText, countAnswer(n))
}

// gwsCount handles one connection.
type gwsCount struct {
	gwsEcho
	n, left int
}

func (h *gwsCount) OnMessage(c *gws.Conn, m *gws.Message) {
	m.Close()
	if h.left--; h.left == 0 {
		c.WriteMessage(gws.OpcodeText, countAnswer(h.n))
	}
}

// xnetCount reads as serveXNet does.
func xnetCount(c *xnet.Conn, n int) error {
	m := xnetMessage{}
	for range n {
		if err := sameType.Receive(c, &m); err != nil {
			return err
		}
	}
	return sameType.Send(c, &xnetMessage{countAnswer(n), xnet.TextFrame})
}

// upgrade answers the opening handshake, and learns from it what is to be counted.
func (f *framer) upgrade(conn io.ReadWriter) error {
	u := ws.Upgrader{OnRequest: func(target []byte) error {
		u, err := url.ParseRequestURI(string(target))
		if err == nil {
			f.wanted = counted(u)
		}
		return err
	}}
	_, err := u.Upgrade(conn)
	return err
}

// count counts the message that h ends, if it ends one, and returns the answer to
// all of them behind the last.
func (f *framer) count(h ws.Header) []byte {
	if f.wanted == 0 || h.OpCode.IsControl() || !h.Fin {
		return nil
	}
	if f.seen++; f.seen != f.wanted {
		return nil
	}
	return ws.MustCompileFrame(ws.NewTextFrame(countAnswer(f.wanted)))
}
