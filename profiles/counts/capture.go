package counts

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"
)

// Capture is what one capture counted, whichever tool took it.
type Capture struct {
	Format   string           // "strace -c", "strace -f", "perf stat", "perf stat -x", "perf stat -j", "perf trace -s"
	Elapsed  time.Duration    // the capture's length; 0 where it does not tell
	Calls    []Call           // per system call over all threads, most calls first
	Threads  []Thread         // by TID, where the capture tells threads apart
	Events   []Event          // perf stat, in the order of the capture
	Signals  map[string]int64 // delivered to the process, by name; logs of strace only, else nil
	Warnings []error          // SyntaxErrors and doubts

	skips []Skip
}

// Call is one system call.
type Call struct {
	Name       string
	Calls      int64            // that returned
	Errors     int64            // of Calls; meaningful only where ErrorsTold
	ErrorsTold bool             // whether the capture counts errors
	Errno      map[string]int64 // Errors by name, as far as told
	Timed      int64            // of Calls, those whose time is told
	Time       time.Duration    // in the kernel, all Timed calls
	Min, Max   time.Duration    // of one call, where RangeTold
	RangeTold  bool
	Unfinished int64 // entered, and not returned when the capture ended; logs only
	Waits      int64 // of epoll_wait, its kin and io_uring_enter: calls that returned something; see the package's documentation
	Ready      int64 // events that the Waits returned; logs of epoll only
}

// HasTime reports whether the capture tells how long the calls took.
func (c *Call) HasTime() bool { return c.Timed > 0 }

// Avg is the mean time of a call, 0 where none is told.
func (c *Call) Avg() time.Duration {
	if c.Timed == 0 {
		return 0
	}
	return c.Time / time.Duration(c.Timed)
}

// ErrnoTold reports whether it is known of every error which one it was.
func (c *Call) ErrnoTold() bool {
	var n int64
	for _, v := range c.Errno {
		n = add(n, v)
	}
	return c.ErrorsTold && n == c.Errors
}

// EAGAIN is the number of calls that failed so, where ErrnoTold.
func (c *Call) EAGAIN() int64 { return add(c.Errno["EAGAIN"], c.Errno["EWOULDBLOCK"]) }

// Thread is one thread's part.
type Thread struct {
	TID    int
	Comm   string // "" where the capture does not tell
	Calls  []Call
	Events []Event
}

// Event is one counter of perf stat.
type Event struct {
	Name     string  // without modifiers and the PMU: cycles, syscalls:sys_enter_read
	Modifier string  // "u", "k", or "" for both
	Value    float64 // as perf scaled it; of -r the mean of a run
	Unit     string  // as perf prints it: "msec", "Joules", often ""
	Running  float64 // percent of the time that it was counted, the least of its parts
}

// Skip is something that the capture was to count and did not.
type Skip struct {
	Event  string // with its modifier
	Reason string
}

// Skips tells what is absent from the capture, and why.
func (c *Capture) Skips() []Skip { return slices.Clone(c.skips) }

// callSet sums calls by name.
type callSet map[string]*Call

func (s callSet) get(name string) *Call {
	c := s[name]
	if c == nil {
		c = &Call{Name: name, ErrorsTold: true}
		s[name] = c
	}
	return c
}

// merge adds what a capture counted of the same call elsewhere.
func (s callSet) merge(from *Call) {
	to := s.get(from.Name)
	to.widen(from)
	to.Calls = add(to.Calls, from.Calls)
	to.Errors = add(to.Errors, from.Errors)
	to.ErrorsTold = to.ErrorsTold && from.ErrorsTold
	to.Timed = add(to.Timed, from.Timed)
	to.Time = addTime(to.Time, from.Time)
	to.Unfinished = add(to.Unfinished, from.Unfinished)
	to.Waits = add(to.Waits, from.Waits)
	to.Ready = add(to.Ready, from.Ready)
	for name, n := range from.Errno {
		to.errno(name, n)
	}
}

// widen takes the range of another's calls into its own.
func (c *Call) widen(from *Call) {
	switch {
	case !from.RangeTold:
	case !c.RangeTold:
		c.Min, c.Max, c.RangeTold = from.Min, from.Max, true
	default:
		c.Min, c.Max = min(c.Min, from.Min), max(c.Max, from.Max)
	}
}

func (c *Call) errno(name string, n int64) {
	if c.Errno == nil {
		c.Errno = map[string]int64{}
	}
	c.Errno[name] = add(c.Errno[name], n)
}

// took adds the time of one call.
func (c *Call) took(d time.Duration) {
	c.widen(&Call{Min: d, Max: d, RangeTold: true})
	c.Timed = add(c.Timed, 1)
	c.Time = addTime(c.Time, d)
}

// list is the calls, most calls first.
func (s callSet) list() []Call {
	var calls []Call
	for _, c := range s {
		calls = append(calls, *c)
	}
	slices.SortFunc(calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.Name, b.Name))
	})
	return calls
}

// threadSet sums calls by thread.
type threadSet map[int]*threadCalls

type threadCalls struct {
	comm  string
	calls callSet
}

func (s threadSet) get(tid int, comm string) *threadCalls {
	t := s[tid]
	if t == nil {
		t = &threadCalls{calls: callSet{}}
		s[tid] = t
	}
	if comm != "" {
		t.comm = comm
	}
	return t
}

func (s threadSet) list() []Thread {
	var threads []Thread
	for _, tid := range slices.Sorted(maps.Keys(s)) {
		threads = append(threads, Thread{TID: tid, Comm: s[tid].comm, Calls: s[tid].calls.list()})
	}
	return threads
}

// all is the calls over all threads.
func (s threadSet) all() callSet {
	sum := callSet{}
	for _, t := range s {
		for _, c := range t.calls {
			sum.merge(c)
		}
	}
	return sum
}

// add sums counts, which are never negative, without wrapping around.
func add(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}

func addTime(a, b time.Duration) time.Duration { return time.Duration(add(int64(a), int64(b))) }
