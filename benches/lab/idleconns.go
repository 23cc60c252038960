package lab

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/mask"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// idleConns is connections to one server that are opened, do one echo each and
// are left idle. One goroutine uses it.
type idleConns struct {
	addr   netip.AddrPort
	masked bool // payloads come back as they were sent: they are not compared
	conns  []idleConn
	dial   func(context.Context) (wsclient.Raw, error) // to a server of TLS; nil: plain

	handshake opening.Handshake
	request   []byte // of handshake
	message   []byte // text frame
	echo      []byte // what it is answered with
}

// idleConn is one of them.
type idleConn struct {
	fd      int
	records *wsclient.Records // of a connection of TLS; nil: plain
}

const (
	// waveSize is how many connections are opened at a time: as many as package
	// load has under way. The server gets up to so many events a wait.
	waveSize = 32
	// answerLimit bounds a wave, and the echoes of the sample, in time.
	answerLimit = 5 * time.Second

	idleText = "an idle conversation"
)

func newIdleConns(addr netip.AddrPort, h opening.Handshake, masked bool) *idleConns {
	c := &idleConns{addr: addr, masked: masked, handshake: h}
	c.request = c.handshake.Append(nil)
	first := parse.FIN | uint8(parse.Text)
	key := mrand.Uint32()
	c.message = append(parse.AppendMaskedHeader(nil, first, len(idleText), key), idleText...)
	mask.Octet.Unmask(c.message[len(c.message)-len(idleText):], key)
	c.echo = append(parse.AppendHeader(nil, first, len(idleText)), idleText...)
	return c
}

// open opens n connections more, wave by wave, each with its opening handshake
// and one echo. What was opened before an error is closed by close.
func (c *idleConns) open(ctx context.Context, n int) error {
	for left := n; left > 0; left -= waveSize {
		if err := c.wave(ctx, min(left, waveSize)); err != nil {
			return err
		}
	}
	return nil
}

// wave opens n connections side by side.
func (c *idleConns) wave(ctx context.Context, n int) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, errNoAnswer)
	defer cancel()
	from := len(c.conns)
	steps := []func(context.Context, idleConn) error{c.ask, c.upgraded, c.say, c.echoed}
	if c.dial != nil {
		steps = steps[2:]
		if err := c.dialWave(ctx, n); err != nil {
			return fmt.Errorf("connection %d or later: %w", from, err)
		}
	} else if err := c.connectWave(n); err != nil {
		return err
	}
	for _, step := range steps {
		for i, conn := range c.conns[from:] {
			if err := step(ctx, conn); err != nil {
				return fmt.Errorf("connection %d: %w", from+i, err)
			}
		}
	}
	return nil
}

// connectWave begins n plain connections.
func (c *idleConns) connectWave(n int) error {
	for range n {
		fd, err := syscalls.Connect(c.addr)
		if err != nil {
			return wsclient.Advise(err)
		}
		c.conns = append(c.conns, idleConn{fd: fd})
	}
	return nil
}

// dialWave opens n connections of TLS at the same time, with their opening
// handshakes.
func (c *idleConns) dialWave(ctx context.Context, n int) (failed error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			raw, err := c.dial(ctx)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				c.conns = append(c.conns, idleConn{raw.FD, raw.Records})
				err = unasked(raw.Early)
			}
			failed = cmp.Or(failed, err)
		})
	}
	all.Wait()
	return failed
}

var errNoAnswer = fmt.Errorf("no answer within %v", answerLimit)

func (c *idleConns) ask(ctx context.Context, conn idleConn) error {
	if err := await(ctx, conn.fd, syscalls.EPOLLOUT); err != nil {
		return err
	}
	if err := syscalls.SocketError(conn.fd); err != nil {
		return wsclient.Advise(err)
	}
	return send(conn.fd, c.request)
}

func (c *idleConns) upgraded(ctx context.Context, conn idleConn) error {
	early, err := wsclient.Await(receiver{ctx, conn.fd}, &c.handshake)
	return cmp.Or(err, unasked(early))
}

// unasked returns the error of what followed a server's answer to the opening
// handshake, nil if nothing did.
func unasked(early []byte) error {
	if len(early) == 0 {
		return nil
	}
	return fmt.Errorf("%d bytes behind the opening handshake: an echo server sends nothing unasked", len(early))
}

func (c *idleConns) say(_ context.Context, conn idleConn) error {
	if conn.records != nil {
		return send(conn.fd, conn.records.Seal(nil, c.message))
	}
	return send(conn.fd, c.message)
}

// echoed receives the echo and checks it.
func (c *idleConns) echoed(ctx context.Context, conn idleConn) error {
	got := make([]byte, len(c.echo))
	var from io.Reader = receiver{ctx, conn.fd}
	if conn.records != nil {
		from = conn.records.Reader(from)
	}
	if _, err := io.ReadFull(from, got); err != nil {
		return fmt.Errorf("echo: %w", err)
	}
	same := len(got)
	if c.masked {
		same -= len(idleText)
	}
	if !bytes.Equal(got[:same], c.echo[:same]) {
		return fmt.Errorf("corrupted echo: %q, want %q", got, c.echo)
	}
	return nil
}

// sample lets n of the connections, drawn by rng, echo once more.
func (c *idleConns) sample(ctx context.Context, n int, rng *mrand.Rand) error {
	ctx, cancel := context.WithTimeoutCause(ctx, answerLimit, errNoAnswer)
	defer cancel()
	for _, i := range rng.Perm(len(c.conns))[:min(n, len(c.conns))] {
		err := c.say(ctx, c.conns[i])
		if err == nil {
			err = c.echoed(ctx, c.conns[i])
		}
		if err != nil {
			return fmt.Errorf("idle connection %d: %w", i, err)
		}
	}
	return nil
}

// close resets all connections: nothing is measured any more, and no port is
// kept in TIME_WAIT.
func (c *idleConns) close() {
	for _, conn := range c.conns {
		resetAtClose(conn.fd)
		syscalls.Close(conn.fd)
	}
	c.conns = nil
}

func send(fd int, b []byte) error {
	switch n, errno := syscalls.Send(fd, b); {
	case errno != 0:
		return os.NewSyscallError("send", errno)
	case n < len(b):
		return fmt.Errorf("send took %d of %d bytes: %w", n, len(b), syscall.EAGAIN)
	}
	return nil
}

// receiver reads from a socket that does not block.
type receiver struct {
	ctx context.Context
	fd  int
}

// Read receives what there is into b, and waits for it.
func (r receiver) Read(b []byte) (int, error) {
	for {
		n, errno := syscalls.Recv(r.fd, b)
		switch {
		case errno == syscall.EAGAIN || errno == syscall.EINTR:
		case errno != 0:
			return 0, os.NewSyscallError("recv", errno)
		case n == 0:
			return 0, errors.New("the server closed the connection")
		default:
			return n, nil
		}
		if err := await(r.ctx, r.fd, syscalls.EPOLLIN); err != nil {
			return 0, err
		}
	}
}

// awaitSlice is how often a wait looks whether its context has ended.
const awaitSlice = 50 * time.Millisecond

func await(ctx context.Context, fd int, events uint32) error {
	for {
		ready, err := syscalls.Await(fd, events, int(awaitSlice/time.Millisecond))
		switch {
		case ready || err != nil:
			return err
		case ctx.Err() != nil:
			return context.Cause(ctx)
		}
	}
}
