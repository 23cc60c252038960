package syscalls

import (
	"sync"
	"testing"
)

func newEventfd(t testing.TB) Eventfd {
	t.Helper()
	e, err := NewEventfd()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func TestEventfd(t *testing.T) {
	p, e := newEpoll(t), newEventfd(t)
	ok(t, p.Add(e.FD(), EPOLLIN, 7))
	readable := func(step string, want int) {
		t.Helper()
		if n, errno := waits["raw"](p, make([]Event, 2), 0); n != want || errno != 0 {
			t.Errorf("%s: %d events, %v; want %d", step, n, errno, want)
		}
	}
	readable("new", 0)
	e.Drain() // does not block
	var threads sync.WaitGroup
	for range 4 {
		threads.Go(func() {
			for range 10 {
				if errno := e.Signal(); errno != 0 {
					t.Error(errno)
				}
			}
		})
	}
	threads.Wait()
	readable("signalled", 1)
	readable("not drained", 1)
	e.Drain()
	readable("drained", 0)
	ok(t, e.Signal())
	readable("signalled again", 1)
}
