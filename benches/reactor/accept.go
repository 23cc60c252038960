package reactor

import (
	"os"
	"syscall"
	"time"

	"wsbench/syscalls"
)

type listener struct {
	fd     int
	paused time.Time // no descriptor was left then; zero: accepting
}

const (
	// acceptBatch bounds the connections one event accepts, so that a storm of
	// them does not starve those that are open.
	acceptBatch = 64
	// acceptPause is how long a loop without descriptors leaves connections
	// in the kernel's queue.
	acceptPause = 100 * time.Millisecond
)

// Listen has the loop accept connections from a listening socket, which it
// owns from now on. It is called before Run.
func (l *Loop) Listen(fd int) error {
	// Accepted sockets inherit TCP_NODELAY: one call less for each.
	if err := syscalls.SetNoDelay(fd); err != nil {
		return err
	}
	if errno := l.ep.Add(fd, syscalls.EPOLLIN, listenerData|uint64(len(l.listeners))); errno != 0 {
		return os.NewSyscallError("epoll_ctl", errno)
	}
	l.listeners = append(l.listeners, listener{fd: fd})
	return nil
}

func (l *Loop) accept(from *listener) {
	for range acceptBatch {
		fd, errno := syscalls.Accept4(from.fd)
		switch errno {
		case 0:
			l.add(fd)
		case syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM:
			l.ep.Mod(from.fd, 0, l.listenerToken(from))
			from.paused = time.Now()
			return
		case syscall.EINTR, syscall.ECONNABORTED:
		default:
			return
		}
	}
}

func (l *Loop) listenerToken(of *listener) uint64 {
	for i := range l.listeners {
		if &l.listeners[i] == of {
			return listenerData | uint64(i)
		}
	}
	return listenerData
}

// paused tells whether a listener waits for descriptors.
func (l *Loop) paused() bool {
	for i := range l.listeners {
		if !l.listeners[i].paused.IsZero() {
			return true
		}
	}
	return false
}

func (l *Loop) resumeAccept(now time.Time) {
	for i := range l.listeners {
		if p := &l.listeners[i]; !p.paused.IsZero() && now.Sub(p.paused) >= acceptPause {
			p.paused = time.Time{}
			l.ep.Mod(p.fd, syscalls.EPOLLIN, l.listenerToken(p))
		}
	}
}

func (l *Loop) closeListeners() {
	for _, p := range l.listeners {
		syscalls.Close(p.fd)
	}
	l.listeners = nil
}

// maxSerial leaves the top bit of the event data to the listeners.
const maxSerial = 1<<31 - 1

// add takes a new connection in.
func (l *Loop) add(fd int) {
	for fd >= len(l.conns) {
		l.conns = append(l.conns, make([]*conn, max(64, len(l.conns)))...)
	}
	l.serial = (l.serial + 1) & maxSerial
	c := &conn{fd: fd, serial: l.serial, interest: syscalls.EPOLLIN}
	if errno := l.ep.Add(fd, c.interest, c.data()); errno != 0 {
		syscalls.Close(fd)
		return
	}
	l.conns[fd] = c
	l.open++
	l.count.Accepted++
	l.await(c)
}
