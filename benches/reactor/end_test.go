//go:build linux

package reactor

import (
	"io"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/parse"
)

// When Do is false, all that the loop leaves may be read by whoever asked, and
// whatever Do took has run: -race sees it otherwise.
func TestDoFalseMeansOver(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		for range 20 {
			s := &script{}
			l, addr := newLoop(t, s.prepare(t, cfg))
			ended := run(t, l)
			for range 5 {
				connect(t, addr)
			}
			took, ran := 0, 0
			over := make(chan Counters)
			go func() {
				for l.Do(func() { ran++ }) {
					took++
				}
				for c := range l.conns.all {
					t.Errorf("connection %d is left", c.fd)
				}
				over <- l.Counters()
			}()
			l.Do(l.Close)
			if c := within(t, over); c.Open != 0 || c.Done != 5 {
				t.Errorf("%+v, want none open and 5 done", c)
			}
			if ran != took {
				t.Errorf("%d functions ran of %d that were taken", ran, took)
			}
			within(t, ended)
		}
	})
}

// However many functions are asked for while the loop ends, and however long
// they take, those that were taken have run when Do is false.
func TestDoFlood(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		l, err := New(cfg)
		if err != nil {
			t.Fatal(err)
		}
		var took, ran [3]int
		var flood sync.WaitGroup
		l.Do(func() { // Close runs it
			for i := range took {
				flood.Go(func() {
					for l.Do(func() { ran[i]++; runtime.Gosched() }) {
						took[i]++
					}
					if ran[i] != took[i] {
						t.Errorf("%d functions ran of %d that were taken", ran[i], took[i])
					}
				})
			}
		})
		closed := make(chan bool)
		go func() { l.Close(); flood.Wait(); close(closed) }()
		within(t, closed)
	})
}

// What was asked for before the end still runs, on a loop that was never run
// too, and may ask for more; the loop ends however often that is.
func TestDoDuringEnd(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		for _, runs := range []bool{false, true} {
			l, err := New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			before, inner, again, refused := 0, 0, 0, false
			l.Do(func() { before++ })
			if runs {
				l.Do(l.Close)
			}
			l.Do(func() {
				before++
				l.Do(func() { inner++ })
			})
			var forever func()
			forever = func() {
				again++
				refused = !l.Do(forever)
			}
			l.Do(forever)
			fd, c := pair(t)
			l.Adopt(fd, frame(parse.Text, "too late"))
			ended := make(chan bool)
			go func() {
				defer close(ended)
				if runs {
					l.Run()
				} else {
					l.Close()
				}
			}()
			within(t, ended)
			if before != 2 || inner != 1 || again == 0 || !refused {
				t.Errorf("run %v: %d of 2 ran, %d of 1 from within; %d again, refused %v", runs, before, inner, again, refused)
			}
			if l.Do(func() { t.Error("ran after the end") }) {
				t.Error("taken after the end")
			}
			if _, err := io.Copy(io.Discard, c); os.IsTimeout(err) {
				t.Error("what was to be adopted is left open")
			}
		}
	})
}

// Connections that the kernel has accepted, and the loop has not handled yet,
// end with it; their clients do not wait for ever.
func TestCloseBeforeAccepted(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		polled, _ := pair(t) // the Go runtime opens what it polls by
		unix.Close(polled)
		before := descriptors(t)
		for name, serve := range map[string]func(l *Loop, connect func()){
			// What FD submits accepts at once.
			"never turned": func(l *Loop, connect func()) {
				connect()
				l.FD()
				l.Close()
			},
			"closed within a turn": func(l *Loop, connect func()) {
				l.Do(func() { connect(); l.Close() })
				l.Run()
			},
			"accepted within its last turn": func(l *Loop, connect func()) {
				l.RunOnce(0)
				l.Do(func() {
					connect()
					if l.ring != nil {
						l.ring.r.SubmitAndWait(0, 0)
					}
					l.Close()
				})
				l.RunOnce(-1)
			},
			"shut down": func(l *Loop, connect func()) {
				l.Do(func() { connect(); l.Shutdown(0) })
				l.Run()
			},
		} {
			l, addr := newLoop(t, cfg)
			clients := make([]*client, 20)
			ended := make(chan bool)
			go func() {
				runtime.LockOSThread() // for RunOnce
				defer runtime.UnlockOSThread()
				defer close(ended)
				serve(l, func() {
					for i := range clients {
						clients[i] = dial(t, addr)
					}
				})
			}()
			within(t, ended)
			for i, c := range clients {
				if n, err := c.Read(make([]byte, 1)); n > 0 || err == nil || os.IsTimeout(err) {
					t.Errorf("%s: client %d: %d bytes, %v; want EOF or a reset", name, i, n, err)
				}
				c.Close()
			}
		}
		for deadline := time.Now().Add(20 * time.Second); descriptors(t) > before; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%d descriptors open, %d before", descriptors(t), before)
			}
		}
	})
}
