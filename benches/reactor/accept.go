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
// owns from now on, unless it returns an error. It is called before Run.
func (l *Loop) Listen(fd int) error {
	if l.closing {
		return ErrLoopEnded
	}
	// Accepted sockets inherit TCP_NODELAY: one call less for each.
	if err := syscalls.SetNoDelay(fd); err != nil {
		return err
	}
	i := len(l.listeners)
	l.listeners = append(l.listeners, listener{fd: fd})
	if l.ring != nil {
		l.ring.listen(i)
		return nil
	}
	if errno := l.ep.Add(fd, syscalls.EPOLLIN, listenerData|uint64(i)); errno != 0 {
		l.listeners = l.listeners[:i]
		return os.NewSyscallError("epoll_ctl", errno)
	}
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
			from.paused, l.paused = time.Now(), true
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

// resumeAccept has listeners that waited for descriptors try again.
func (l *Loop) resumeAccept() {
	l.paused = false
	for i := range l.listeners {
		p := &l.listeners[i]
		switch {
		case p.paused.IsZero():
		case time.Since(p.paused) < acceptPause:
			l.paused = true
		default:
			p.paused = time.Time{}
			if l.ring != nil {
				l.ring.listen(i)
			} else {
				l.ep.Mod(p.fd, syscalls.EPOLLIN, l.listenerToken(p))
			}
		}
	}
}

func (l *Loop) closeListeners() {
	for i, p := range l.listeners {
		if l.ring != nil {
			l.ring.unlisten(i)
		}
		syscalls.Close(p.fd)
	}
	l.listeners, l.paused = nil, false
}

// maxSerial leaves the top bits of the event data to what the event is.
const maxSerial = 1<<(opShift-32) - 1

// add takes a new connection in; nil where that is not possible, and fd closed.
func (l *Loop) add(fd int) *Conn {
	l.serial = (l.serial + 1) & maxSerial
	c := &Conn{l: l, fd: int32(fd), serial: l.serial, interest: syscalls.EPOLLIN}
	if l.ring == nil {
		if errno := l.ep.Add(fd, uint32(c.interest), c.data()); errno != 0 {
			syscalls.Close(fd)
			return nil
		}
	}
	l.conns.set(c.fd, c)
	l.open++
	l.count.Accepted++
	l.bound(c, l.cfg.Handshake)
	return c
}
