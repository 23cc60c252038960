package conform

import (
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// flow is one direction of a connection in memory. It holds whatever is
// written.
type flow struct {
	mu       sync.Mutex
	change   *sync.Cond
	data     []byte
	fin, rst bool // of the writer
	shut     bool // the reader has closed
	deadline time.Time
}

func newFlow() *flow {
	f := &flow{}
	f.change = sync.NewCond(&f.mu)
	return f
}

// update changes f and wakes its reader.
func (f *flow) update(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	f.change.Broadcast()
}

// next waits until there is something to read; nil: there is data.
func (f *flow) next() error {
	for {
		switch {
		case f.shut:
			return net.ErrClosed
		case len(f.data) > 0:
			return nil
		case f.rst:
			return syscall.ECONNRESET
		case f.fin:
			return io.EOF
		case !f.deadline.IsZero() && !time.Now().Before(f.deadline):
			return os.ErrDeadlineExceeded
		}
		f.change.Wait()
	}
}

// memory is one end of a connection within a bubble of testing/synctest, whose
// clock does not pass while anything can go on. It ends as TCP does: by FIN,
// or by RST where something is left unread or linger is 0.
type memory struct {
	in, out *flow
	abort   bool
}

func pipe() (a, b *memory) {
	there, back := newFlow(), newFlow()
	return &memory{in: back, out: there}, &memory{in: there, out: back}
}

func (m *memory) Read(b []byte) (n int, err error) {
	m.in.mu.Lock()
	defer m.in.mu.Unlock()
	if err := m.in.next(); err != nil {
		return 0, err
	}
	n = copy(b, m.in.data)
	m.in.data = m.in.data[n:]
	return n, nil
}

func (m *memory) Write(b []byte) (n int, err error) {
	m.out.update(func() {
		switch {
		case m.out.fin || m.out.rst:
			err = net.ErrClosed
		case m.out.shut:
			err = syscall.EPIPE
		default:
			m.out.data, n = append(m.out.data, b...), len(b)
		}
	})
	return n, err
}

func (m *memory) CloseWrite() error {
	m.out.update(func() { m.out.fin = true })
	return nil
}

func (m *memory) SetLinger(seconds int) error {
	m.out.update(func() { m.abort = seconds == 0 })
	return nil
}

func (m *memory) Close() error {
	unread := false
	m.in.update(func() { unread, m.in.shut = len(m.in.data) > 0, true })
	m.out.update(func() {
		m.out.rst = m.out.rst || m.abort || unread
		m.out.fin = true
	})
	return nil
}

func (m *memory) SetReadDeadline(t time.Time) error {
	m.in.update(func() { m.in.deadline = t })
	if !t.IsZero() {
		time.AfterFunc(time.Until(t), func() { m.in.update(func() {}) })
	}
	return nil
}

func (m *memory) SetDeadline(t time.Time) error    { return m.SetReadDeadline(t) }
func (m *memory) SetWriteDeadline(time.Time) error { return nil }
func (m *memory) LocalAddr() net.Addr              { return nil }
func (m *memory) RemoteAddr() net.Addr             { return nil }
