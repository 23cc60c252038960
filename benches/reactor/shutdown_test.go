//go:build linux

package reactor

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/parse"
)

// run runs l and tells when it has ended.
func run(t *testing.T, l *Loop) <-chan bool {
	ended := make(chan bool)
	go func() {
		if err := l.Run(); err != nil {
			t.Errorf("Run: %v", err)
		}
		close(ended)
	}()
	return ended
}

// running fails the test where the loop has ended.
func running(t *testing.T, ended <-chan bool, why string) {
	t.Helper()
	select {
	case <-ended:
		t.Fatalf("the loop ended, %s", why)
	case <-time.After(30 * time.Millisecond):
	}
}

// A loop ends when it has neither listener nor connection nor Sender.
func TestRunEnds(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		idle, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		within(t, run(t, idle))

		l, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		s, other := l.Sender(), l.Sender()
		ended := run(t, l)
		other.Release()
		other.Release()
		running(t, ended, "with a Sender")
		fd, c := pair(t)
		if err := l.Adopt(fd, nil); err != nil {
			t.Fatal(err)
		}
		c.send(frame(parse.Text, "x"))
		c.wantFrame(parse.Text, "x")
		s.Release()
		running(t, ended, "with a connection")
		c.Close()
		within(t, ended)
		if s.Send(1, parse.Text, nil) != ErrReleased || l.Do(func() {}) || l.Adopt(-1, nil) == nil {
			t.Error("a loop that has ended is still of use")
		}
		l.Sender().Release()
		l.Shutdown(0)
	})
}

// Shutdown ends a loop, Senders or not.
func TestShutdownWithSenders(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := &script{}
		l, addr := newLoop(t, s.prepare(t, cfg))
		sender := l.Sender()
		defer sender.Release()
		ended := run(t, l)
		c := connect(t, addr)
		to := within(t, s.opened).ID()
		l.Shutdown(10 * time.Second)
		c.wantFrame(parse.Close, closeFrame(parse.CloseGoingAway))
		if err := sender.Send(to, parse.Text, []byte("late")); err != nil {
			t.Errorf("%v before the connections have ended", err)
		}
		c.send(frame(parse.Close, closeFrame(parse.CloseGoingAway)))
		c.eof()
		c.Close()
		s.wantEnd(nil)
		within(t, ended)
		if sender.Send(to, parse.Text, nil) != ErrLoopEnded || sender.Close(to, 1000, "") != ErrLoopEnded || sender.Broadcast(prepared(parse.Text, nil)) != ErrLoopEnded {
			t.Error("sent after the end")
		}
	})
}

// Shutdown ends a loop in time, however long its other bounds are: peers that
// do not answer, do not read, answer but stay, or have not finished their
// requests do not hold it up.
func TestShutdownInTime(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Linger, cfg.Handshake = time.Hour, time.Hour
		s := &script{message: func(c *Conn, _ parse.Opcode, payload []byte) { c.Close(4000, "") }}
		l, addr := newLoop(t, s.prepare(t, cfg))
		ended := run(t, l)
		polite := connect(t, addr)
		within(t, s.opened)
		stays := connect(t, addr)
		within(t, s.opened)
		connect(t, addr) // does not answer
		within(t, s.opened)
		connect(t, addr).send(frame(parse.Text, "close me")) // by a close frame that it does not answer
		within(t, s.opened)
		connect(t, addr)
		fill(t, l, within(t, s.opened), make([]byte, 1<<20))
		dial(t, addr).send([]byte("GET"))
		began := time.Now()
		l.Shutdown(200 * time.Millisecond)
		l.Shutdown(time.Hour) // later ones do not prolong it
		polite.answerClose(parse.CloseGoingAway, "")
		s.wantEnd(nil)
		stays.wantFrame(parse.Close, closeFrame(parse.CloseGoingAway))
		stays.send(frame(parse.Close, closeFrame(parse.CloseGoingAway)))
		s.wantEnd(nil)
		for range 3 {
			s.wantEnd(ErrUnclosed)
		}
		within(t, ended)
		if took := time.Since(began); took < 200*time.Millisecond || took > 10*time.Second {
			t.Errorf("Shutdown(200 ms) took %v", took)
		}
	})
}

// A later Shutdown with a shorter time shortens it, and a long one lets slow
// peers finish beyond Config.Linger.
func TestShutdownTimes(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Linger = 50 * time.Millisecond
		s := &script{}
		l, addr := newLoop(t, s.prepare(t, cfg))
		ended := run(t, l)
		slow, _ := connect(t, addr), connect(t, addr)
		l.Shutdown(time.Hour)
		slow.wantFrame(parse.Close, closeFrame(parse.CloseGoingAway))
		time.Sleep(300 * time.Millisecond)
		slow.send(frame(parse.Close, closeFrame(parse.CloseGoingAway)))
		slow.eof()
		s.wantEnd(nil)
		running(t, ended, "with an hour left")
		l.Shutdown(0)
		s.wantEnd(ErrUnclosed)
		within(t, ended)
	})
}

// A negative time is none: Shutdown takes Config.Linger.
func TestShutdownNegative(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Linger = 50 * time.Millisecond
		s := &script{}
		l, addr := newLoop(t, s.prepare(t, cfg))
		ended := run(t, l)
		connect(t, addr) // does not answer the close frame
		within(t, s.opened)
		l.Shutdown(-time.Second)
		s.wantEnd(ErrUnclosed)
		within(t, ended)
	})
}

// A loop may run within another one, which waits for its descriptor.
func TestRunOnce(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		s := &script{message: func(c *Conn, _ parse.Opcode, payload []byte) { c.Echo() }}
		l, addr := newLoop(t, s.prepare(t, cfg))
		defer l.Close()
		ended := make(chan bool)
		go func() { // a client, and another goroutine's Sender
			defer close(ended)
			sender := l.Sender()
			defer sender.Release()
			c := connect(t, addr)
			to := within(t, s.opened).ID()
			for range 100 {
				c.send(frame(parse.Text, "around"))
				c.wantFrame(parse.Text, "around")
				sender.Send(to, parse.Text, []byte("aside"))
				c.wantFrame(parse.Text, "aside")
			}
			l.Shutdown(0)
			c.answerClose(parse.CloseGoingAway, "")
		}()
		outer := []unix.PollFd{{Fd: int32(l.FD()), Events: unix.POLLIN}}
		for !l.Done() {
			if n, err := unix.Poll(outer, 20_000); err != nil && err != unix.EINTR || n == 0 && err == nil {
				t.Fatalf("the descriptor does not wake: %v", err)
			}
			if err := l.RunOnce(0); err != nil {
				t.Fatal(err)
			}
		}
		within(t, ended)
		s.wantEnd(nil)
	})
}

// A loop that has ended leaves neither descriptors nor goroutines, whatever
// its connections were about.
func TestLeavesNothing(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Linger = 50 * time.Millisecond
		var clients []*client
		goroutines, fds := runtime.NumGoroutine(), descriptors(t)
		for range 3 {
			s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() }}
			l, addr := newLoop(t, s.prepare(t, cfg))
			sender := l.Sender()
			ended := run(t, l)
			fd, adopted := pair(t)
			l.Adopt(fd, frame(parse.Text, "half")[:3])
			within(t, s.opened)
			full := connect(t, addr)
			fill(t, l, within(t, s.opened), make([]byte, 1<<20))
			asking := dial(t, addr)
			asking.send([]byte("GET"))
			clients = append(clients, adopted, full, asking, connect(t, addr))
			sender.Broadcast(prepared(parse.Text, []byte("bye")))
			l.Shutdown(0)
			within(t, ended)
			sender.Release()
		}
		for _, c := range clients {
			c.Close()
		}
		for range 100 {
			if runtime.NumGoroutine() <= goroutines && descriptors(t) <= fds {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%d goroutines and %d descriptors, before %d and %d", runtime.NumGoroutine(), descriptors(t), goroutines, fds)
	})
}
