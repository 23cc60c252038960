package peers

import (
	"bytes"
	"io"

	"github.com/gorilla/websocket"
)

func gorillaConn(f *feed, buffer int) (*websocket.Conn, error) {
	w, r := handshake(f)
	c, err := (&websocket.Upgrader{ReadBufferSize: buffer, WriteBufferSize: buffer}).Upgrade(w, r, nil)
	if err != nil {
		return nil, err
	}
	c.SetReadLimit(maxMessage)
	return c, nil
}

// gorillaServer calls echo once per message; buffer is how much is received, and
// written, at once.
func gorillaServer(buffer int, echo func(c *websocket.Conn, own *bytes.Buffer) error) func(*feed) (loop, error) {
	return func(f *feed) (loop, error) {
		c, err := gorillaConn(f, buffer)
		if err != nil {
			return nil, err
		}
		own := &bytes.Buffer{}
		return func() error {
			defer c.Close()
			for {
				if err := echo(c, own); err != nil {
					return err
				}
			}
		}, nil
	}
}

// gorillaMessage echoes as the first example of its documentation.
func gorillaMessage(c *websocket.Conn, _ *bytes.Buffer) error {
	op, p, err := c.ReadMessage()
	if err != nil {
		return err
	}
	return c.WriteMessage(op, p)
}

// gorillaStream echoes as the second. A message that its write buffer cannot
// hold comes out in fragments.
func gorillaStream(c *websocket.Conn, _ *bytes.Buffer) error {
	op, in, err := c.NextReader()
	if err != nil {
		return err
	}
	out, err := c.NextWriter(op)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}

// gorillaReader reads into a buffer that is used again.
func gorillaReader(c *websocket.Conn, own *bytes.Buffer) error {
	op, in, err := c.NextReader()
	if err != nil {
		return err
	}
	own.Reset()
	if _, err := own.ReadFrom(in); err != nil {
		return err
	}
	return c.WriteMessage(op, own.Bytes())
}

// readGorilla reuses one buffer, where Conn.ReadMessage would allocate each
// message.
func readGorilla(f *feed, message func([]byte)) (loop, error) {
	c, err := gorillaConn(f, 0)
	if err != nil {
		return nil, err
	}
	room := make([]byte, len(f.burst))
	return func() error {
		defer c.Close()
		for {
			_, in, err := c.NextReader()
			if err != nil {
				return err
			}
			n, err := fill(room, in)
			if err != nil {
				return err
			}
			message(room[:n])
		}
	}, nil
}
