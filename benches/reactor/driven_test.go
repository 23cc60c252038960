//go:build linux

package reactor

import (
	"net/netip"
	"runtime"
	"testing"
	"time"

	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// driven is a loop that a test turns by hand, and whose clock it sets: what
// happens in hours is tested in no time.
type driven struct {
	*Loop
	t    testing.TB
	addr netip.AddrPort
	now  time.Duration
}

func drive(t testing.TB, cfg Config) *driven {
	runtime.LockOSThread() // a ring belongs to its thread
	t.Cleanup(runtime.UnlockOSThread)
	d := &driven{t: t, now: time.Hour}
	d.Loop, d.addr = newLoop(t, cfg)
	t.Cleanup(d.Close)
	d.time = func() time.Duration { return d.now }
	return d
}

// until turns the loop until cond holds.
func (d *driven) until(what string, cond func() bool) {
	d.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !cond(); {
		if time.Now().After(deadline) {
			d.t.Fatalf("it never comes to this: %s", what)
		}
		d.turnOnce()
	}
}

func (d *driven) turnOnce() {
	d.t.Helper()
	if err := d.RunOnce(0); err != nil {
		d.t.Fatal(err)
	}
}

// pass sets the clock on, and turns the loop until it has done what is due, and
// what comes of that.
func (d *driven) pass(by time.Duration) {
	d.t.Helper()
	d.now += by
	for idle := 0; idle < 3; idle++ {
		if d.turnOnce(); !d.waited || d.behind || len(d.dirty) > 0 {
			idle = 0
		}
	}
}

// passTo sets the clock on to at, and on the way to when something is due.
func (d *driven) passTo(at time.Duration) {
	d.t.Helper()
	for d.now < at {
		d.pass(min(at-d.now, max(d.due()-d.now, 1)))
	}
}

// connect is a client's connection to d, and d's to it.
func (d *driven) connect(s *script) (*client, *Conn) {
	d.t.Helper()
	c := dial(d.t, d.addr)
	c.send(opening.AppendRequest(nil, "x", "/", testKey))
	d.until("a connection", func() bool { return len(s.opened) > 0 })
	d.turnOnce()
	c.accepted()
	return c, <-s.opened
}

// take reads what has come for c, turning the loop until n bytes have.
func (d *driven) take(c *client, n int) {
	d.t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		d.t.Fatal(err)
	}
	b := make([]byte, 256<<10)
	d.until("bytes to read", func() bool {
		raw.Control(func(fd uintptr) {
			if got, errno := syscalls.Recv(int(fd), b); errno == 0 {
				c.buf = append(c.buf, b[:got]...)
			}
		})
		return len(c.buf) >= n
	})
}

// pings takes the frames that have come for c off it, and returns how many of
// them are pings.
func (d *driven) pings(c *client) (n int) {
	d.t.Helper()
	for len(c.buf) > 0 {
		if first, _ := c.next(); first == fin|uint8(parse.Ping) {
			n++
		}
	}
	return n
}
