package reactor

import (
	"os"
	"syscall"
	"time"

	"wsbench/scratch"
)

// busyWait is how long a loop waits with its P before it lets the Go scheduler
// have it.
const busyWait = time.Millisecond

// longWait is the longest wait for what is due; more could be too much for a
// system call.
const longWait = time.Hour

func (l *Loop) wait(timeout time.Duration) (int, error) {
	if l.cfg.Count != nil {
		l.derive(l.count)
	}
	quick := l.quickly(timeout)
	if l.ring != nil {
		return l.ring.wait(timeout, quick)
	}
	l.count.Waits++
	n, errno := l.ep.WaitRaw(l.events, milliseconds(quick))
	if l.waited = n == 0; l.waited && errno == 0 && quick == busyWait && timeout != quick {
		l.count.Waits++
		n, errno = l.ep.Wait(l.events, milliseconds(l.patience(timeout)))
	}
	switch errno {
	case 0:
		return n, nil
	case syscall.EINTR:
		return 0, nil
	}
	return 0, os.NewSyscallError("epoll_wait", errno)
}

// quickly returns timeout cut to busyWait, after which a longer wait may
// follow, or to none where something is left to be done.
func (l *Loop) quickly(timeout time.Duration) time.Duration {
	if l.behind {
		return 0
	}
	return shorter(timeout, busyWait)
}

// patience returns timeout cut to when something is to be done because of the
// time; negative ones are endless.
func (l *Loop) patience(timeout time.Duration) time.Duration {
	if l.timed() {
		timeout = shorter(timeout, min(max(0, l.due()-l.clock()), longWait))
	}
	if l.paused {
		timeout = shorter(timeout, max(0, time.Until(l.retry)))
	}
	if l.excess() > 0 {
		timeout = shorter(timeout, scratch.AgeInterval)
	}
	return timeout
}

// milliseconds returns d in whole ones, rounded up; -1 where it is endless.
func milliseconds(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int((d + time.Millisecond - 1) / time.Millisecond)
}

// shorter returns the shorter of two timeouts, of which negative ones are
// endless.
func shorter(a, b time.Duration) time.Duration {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}
