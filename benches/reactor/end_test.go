package reactor

import (
	"io"
	"os"
	"testing"

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
