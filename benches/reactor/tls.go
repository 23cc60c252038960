package reactor

import (
	"errors"
	"fmt"
	"io"
	"os"

	"wsbench/benches/internal/tls13"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// Why a TLS connection ended, besides the reasons of other connections. The error
// wraps a tls.AlertError where either side sent an alert.
var (
	ErrTruncated = errors.New("reactor: the peer ended TLS by FIN without close_notify: bytes may be missing")
	ErrRekey     = errors.New("reactor: a TLS key update ended the connection: the kernel takes no second key; Linux 6.14 does")
)

// tlsConn is the Protocol of a connection with TLS. It wraps the protocol that its
// records carry. Either records or kernel is nil.
type tlsConn struct {
	Protocol // nil during the opening handshake
	records  *records
	kernel   *kernelRecords
	post     tls13.Post

	ended    bool // the peer has sent close_notify
	notified bool // this side's last record is queued: close_notify, or an alert
	updating bool // an answer to a key update is queued
}

// AdoptTLS hands the loop a connection whose TLS handshake was done elsewhere. The
// opening handshake comes next, as on an accepted connection. fd is a socket in
// non-blocking mode from which nothing behind the client's Finished was read.
//
// If kernel is true, s.ToKernel has given the kernel the keys, and the loop
// receives and sends plaintext. Otherwise the loop opens and seals the records
// itself, in buffers that Config.Buffers has no effect on.
//
// From now on the loop owns fd and the secrets, unless AdoptTLS returns an error:
// the loop has ended, fd is no socket, or s has no secrets. AdoptTLS wipes s before
// it returns. The loop wipes its copy when the connection ends. Any goroutine may
// call AdoptTLS.
//
// A peer ends its stream by close_notify; FIN without it is ErrTruncated. The loop
// ends the connection by an alert if the peer sends anything but application data,
// alerts and key updates, or a record that is too long or has a wrong tag. It does
// so upon a key update as well if the kernel takes no second key.
//
// The loop does not update the key that the kernel seals with, unless the peer asks
// for it: end such a connection before it has sent 2^24 full records, which are
// 256 GiB (RFC 8446, section 5.5).
func (l *Loop) AdoptTLS(fd int, s *tls13.Session, kernel bool) error {
	delay := syscalls.SetNoDelay
	if l.cfg.Nagle {
		delay = syscalls.SetNagle
	}
	if err := adoptable(fd, delay); err != nil {
		return err
	}
	t, err := newTLSConn(s, kernel)
	if err != nil {
		return fmt.Errorf("reactor: adopt descriptor %d: %w", fd, err)
	}
	if err := l.do(0, func() { l.adoptTLS(fd, t) }); err != nil {
		t.wipe()
		return err
	}
	s.Wipe()
	return nil
}

func (l *Loop) adoptTLS(fd int, t *tlsConn) {
	if !l.adopts(fd) {
		t.wipe()
		return
	}
	c, errno := l.add(fd)
	c.proto = t
	c.flags |= secure
	switch {
	case errno != 0:
		l.drop(c, errno)
		l.warn(fmt.Errorf("reactor: adopt descriptor %d: %w", fd, os.NewSyscallError("epoll_ctl", errno)))
	case l.ring != nil:
		l.ring.next(c)
	}
}

func newTLSConn(s *tls13.Session, kernel bool) (t *tlsConn, err error) {
	t = &tlsConn{}
	switch {
	case len(s.In.Secret) == 0 || len(s.Out.Secret) == 0:
		return nil, errors.New("the TLS session has no secrets")
	case kernel:
		t.kernel = &kernelRecords{in: copied(s.In), out: copied(s.Out), calls: theKernel{}}
		return t, nil
	}
	t.records = &records{}
	if t.records.in, err = tls13.NewOpener(s.In); err == nil {
		t.records.out, err = tls13.NewSealer(s.Out)
	}
	return t, err
}

// copied returns h with a secret of its own.
func copied(h tls13.Half) tls13.Half {
	h.Secret = append([]byte(nil), h.Secret...)
	return h
}

// tls returns c's TLS, or nil if it has none.
func (c *Conn) tls() *tlsConn {
	if c.flags&secure == 0 {
		return nil
	}
	return c.proto.(*tlsConn)
}

// records returns c's record layer, or nil if it has no TLS or the kernel's.
func (c *Conn) records() *records {
	if c.flags&secure == 0 {
		return nil
	}
	return c.tls().records
}

// Room implements Protocol: records are received into a buffer of the loop.
func (t *tlsConn) Room() []byte {
	if t.records != nil || t.Protocol == nil {
		return nil
	}
	return t.Protocol.Room()
}

// Release implements Protocol.
func (t *tlsConn) Release() {
	if t.Protocol != nil {
		t.Protocol.Release()
	}
	t.wipe()
}

func (t *tlsConn) wipe() {
	if k := t.kernel; k != nil {
		clear(k.in.Secret)
		clear(k.out.Secret)
		return
	}
	t.records.in.Wipe()
	t.records.out.Wipe()
}

// free gives back the buffers of a connection that has no send in flight.
func (t *tlsConn) free(p *scratch.Pool) {
	if r := t.records; r != nil {
		r.carry.Drop(p)
		p.Put(r.sealed)
		r.sealed = nil
	}
}

// howEnded returns why c ends, whose peer sends nothing more. polite says that the
// peer has sent close_notify, which c is to answer.
func (l *Loop) howEnded(c *Conn) (why error, polite bool) {
	switch t := c.tls(); {
	case t == nil || !c.reads():
		return io.EOF, false
	case t.ended:
		return io.EOF, true
	}
	l.count.TLSTruncated++
	return ErrTruncated, false
}

// closeNotify queues this side's close_notify. It returns false if c has no TLS, or
// has queued its last record already.
func (l *Loop) closeNotify(c *Conn) bool {
	t := c.tls()
	if t == nil || t.notified {
		return false
	}
	t.notified = true
	l.bound(c, l.cfg.Linger)
	l.queueControl(c, tls13.TypeAlert, tls13.AlertMessage(tls13.CloseNotify))
	if l.ring == nil {
		l.drainQueue(c)
	}
	return true
}

// queueControl queues b as a record of this type.
func (l *Loop) queueControl(c *Conn, typ uint8, b []byte) {
	l.extra(c).queue.control(&l.pool, typ, b)
	l.mark(c)
}

// theKernel implements kernelCalls by system calls.
type theKernel struct{}

func (theKernel) recv(fd int, b []byte) (int, uint8, error) {
	n, typ, errno := syscalls.RecvRecord(fd, b)
	if errno != 0 {
		return 0, 0, errno
	}
	return n, typ, nil
}

func (theKernel) rekey(h *tls13.Half, fd int, d syscalls.TLSDirection) error {
	return h.ToKernel(fd, d)
}
