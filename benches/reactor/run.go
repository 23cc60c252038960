package reactor

import (
	"runtime"
	"time"

	"wsbench/syscalls"
)

// Run drives the loop on the calling goroutine, which it locks to its thread,
// until there is neither a listener nor a connection nor a Sender, or epoll
// fails; then it closes what is still open and releases the loop. The caller
// has not locked the thread itself.
func (l *Loop) Run() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer l.Close() // on the thread that a ring belongs to
	y := yielder{onThread: l.cfg.OnThread, stay: l.ring != nil}
	for !l.Done() {
		if err := y.settle(); err != nil {
			return err
		}
		if err := l.turn(-1); err != nil {
			return err
		}
		y.yield(l.handled)
	}
	return nil
}

// Done reports whether nothing is left to do: there is no listener, no
// connection, and no Sender that could bring one, or Shutdown has ended them
// all.
func (l *Loop) Done() bool {
	switch {
	case l.closed:
		return true
	case l.open > 0 || len(l.listeners) > 0:
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.todo) == 0 && (l.closing || l.senders == 0)
}

// RunOnce waits until something is ready, but no longer than timeout (negative:
// for ever), and handles it: for use inside another loop, which FD wakes. The
// caller has locked its goroutine to its thread, and stays on that one.
func (l *Loop) RunOnce(timeout time.Duration) error {
	if err := l.turn(timeout); err != nil || l.ring == nil || l.closed {
		return err
	}
	return l.ring.submit() // the next turn may be long in coming
}

func (l *Loop) turn(timeout time.Duration) error {
	if l.closed {
		return nil
	}
	l.turning = true
	err := l.handle(timeout)
	l.turning = false
	if l.closeDue {
		l.Close()
	}
	if err == nil && l.failed != nil && l.Done() {
		return l.failed
	}
	return err
}

func (l *Loop) handle(timeout time.Duration) error {
	n, err := l.wait(timeout)
	if err != nil {
		return err
	}
	l.handled = n
	if l.ring != nil {
		l.ring.dispatch(n)
		n = 0
	}
	for i := range l.events[:n] {
		// What every message goes through is few functions deep, up to the
		// send; see syscalls.Recv.
		ev := &l.events[i]
		if c := l.conn(ev.Data()); c != nil && ev.Events == syscalls.EPOLLIN && c.state == open && !l.cfg.Drain && c.flags&secure == 0 {
			l.read(c)
			continue
		}
		l.dispatch(ev)
	}
	l.flushDirty()
	if l.timed() && (l.behind || l.pace.due(l.waited, l.handled)) {
		l.tick()
		l.flushDirty()
	}
	if l.paused {
		l.retryAccept()
	}
	l.tidy()
	return nil
}

// FD returns a descriptor that is readable when RunOnce has something to do.
// For the bounds in time of Config, RunOnce is also to be called now and then.
// The descriptor stays the loop's. Only the thread that calls RunOnce may call
// FD.
func (l *Loop) FD() int {
	if l.ring != nil {
		return l.ring.fd()
	}
	return l.ep.FD()
}

func (l *Loop) dispatch(ev *syscalls.Event) {
	switch data := ev.Data(); {
	case data == wakeData:
		l.wake.Drain()
		l.runTodo()
	case data&listenerData != 0:
		// An earlier event of the batch may have closed the listeners.
		if i := data &^ listenerData; i < uint64(len(l.listeners)) {
			l.accept(int(i))
		}
	default:
		if c := l.conn(data); c != nil {
			l.ready(c, ev.Events)
		}
	}
}
