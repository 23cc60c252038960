//go:build linux

package reactor

import (
	"runtime"
	"strings"
	"testing"

	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// One message costs one recv, one send and no allocation, whoever answers it.
func TestSteadyState(t *testing.T) {
	t.Run("handler=none", func(t *testing.T) { steadyState(t, Config{}) })
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{message: func(c *Conn, _ parse.Opcode, payload []byte) {
			payload[0]++
			c.Echo()
		}}
		t.Run("handler=echo", func(t *testing.T) { steadyState(t, s.prepare(t, cfg)) })
		s = &script{message: func(c *Conn, op parse.Opcode, payload []byte) { c.Send(op, payload) }}
		t.Run("handler=send", func(t *testing.T) { steadyState(t, s.prepare(t, cfg)) })
		s = &script{message: func(c *Conn, op parse.Opcode, payload []byte) { c.Defer().Answer(op, payload) }}
		t.Run("handler=defer", func(t *testing.T) { steadyState(t, s.prepare(t, cfg)) })
	})
}

func steadyState(t *testing.T, cfg Config) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	l, addr := newLoop(t, cfg)
	defer l.Close()
	fd, err := syscalls.Connect(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer syscalls.Close(fd)
	in := make([]byte, 64<<10)
	trip := func(b []byte, reads int) (n int) {
		if _, errno := syscalls.Send(fd, b); errno != 0 {
			t.Fatal(errno)
		}
		for i := 0; n == 0 || i < reads; i++ {
			if err := l.RunOnce(0); err != nil {
				t.Fatal(err)
			}
			if got, errno := syscalls.Recv(fd, in); errno == 0 {
				n += got
			}
		}
		return n
	}
	trip(opening.AppendRequest(nil, "x", "/", testKey), 1)
	msg := frame(parse.Binary, strings.Repeat("m", 1024))
	trip(msg, 1)
	before := l.Counters()
	const runs = 200
	if n := testing.AllocsPerRun(runs-1, func() {
		if trip(msg, 1) != 1028 {
			t.Fatal("short echo")
		}
	}); n != 0 {
		t.Errorf("%v allocations a message", n)
	}
	after := l.Counters()
	if r, s, e := after.Recvs-before.Recvs, after.Sends-before.Sends, after.EAGAINs-before.EAGAINs; r != runs || s != runs || e != 0 {
		t.Errorf("%d messages took %d recvs, %d sends, %d EAGAINs", runs, r, s, e)
	}
}

// The kernel picks buffers for io_uring only.
func TestRingBuffersNeedUring(t *testing.T) {
	if l, err := New(Config{Buffers: scratch.Ring}); err == nil {
		l.Close()
		t.Error("a loop on epoll has no buffers")
	}
}

// Sending to another connection, as a copy or prepared, allocates nothing once
// it has been done.
func TestForwardAllocatesNothing(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		if cfg.Uring {
			t.Skip("a ring sends when the turn ends: what is sent within one is queued, and allocated, as one")
		}
		s := &script{}
		l, addr := s.serve(t, cfg)
		c := connect(t, addr)
		to := within(t, s.opened)
		payload := make([]byte, 1024)
		p := prepared(parse.Binary, payload)
		send := func() {
			to.Send(parse.Binary, payload)
			to.SendPrepared(p)
			l.flushDirty()
		}
		onLoop(t, l, func() {
			send()
			if n := testing.AllocsPerRun(50, send); n != 0 {
				t.Errorf("%v allocations", n)
			}
		})
		for range 2 * 52 {
			c.wantFrame(parse.Binary, string(payload))
		}
	})
}
