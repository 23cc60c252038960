package reactor

import (
	"os"
	"syscall"
	"time"
)

// busyWait is how long, in milliseconds, a loop waits with its P before it
// lets the Go scheduler have it.
const busyWait = 1

func (l *Loop) wait(timeout time.Duration) (int, error) {
	l.count.Waits++
	ms := l.patience(timeout)
	quick := busyWait
	if ms >= 0 && ms < quick {
		quick = ms
	}
	n, errno := l.ep.WaitRaw(l.events, quick)
	if n == 0 && errno == 0 && ms != quick {
		l.count.Waits++
		n, errno = l.ep.Wait(l.events, ms)
	}
	switch errno {
	case 0:
		return n, nil
	case syscall.EINTR:
		return 0, nil
	}
	return 0, os.NewSyscallError("epoll_wait", errno)
}

// patience is timeout in milliseconds, cut to when a connection's time runs
// out; -1 is for ever.
func (l *Loop) patience(timeout time.Duration) int {
	if len(l.listeners) > 0 && l.paused() {
		timeout = shorter(timeout, acceptPause)
	}
	if l.handshake.pending() || l.linger.pending() {
		now := time.Now()
		timeout = shorter(timeout, l.handshake.left(now))
		timeout = shorter(timeout, l.linger.left(now))
	}
	if l.silence.every > 0 && l.open > 0 {
		timeout = shorter(timeout, l.silence.every)
	}
	if timeout < 0 {
		return -1
	}
	return int((timeout + time.Millisecond - 1) / time.Millisecond)
}

// shorter is the shorter of two timeouts, of which negative ones are endless.
func shorter(a, b time.Duration) time.Duration {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}
