//go:build !linux || portable

package syscalls

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Elsewhere than on Linux the calls of a load generator stand on package net: a
// goroutine of each connection reads and another writes. Numbers stand for
// descriptors. It costs several times the CPU time of the system calls.
// With -tags portable Linux has it too, for tests.

// socket is what a number stands for. mu guards its fields and those of Epolls.
type socket struct {
	fd      int
	conn    net.Conn // nil while it connects, and of an Eventfd
	space   []byte   // what in is read into
	in      []byte   // received, not taken yet; nothing is read meanwhile
	out     []byte   // sent, not written yet
	spare   []byte   // becomes out while out is written
	err     error    // why nothing more is received
	failed  error    // why nothing more is sent, or of connecting
	closed  bool
	changed sync.Cond // in was taken, out was filled, or closed

	poll   *pollSet // nil: of none
	want   uint32
	data   uint64
	listed bool // in poll.ready
	signal bool // of an Eventfd
}

var (
	mu      sync.Mutex
	sockets = map[int]*socket{}
	lastFD  = 1 << 20 // no descriptor of the kernel's has such a number
)

// register gives s a number.
func register(s *socket) int {
	mu.Lock()
	defer mu.Unlock()
	lastFD++
	s.fd, s.changed.L = lastFD, &mu
	sockets[s.fd] = s
	return s.fd
}

// Detach takes conn, of TCP, from package net: it returns a number for Recv, Send
// and Epoll.
func Detach(conn net.Conn) (fd int, err error) {
	s := &socket{conn: conn}
	fd = register(s)
	s.start()
	return fd, nil
}

// start has s read and written.
func (s *socket) start() {
	s.space = make([]byte, 64<<10)
	go s.read()
	go s.write()
}

// read receives until s ends.
func (s *socket) read() {
	for {
		n, err := s.conn.Read(s.space)
		mu.Lock()
		s.in, s.err = s.space[:n], err
		s.notify()
		for len(s.in) > 0 && !s.closed {
			s.changed.Wait()
		}
		end := s.closed || err != nil
		mu.Unlock()
		if end {
			return
		}
	}
}

// room is how many bytes may wait to be written for Send to take more.
const room = 256 << 10

// lingers is how long what was sent before Close may take to leave.
const lingers = time.Second

// write sends what Send left until s is closed, and then closes the connection.
func (s *socket) write() {
	defer s.conn.Close()
	mu.Lock()
	defer mu.Unlock()
	for {
		for len(s.out) == 0 && !s.closed {
			s.changed.Wait()
		}
		if len(s.out) == 0 || s.failed != nil {
			return
		}
		out := s.out
		s.out = s.spare[:0]
		mu.Unlock()
		_, err := s.conn.Write(out)
		mu.Lock()
		s.spare, s.failed = out, err
		s.notify()
	}
}

// events returns what epoll would say of s.
func (s *socket) events() (e uint32) {
	if s.signal || len(s.in) > 0 || s.err != nil {
		e |= EPOLLIN
	}
	if s.conn != nil && len(s.out) < room {
		e |= EPOLLOUT
	}
	if s.failed != nil {
		e |= EPOLLOUT | EPOLLERR
	}
	return e & (s.want | EPOLLERR)
}

// notify lists s in its Epoll, which waits no longer, if it has what is wanted.
func (s *socket) notify() {
	s.changed.Broadcast()
	if p := s.poll; p != nil && s.events() != 0 {
		if !s.listed {
			s.listed, p.ready = true, append(p.ready, s)
		}
		select {
		case p.wake <- struct{}{}:
		default:
		}
	}
}

// Recv takes what has arrived on fd: n bytes, or 0 at EOF, or EAGAIN.
func Recv(fd int, b []byte) (n int, errno syscall.Errno) {
	mu.Lock()
	defer mu.Unlock()
	s := sockets[fd]
	switch {
	case s == nil:
		return 0, syscall.EBADF
	case len(s.in) > 0:
		n = copy(b, s.in)
		s.in = s.in[n:]
		s.changed.Broadcast()
		return n, 0
	case s.err == nil:
		return 0, syscall.EAGAIN
	case errors.Is(s.err, io.EOF):
		return 0, 0
	}
	return 0, errnoOf(s.err)
}

// Send sends all of b, unless too much waits to be written: EAGAIN.
func Send(fd int, b []byte) (n int, errno syscall.Errno) {
	mu.Lock()
	defer mu.Unlock()
	s := sockets[fd]
	switch {
	case s == nil:
		return 0, syscall.EBADF
	case s.failed != nil:
		return 0, errnoOf(s.failed)
	case s.conn == nil || len(s.out) >= room:
		return 0, syscall.EAGAIN
	}
	s.out = append(s.out, b...)
	s.changed.Broadcast()
	return len(b), 0
}

// errnoOf returns the error number in err. Windows' own become those that Unix has.
func errnoOf(err error) syscall.Errno {
	const connAborted, connReset = 10053, 10054 // WSAE
	var errno syscall.Errno
	switch {
	case !errors.As(err, &errno):
		return syscall.EIO
	case errno == connAborted || errno == connReset:
		return syscall.ECONNRESET
	}
	return errno
}

// Close closes fd, once what was sent is written.
func Close(fd int) syscall.Errno {
	mu.Lock()
	defer mu.Unlock()
	s := sockets[fd]
	if s == nil {
		return syscall.EBADF
	}
	delete(sockets, fd)
	s.closed, s.poll = true, nil
	s.changed.Broadcast()
	if s.conn != nil {
		s.conn.SetDeadline(time.Now().Add(lingers))
	}
	return 0
}

// Connect starts a TCP connection to addr: the socket is writable once it stands or
// has failed, and SocketError tells which.
func Connect(addr netip.AddrPort) (fd int, err error) { return ConnectFrom(netip.Addr{}, addr) }

// ConnectFrom does what Connect does from a local address.
func ConnectFrom(local netip.Addr, addr netip.AddrPort) (fd int, err error) {
	var d net.Dialer
	if local.IsValid() {
		d.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	}
	s := &socket{}
	fd = register(s)
	go s.connect(&d, addr)
	return fd, nil
}

func (s *socket) connect(d *net.Dialer, addr netip.AddrPort) {
	conn, err := d.Dial("tcp", addr.String())
	mu.Lock()
	defer mu.Unlock()
	if err == nil && s.closed {
		conn.Close()
		return
	}
	if s.failed = err; err == nil {
		s.conn = conn
		s.start()
	}
	s.notify()
}

// SocketError returns why fd did not connect.
func SocketError(fd int) error {
	mu.Lock()
	defer mu.Unlock()
	s := sockets[fd]
	if s == nil {
		return syscall.EBADF
	}
	return s.failed
}

// SetNoDelay does nothing: package net has done it.
func SetNoDelay(int) error { return nil }

// Await waits until fd has one of events (EPOLLIN, EPOLLOUT), has ended or failed,
// or for ms milliseconds.
func Await(fd int, events uint32, ms int) (ready bool, err error) {
	p, err := NewEpoll()
	if err != nil {
		return false, err
	}
	defer p.Close()
	if errno := p.Add(fd, events, 0); errno != 0 {
		return false, errno
	}
	defer p.Del(fd)
	n, _ := p.Wait(make([]Event, 1), ms)
	return n > 0, nil
}
