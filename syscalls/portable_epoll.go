//go:build !linux || portable

package syscalls

import (
	"slices"
	"syscall"
	"time"
)

// Readiness bits of an Event.
const (
	EPOLLIN    = 0x1
	EPOLLOUT   = 0x4
	EPOLLERR   = 0x8
	EPOLLHUP   = 0x10
	EPOLLRDHUP = 0x2000
	EPOLLET    = uint32(1 << 31)
)

// Event is what a socket is ready for.
type Event struct {
	Events uint32
	data   uint64
}

// Data returns the 64-bit word given with Add or Mod.
func (e *Event) Data() uint64 { return e.data }

// Epoll waits for sockets. Only one thread uses it. Close releases it.
type Epoll struct{ *pollSet }

// pollSet is the sockets of an Epoll that may be ready.
type pollSet struct {
	ready []*socket
	wake  chan struct{}
}

// NewEpoll returns one without sockets.
func NewEpoll() (Epoll, error) {
	return Epoll{&pollSet{wake: make(chan struct{}, 1)}}, nil
}

// FD returns -1: it has no number.
func (p Epoll) FD() int { return -1 }

// Close does nothing: the sockets are not its own.
func (p Epoll) Close() error { return nil }

// Add registers fd for events; Data of its events will be data.
func (p Epoll) Add(fd int, events uint32, data uint64) syscall.Errno {
	mu.Lock()
	defer mu.Unlock()
	s := sockets[fd]
	if s == nil {
		return syscall.EBADF
	}
	if s.poll != p.pollSet {
		s.poll, s.listed = p.pollSet, false
	}
	s.want, s.data = events, data
	s.notify()
	return 0
}

// Mod changes what fd is registered for.
func (p Epoll) Mod(fd int, events uint32, data uint64) syscall.Errno {
	return p.Add(fd, events, data)
}

// Del removes fd.
func (p Epoll) Del(fd int) syscall.Errno {
	mu.Lock()
	defer mu.Unlock()
	s := sockets[fd]
	if s == nil || s.poll != p.pollSet {
		return syscall.EBADF
	}
	s.poll, p.ready = nil, slices.DeleteFunc(p.ready, func(other *socket) bool { return other == s })
	return 0
}

// Wait fills evs with ready events and tells how many. It waits up to ms
// milliseconds, for ever if they are below 0.
func (p Epoll) Wait(evs []Event, ms int) (int, syscall.Errno) {
	if ms < 0 {
		return p.wait(evs, time.Duration(1<<62))
	}
	return p.wait(evs, time.Duration(ms)*time.Millisecond)
}

// WaitRaw does what Wait does.
func (p Epoll) WaitRaw(evs []Event, ms int) (int, syscall.Errno) { return p.Wait(evs, ms) }

// WaitRawFor does what Wait does, for d.
func (p Epoll) WaitRawFor(evs []Event, d time.Duration) (int, syscall.Errno) {
	return p.wait(evs, d)
}

func (p Epoll) wait(evs []Event, d time.Duration) (int, syscall.Errno) {
	if n := p.take(evs); n > 0 || d <= 0 {
		return n, 0
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		select {
		case <-p.wake:
			if n := p.take(evs); n > 0 {
				return n, 0
			}
		case <-timer.C:
			return p.take(evs), 0
		}
	}
}

// take fills evs with those of the listed sockets that are ready, and forgets the
// others.
func (p Epoll) take(evs []Event) (n int) {
	mu.Lock()
	defer mu.Unlock()
	ready := p.ready[:0]
	for _, s := range p.ready {
		if s.poll != p.pollSet {
			continue
		}
		e := s.events()
		if e == 0 {
			s.listed = false
			continue
		}
		ready = append(ready, s)
		if n < len(evs) {
			evs[n] = Event{e, s.data}
			n++
		}
	}
	clear(p.ready[len(ready):])
	p.ready = ready
	return n
}

// Eventfd wakes an Epoll.
type Eventfd struct{ fd int }

// NewEventfd returns one that is not readable.
func NewEventfd() (Eventfd, error) { return Eventfd{register(&socket{})}, nil }

// FD returns the number to register with Epoll for EPOLLIN.
func (e Eventfd) FD() int { return e.fd }

// Close releases the number.
func (e Eventfd) Close() error {
	if errno := Close(e.fd); errno != 0 {
		return errno
	}
	return nil
}

// Signal makes it readable. Any thread may call it.
func (e Eventfd) Signal() syscall.Errno { return e.set(true) }

// Drain makes it unreadable again.
func (e Eventfd) Drain() { e.set(false) }

func (e Eventfd) set(signal bool) syscall.Errno {
	mu.Lock()
	defer mu.Unlock()
	s := sockets[e.fd]
	if s == nil {
		return syscall.EBADF
	}
	s.signal = signal
	s.notify()
	return 0
}
