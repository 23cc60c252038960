package echo

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wsbench/benches/engine"
)

// WorkPath is the path of requests that cost Options.Work. A plain one is
// answered like /healthz.
const WorkPath = "/work"

// cost is what a message costs.
type cost struct {
	spin
	spent *spent // nil: it is not measured
}

// cost returns what each message costs by the switches, calibrated now.
func (o Options) cost() cost { return cost{spinOf(o.Spin + o.Work), o.spent} }

// messages burns what so many messages cost.
func (c cost) messages(n int) {
	if c.spent == nil || n == 0 {
		c.spin.messages(n)
		return
	}
	runtime.LockOSThread()
	before := threadClock()
	c.spin.messages(n)
	c.spent.ns.Add(int64(threadClock() - before))
	runtime.UnlockOSThread()
	c.spent.works.Add(uint64(n))
}

// spent is the CPU time that work took. A nil *spent is none.
type spent struct {
	works atomic.Uint64
	ns    atomic.Int64
}

func (s *spent) read() (works uint64, took time.Duration) {
	if s == nil {
		return 0, 0
	}
	return s.works.Load(), time.Duration(s.ns.Load())
}

// working returns o with the route that costs work.
func (o Options) working() Options {
	if o.Work == 0 {
		return o
	}
	o.spent = &spent{}
	list := map[string]engine.Route{WorkPath: routes["/healthz"]}
	for path, r := range o.Opening.Routes {
		list[path] = r
	}
	o.Opening.Routes = list
	o.Handler = o.place()
	return o
}

// costly has requests for WorkPath wait until their work is done.
func (o *Options) costly() {
	if o.Work == 0 {
		return
	}
	c := o.cost()
	o.Opening.Before = func(path []byte) bool {
		if string(path) != WorkPath {
			return false
		}
		if o.Handler == OnLoop {
			c.messages(1)
		}
		return o.Handler != OnLoop
	}
}

// place returns where the loops' messages are answered.
func (o *Options) place() Handler {
	switch {
	case o.Work == 0:
		return o.Handler
	case o.IO == Net:
		return OnLoop
	}
	return o.WorkOn
}

// placedBy returns the switch that says so.
func (o *Options) placedBy() string {
	if o.Work == 0 {
		return "handler"
	}
	return "work-on"
}

// work returns the switches of work in force, for String.
func (o Options) work() string {
	if o.Work == 0 {
		return ""
	}
	s := fmt.Sprintf(" work=%v work-on=%v", o.Work, o.WorkOn)
	if o.WorkOn == OnPool {
		s += fmt.Sprintf(" pool=%d", o.Pool)
	}
	return s
}

// parseWorkOn reads loop, pool or thread.
func parseWorkOn(s string) (Handler, error) {
	h, err := ParseHandler(s)
	if err != nil || h == PerMessage {
		return OnLoop, fmt.Errorf("work-on %q: want loop, pool or thread", s)
	}
	return h, nil
}

// effectiveWork refuses switches that say twice what messages cost, and where.
func (o *Options) effectiveWork(given map[string]bool) error {
	switch {
	case o.Work == 0 && given["work-on"]:
		return errors.New("-work-on has no effect without -work: say how much CPU time, such as -work 4ms")
	case o.Work != 0 && given["spin"]:
		return errors.New("-spin has no effect beside -work: leave one out")
	case o.Work != 0 && given["handler"]:
		return errors.New("-handler has no effect beside -work: -work-on says where messages are answered")
	}
	return nil
}

func (o Options) validateWork() error {
	if o.Work < 0 || o.Work > MaxSpin {
		return fmt.Errorf("work %v: want 0s to %v per message and request", o.Work, MaxSpin)
	}
	if o.WorkOn == OnLoop || o.IO == Net {
		if o.WorkOn == OnPool && (o.Pool < 1 || o.Pool > MaxPool) {
			return fmt.Errorf("pool %d: want 1 to %d goroutines", o.Pool, MaxPool)
		}
		return nil
	}
	o.Handler = o.WorkOn
	if err := o.validateHandler(); err != nil {
		return errors.New(strings.ReplaceAll(err.Error(), "handler", "work-on"))
	}
	return nil
}

// place is goroutines that do the work of others, who wait for it. A nil *place
// has everyone do their own.
type place struct {
	n     int
	locks bool // each keeps its thread
	tasks chan task
	ended chan struct{} // closed when no more work is done
	once  sync.Once
	done  sync.WaitGroup
}

// task is work, and where its end is told.
type task struct {
	work func()
	done chan<- struct{}
}

// newPlace returns where Options.Work is spent; nil where it arrives.
func newPlace(o Options) *place {
	if o.Work == 0 || o.WorkOn == OnLoop {
		return nil
	}
	return &place{n: o.answering(o.WorkOn), locks: o.WorkOn == OnThread, tasks: make(chan task), ended: make(chan struct{})}
}

// start begins the goroutines. The returned function ends them.
func (p *place) start() (stop func()) {
	if p == nil {
		return func() {}
	}
	for range p.n {
		p.done.Go(p.run)
	}
	return func() {
		p.end()
		p.done.Wait()
	}
}

// end has do return at once from now on.
func (p *place) end() {
	if p != nil {
		p.once.Do(func() { close(p.ended) })
	}
}

func (p *place) run() {
	if p.locks {
		runtime.LockOSThread() // for good: the thread ends with it
	}
	for {
		select {
		case t := <-p.tasks:
			t.work()
			t.done <- struct{}{}
		case <-p.ended:
			return
		}
	}
}

// do has work done, and returns once it is.
func (p *place) do(work func()) {
	if p == nil {
		work()
		return
	}
	done := make(chan struct{}, 1)
	select {
	case p.tasks <- task{work, done}:
		<-done
	case <-p.ended:
	}
}
