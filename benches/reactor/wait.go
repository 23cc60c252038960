package reactor

import (
	"os"
	"syscall"
	"time"

	"wsbench/scratch"
)

// busyWait is how long, in milliseconds, a loop waits with its P before it
// lets the Go scheduler have it.
const busyWait = 1

func (l *Loop) wait(timeout time.Duration) (int, error) {
	ms := l.patience(timeout)
	if l.ring != nil {
		return l.ring.wait(ms)
	}
	l.count.Waits++
	quick := busyWait
	if ms >= 0 && ms < quick {
		quick = ms
	}
	n, errno := l.ep.WaitRaw(l.events, quick)
	if l.rested = n == 0; l.rested && errno == 0 && ms != quick {
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

// patience is timeout in milliseconds, cut to when a connection's time may run
// out; -1 is for ever.
func (l *Loop) patience(timeout time.Duration) int {
	if l.sweeping() {
		timeout = shorter(timeout, l.sweeper.every)
	}
	if l.paused {
		timeout = shorter(timeout, max(0, time.Until(l.retry)))
	}
	if l.pool.Excess() > 0 {
		timeout = shorter(timeout, scratch.AgeInterval)
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
