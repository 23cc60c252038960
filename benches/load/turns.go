package load

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"syscall"

	"wsbench/benches/internal/wsclient"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// opener opens the connections of a thread that take the place of others, where
// Config.Turns has these end. It belongs to the thread's loop, which does not wait
// for any of them.
type opener struct {
	remote    netip.AddrPort
	handshake opening.Handshake // its key is each connection's
	request   []byte
	source    byte             // of the connection begun last, see local
	under     map[int32]*asked // connections that are not open, by number
	free      []*asked
}

// asked is a connection on its way.
type asked struct {
	began int64 // when connect was called, ns on the package's clock
	key   opening.Key
	sent  bool   // the request has left
	head  []byte // of the answer so far
}

// sources is how many addresses of loopback new connections come from in turn: each
// has ports of its own, and a port is in TIME_WAIT for a minute.
const sources = 16

// local returns the address that the next connection comes from, where the server is
// on loopback: 127.0.0.2 and on.
func (o *opener) local() netip.Addr {
	if !o.remote.Addr().Is4() || !o.remote.Addr().IsLoopback() {
		return netip.Addr{}
	}
	o.source = (o.source + 1) % sources
	return netip.AddrFrom4([4]byte{127, 0, 0, 2 + o.source})
}

// connect begins a connection from the first address that has a port left.
func (o *opener) connect() (fd int, err error) {
	for range sources {
		fd, err = syscalls.ConnectFrom(o.local(), o.remote)
		if !errors.Is(err, syscall.EADDRNOTAVAIL) {
			break
		}
	}
	if err != nil {
		return -1, wsclient.Advise(err)
	}
	return fd, syscalls.SetNoDelay(fd)
}

// renew ends c, whose messages are all answered, and begins the connection that takes
// its place. The end is TCP's alone: a closing handshake would be the server's to
// finish.
func (t *thread) renew(c *conn) error {
	o := t.opener
	c.drop()
	fd, err := o.connect()
	if err != nil {
		return c.lost(openError{err})
	}
	c.fd, c.opening = int32(fd), true
	a := &asked{}
	if n := len(o.free); n > 0 {
		a, o.free = o.free[n-1], o.free[:n-1]
	}
	*a = asked{began: t.now, head: a.head[:0]}
	o.under[c.id] = a
	if errno := t.poll.Add(fd, syscalls.EPOLLOUT, uint64(int(c.id)-t.first)); errno != 0 {
		return c.lost(openError{fmt.Errorf("epoll_ctl: %w", errno)})
	}
	return nil
}

// ask sends the opening handshake on c, which is connected or has failed to.
func (t *thread) ask(c *conn) error {
	o, a := t.opener, t.opener.under[c.id]
	if err := syscalls.SocketError(int(c.fd)); err != nil {
		return c.lost(openError{wsclient.Advise(err)})
	}
	if a.sent {
		return nil
	}
	var nonce [16]byte
	rand.Read(nonce[:])
	a.key, a.sent = opening.NewKey(nonce), true
	o.handshake.Key = a.key
	o.request = o.handshake.Append(o.request[:0])
	if n, errno := syscalls.Send(int(c.fd), o.request); errno != 0 {
		return c.lost(openError{os.NewSyscallError("send", errno)})
	} else if n < len(o.request) {
		return c.lost(openError{fmt.Errorf("send took %d of %d bytes of the opening handshake", n, len(o.request))})
	}
	return t.interest(c, syscalls.EPOLLIN)
}

// answered takes b, of the server's answer to the opening handshake of c, and returns
// what is behind that. With it the connection is open.
func (t *thread) answered(c *conn, b []byte) (rest []byte, err error) {
	o, a := t.opener, t.opener.under[c.id]
	a.head = append(a.head, b...)
	o.handshake.Key = a.key
	size, _, err := o.handshake.ParseResponse(a.head)
	if size == 0 || err != nil {
		if err != nil {
			err = c.lost(openError{err})
		}
		return nil, err
	}
	rest = a.head[size:]
	t.opened(c)
	if t.recording() {
		t.count.opened++
		t.handshakes.RecordValue(min(t.now-a.began, int64(maxLatency)))
	}
	if t.phase < draining {
		c.credit = int32(t.group.cfg.Depth)
	}
	return rest, nil
}

// opened has c begin its turn, or be given up.
func (t *thread) opened(c *conn) {
	if a := t.opener.under[c.id]; a != nil {
		t.opener.free = append(t.opener.free, a)
		delete(t.opener.under, c.id)
	}
	c.opening, c.left = false, uint16(t.turns)
}

// openError is what kept a connection from being opened.
type openError struct{ error }

func (e openError) Unwrap() error { return e.error }
