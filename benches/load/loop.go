package load

import (
	"fmt"
	"runtime"
	"syscall"
	"time"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

// main runs as the goroutine of one run. It ends locked to its thread, which
// the runtime then ends too, with its affinity and its timer slack.
func (t *thread) main(cfg *Config, cpu int) error {
	runtime.LockOSThread()
	defer func() {
		if t.phase < draining { // cut short by an error
			t.leave()
		}
	}()
	if cpu >= 0 {
		if err := syscalls.PinThread(syscalls.CPUs{cpu}); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	if cfg.Rate > 0 {
		host.WakeOnTime()
	}
	return t.loop()
}

func (t *thread) loop() error {
	t.now = clock()
	if err := t.launch(); err != nil {
		return err
	}
	for t.phase != finished {
		n := t.wait()
		if err := t.endure(t.handle(n)); err != nil { // events not looked at come again
			return err
		}
		if n == 0 {
			t.now = clock()
		}
		if len(t.pieces) > 0 {
			if err := t.endure(t.further()); err != nil {
				return err
			}
		}
		if err := t.endure(t.tick()); err != nil {
			return err
		}
	}
	return nil
}

// launch sends the first messages.
func (t *thread) launch() error {
	for i := range t.conns {
		if err := t.endure(t.greet(&t.conns[i])); err != nil {
			return err
		}
	}
	return nil
}

// greet takes what came with the handshake of c, and sends its first messages.
func (t *thread) greet(c *conn) error {
	if c.opening {
		return nil
	}
	c.left = uint16(t.turns)
	if early := c.early; early != nil {
		c.early = nil
		if err := t.consume(c, early); err != nil {
			return err
		}
	}
	if t.paced {
		return nil
	}
	t.now = clock()
	c.credit = int32(t.group.cfg.Depth)
	return t.reply(c)
}

// short is how long a wait holds on to the scheduler's P.
const short = time.Millisecond

// wait waits for events and tells how many there are. While they keep coming
// it does not tell the Go scheduler; once a wait brought nothing, the next one
// leaves the P to others, so that an idle generator costs nothing.
func (t *thread) wait() int {
	left := time.Duration(t.until - t.now)
	if t.paced && !t.pacer.full && t.pacer.more() {
		left = min(left, time.Duration(t.pacer.due-t.now))
	}
	if len(t.pieces) > 0 {
		left = min(left, time.Duration(t.pieces[0].due-t.now))
	}
	left = max(left, 0)
	var n int
	var errno syscall.Errno
	switch {
	case t.quiet && left > short:
		n, errno = t.poll.Wait(t.events, int(left/time.Millisecond))
	case left < short:
		n, errno = t.poll.WaitRawFor(t.events, left)
	default:
		n, errno = t.poll.WaitRaw(t.events, int(short/time.Millisecond))
	}
	t.count.waits++
	if errno != 0 {
		return 0 // EINTR; it cannot fail otherwise
	}
	t.quiet = n == 0
	return n
}

// handle handles the first n events of the wait. What every message goes
// through is one function up to the send: after a system call each return on
// the way up is mispredicted, and each other function is fetched anew.
func (t *thread) handle(n int) error {
	for i := range t.events[:n] {
		e := &t.events[i]
		if e.Events != syscalls.EPOLLIN || e.Data() == wakeData {
			if readable, err := t.unusual(e); err != nil {
				return err
			} else if !readable {
				continue
			}
		}
		c := &t.conns[e.Data()]
		n, errno := syscalls.Recv(int(c.fd), t.buf)
		t.count.recvs++
		t.now = clock()
		if errno != 0 || n == 0 {
			if err := c.ended(errno); err != nil {
				return err
			}
			continue
		}
		if t.now >= t.until {
			if err := t.turn(); err != nil {
				return err
			}
		}
		var err error
		if t.secure {
			err = t.decrypt(c, n)
		} else {
			err = t.consume(c, t.buf[:n])
		}
		if err == nil && t.paced {
			err = t.pace()
		} else if err == nil {
			err = t.reply(c)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unusual handles an event that is not just a connection to read. readable
// tells that there is one to read, too.
func (t *thread) unusual(e *syscalls.Event) (readable bool, err error) {
	if e.Data() == wakeData {
		t.wake.Drain()
		t.now = clock()
		return false, nil
	}
	c := &t.conns[e.Data()]
	if c.opening && e.Events&^syscalls.EPOLLIN != 0 {
		t.now = clock()
		return false, t.ask(c)
	}
	if e.Events&syscalls.EPOLLOUT != 0 && c.unsent {
		t.now = clock()
		if c.full {
			err = t.resume(c)
		} else {
			err = t.flush(c)
		}
	}
	return e.Events&^syscalls.EPOLLOUT != 0, err
}

// ended returns what a read that brought nothing means.
func (c *conn) ended(errno syscall.Errno) error {
	switch errno {
	case 0:
		return c.lost(errEOF)
	case syscall.EAGAIN, syscall.EINTR:
		return nil
	}
	return c.lost(fmt.Errorf("recv: %w", errno))
}
