package peers

import (
	"bytes"
	"context"
	"io"

	"github.com/coder/websocket"
)

// background never ends, which spares coder/websocket the watching of a
// context.
var background = context.Background()

func coderConn(f *feed) (*websocket.Conn, error) {
	w, r := handshake(f)
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return nil, err
	}
	c.SetReadLimit(maxMessage)
	return c, nil
}

// coderServer calls echo once per message.
func coderServer(echo func(c *websocket.Conn, own *bytes.Buffer, part []byte) error) func(*feed) (loop, error) {
	return func(f *feed) (loop, error) {
		c, err := coderConn(f)
		if err != nil {
			return nil, err
		}
		own, part := &bytes.Buffer{}, make([]byte, 32<<10)
		return func() error {
			defer c.CloseNow()
			for {
				if err := echo(c, own, part); err != nil {
					return err
				}
			}
		}, nil
	}
}

// coderMessage echoes by what its documentation calls convenience.
func coderMessage(c *websocket.Conn, _ *bytes.Buffer, _ []byte) error {
	op, p, err := c.Read(background)
	if err != nil {
		return err
	}
	return c.Write(background, op, p)
}

// coderStream echoes as its examples do, but copies through one buffer, where
// io.Copy would make a new one for each message. What comes out are fragments.
func coderStream(c *websocket.Conn, _ *bytes.Buffer, part []byte) error {
	op, in, err := c.Reader(background)
	if err != nil {
		return err
	}
	out, err := c.Writer(background, op)
	if err != nil {
		return err
	}
	if _, err := io.CopyBuffer(out, in, part); err != nil {
		return err
	}
	return out.Close()
}

// coderReader reads into a buffer that is used again, and writes one frame.
func coderReader(c *websocket.Conn, own *bytes.Buffer, _ []byte) error {
	op, in, err := c.Reader(background)
	if err != nil {
		return err
	}
	own.Reset()
	if _, err := own.ReadFrom(in); err != nil {
		return err
	}
	return c.Write(background, op, own.Bytes())
}

// readCoder reuses one buffer, where Conn.Read would allocate each message.
func readCoder(f *feed, message func([]byte)) (loop, error) {
	c, err := coderConn(f)
	if err != nil {
		return nil, err
	}
	room := make([]byte, len(f.burst))
	return func() error {
		defer c.CloseNow()
		for {
			_, in, err := c.Reader(background)
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
