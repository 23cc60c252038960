package reactor

import (
	"fmt"
	"os"
	"syscall"
	"time"

	"wsbench/syscalls"
)

// acceptor is how a loop comes by connections.
type acceptor struct {
	listeners  []listener
	paused     bool          // one of them waits for retry
	retry      time.Time     // when it accepts again
	retryAfter time.Duration // acceptPause, but in tests
	warned     time.Time     // when Config.Warn was last told
	failed     error         // why one accepts no more, for Run to return
}

type listener struct {
	fd     int
	paused bool // its last accept failed
}

const (
	// acceptBatch bounds the connections one event accepts, so that a storm of
	// them does not starve those that are open.
	acceptBatch = 64
	// acceptPause is how long connections stay in the kernel's queue after an
	// accept that failed, unless a connection of the loop ends before.
	acceptPause = 100 * time.Millisecond
	// warnPause is the least time between two warnings of failed accepts.
	warnPause = time.Second
)

// Listen makes the loop accept connections from the listening socket fd. The
// loop owns fd from now on, unless Listen returns an error. Listen is called
// before Run.
//
// If accepting fails, connections stay in the kernel's queue. The loop calls
// Config.Warn, and tries again each 100 ms and when one of its connections has
// ended. A connection that its client has given up meanwhile is skipped. A
// socket that can accept no more, such as one that was shut down, ends the loop
// as Shutdown(0) does, and Run returns why.
func (l *Loop) Listen(fd int) error {
	if l.closing {
		return ErrLoopEnded
	}
	// Accepted sockets inherit TCP_NODELAY: one call less for each.
	if !l.cfg.Nagle {
		if err := syscalls.SetNoDelay(fd); err != nil {
			return err
		}
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

// accept accepts what waits at listener i.
func (l *Loop) accept(i int) {
	for range acceptBatch {
		fd, errno := syscalls.Accept4(l.listeners[i].fd)
		if errno == syscall.EAGAIN {
			return
		}
		if errno == 0 {
			l.accepted(i, fd)
		} else {
			l.acceptFailed(i, errno)
		}
		if i >= len(l.listeners) || l.listeners[i].paused {
			return
		}
	}
}

// accepted takes in a connection that listener i has accepted; nil where that
// is not possible.
func (l *Loop) accepted(i, fd int) *Conn {
	c, errno := l.add(fd)
	if errno == 0 {
		return c
	}
	l.drop(c, errno)
	l.pauseAccept(i, "a connection was dropped", os.NewSyscallError("epoll_ctl", errno))
	return nil
}

// acceptFailed goes on from an accept of listener i that failed: at once,
// later, or never.
func (l *Loop) acceptFailed(i int, errno syscall.Errno) {
	err := os.NewSyscallError("accept4", errno)
	switch syscalls.AcceptFailed(errno) {
	case syscalls.AcceptLost:
	case syscalls.AcceptShort:
		l.pauseAccept(i, "connections wait in the kernel's queue", err)
	case syscalls.AcceptRefused:
		l.pauseAccept(i, "accepting failed", err)
	default:
		l.count.AcceptErrors++
		l.failed = fmt.Errorf("reactor: listening socket %d accepts no more: %w", l.listeners[i].fd, err)
		l.shutdown(0)
	}
}

// pauseAccept lets listener i wait for Loop.retry, and warns of what happened
// and of err, the reason.
func (l *Loop) pauseAccept(i int, happened string, err error) {
	p, now := &l.listeners[i], time.Now()
	l.count.AcceptErrors++
	l.retry = now.Add(l.retryAfter)
	p.paused, l.paused = true, true
	if l.ring == nil {
		l.ep.Mod(p.fd, 0, listenerData|uint64(i))
	}
	if now.Sub(l.warned) >= warnPause {
		l.warned = now
		l.warn(fmt.Errorf("reactor: %s: %w; trying again each %v", happened, err, acceptPause))
	}
}

// warn calls Config.Warn.
func (l *Loop) warn(err error) {
	if l.cfg.Warn != nil {
		l.cfg.Warn(err)
	}
}

// retryAccept makes listeners that wait accept again, if it is time.
func (l *Loop) retryAccept() {
	if time.Now().Before(l.retry) {
		return
	}
	l.paused = false
	for i := range l.listeners {
		p := &l.listeners[i]
		if !p.paused {
			continue
		}
		p.paused = false
		if l.ring != nil {
			l.ring.listen(i)
		} else {
			l.ep.Mod(p.fd, syscalls.EPOLLIN, listenerData|uint64(i))
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

// add takes a connection in. It is to be dropped where an error tells that it
// cannot be watched.
func (l *Loop) add(fd int) (*Conn, syscall.Errno) {
	l.serial = (l.serial + 1) & maxSerial
	c := &Conn{l: l, fd: int32(fd), serial: l.serial, interest: syscalls.EPOLLIN}
	l.conns.set(c.fd, c)
	l.open++
	l.count.Accepted++
	l.bound(c, l.cfg.Handshake)
	if l.ring != nil {
		return c, 0
	}
	return c, l.ep.Add(fd, uint32(c.interest), c.data())
}
