package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"wsbench/benches/engine"
	"wsbench/benches/internal/wsclient"
	"wsbench/scratch"
)

// lingering is how long a server gets to end TCP after the closing handshake
// (RFC 6455, section 7.1.1).
const lingering = 2 * time.Second

// silence is how long a server may say nothing, or take nothing. Suites pause
// for a second or so.
const silence = time.Minute

// Reflect opens a connection to rawURL and answers each message of the server
// with itself, until the server has closed it. It is the protocol engine in
// its client role, for suites that test clients: connections of a Group, which
// expect their own messages back, read frames by a loop of their own. The error tells what the
// server did wrong, if it was that which ended the connection.
func Reflect(ctx context.Context, rawURL string, offer wsclient.Offer) error {
	u, err := wsclient.ParseURL(rawURL)
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	conn, early, err := offer.Dial(ctx, u, defaultTimeout)
	if err != nil {
		return fmt.Errorf("load: %s: %w", u, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	err = newReflector(conn).run(early)
	switch {
	case err != nil && ctx.Err() != nil:
		err = fmt.Errorf("interrupted while the server was still connected: %w", ctx.Err())
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = fmt.Errorf("the server neither sent anything nor took what it was sent for %v", silence)
	}
	if err != nil {
		return fmt.Errorf("load: %s: %w", u, err)
	}
	return nil
}

// reflector is the client's end of a connection.
type reflector struct {
	conn net.Conn
	pool scratch.Pool
	buf  []byte // what was received and not answered begins it
	eng  *engine.Engine
	out  *engine.Output
}

func newReflector(conn net.Conn) *reflector {
	r := &reflector{conn: conn, buf: make([]byte, scratch.DefaultSize)}
	r.eng = engine.New(&engine.Config{Client: true, Whole: len(r.buf), Pool: &r.pool})
	r.out = engine.NewOutput(engine.Copy, &r.pool)
	return r
}

// run answers until the connection has ended. early was received already.
func (r *reflector) run(early []byte) error {
	defer r.eng.Release()
	have := copy(r.buf, early)
	for {
		left, err := r.answer(r.buf[:have])
		switch {
		case errors.Is(err, engine.ErrClosed):
			return r.linger(nil)
		case err != nil:
			return r.linger(err)
		}
		have = copy(r.buf, left)
		r.conn.SetReadDeadline(time.Now().Add(silence))
		n, err := r.conn.Read(r.buf[have:])
		switch {
		case err == io.EOF:
			return errors.New("the server ended the connection without a close frame")
		case err != nil:
			return err
		}
		have += n
	}
}

// answer sends the answer to what in holds, and returns what it does not
// answer yet.
func (r *reflector) answer(in []byte) (left []byte, err error) {
	p, err := r.eng.Process(in, r.out, 0)
	r.conn.SetWriteDeadline(time.Now().Add(silence))
	vec := net.Buffers(r.out.Segments())
	if _, e := vec.WriteTo(r.conn); e != nil {
		return nil, e
	}
	return in[p.Consumed:], err
}

// linger waits for the server to end TCP, and returns err.
func (r *reflector) linger(err error) error {
	r.conn.SetReadDeadline(time.Now().Add(lingering))
	io.Copy(io.Discard, r.conn)
	return err
}
