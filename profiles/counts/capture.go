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
	Skips    []Skip           // what the capture was to count and did not
	Warnings []error          // SyntaxErrors, and remarks on single numbers
}

// Call is one system call, or the sum of several.
type Call struct {
	Name        string
	Calls       int64            // that returned
	Errors      int64            // of Calls; meaningful only where ErrorsKnown
	ErrorsKnown bool             // whether the capture counts errors
	Errno       map[string]int64 // Errors by name, as far as known
	Timed       int64            // of Calls, those whose time is known
	Time        time.Duration    // in the kernel, all Timed calls
	Waits       int64            // of epoll_wait, its kin and io_uring_enter: calls that returned something; see the package's documentation
}

// HasTime reports whether the capture tells how long the calls took.
func (c *Call) HasTime() bool { return c.Timed > 0 }

// ErrnoKnown reports whether it is known of every error which one it was.
func (c *Call) ErrnoKnown() bool { return c.ErrorsKnown && c.named() == c.Errors }

// named returns how many errors have a name.
func (c *Call) named() (n int64) {
	for _, v := range c.Errno {
		n = add(n, v)
	}
	return n
}

// EAGAIN returns the number of calls that failed so, where ErrnoKnown.
func (c *Call) EAGAIN() int64 { return add(c.Errno["EAGAIN"], c.Errno["EWOULDBLOCK"]) }

// Total returns the sum of calls, without a name.
func Total(calls []Call) Call {
	sum := Call{ErrorsKnown: true}
	for i := range calls {
		sum.merge(&calls[i])
	}
	return sum
}

// Thread is one thread's part.
type Thread struct {
	TID    int
	Comm   string // "" where the capture does not tell
	Calls  []Call
	Events []Event
}

// ByComm returns the sums of threads of one name, in the order of the names.
// Threads without a name are in none.
func ByComm(threads []Thread) []Thread {
	sums := map[string]*tally{}
	for _, t := range threads {
		if t.Comm == "" {
			continue
		}
		if sums[t.Comm] == nil {
			sums[t.Comm] = newTally()
		}
		sums[t.Comm].add(t)
	}
	var list []Thread
	for _, comm := range slices.Sorted(maps.Keys(sums)) {
		list = append(list, sums[comm].thread(0, comm))
	}
	return list
}

// Event is one counter of perf stat.
type Event struct {
	Name     string  // without modifiers and the PMU: cycles, syscalls:sys_enter_read
	Modifier string  // "u", "k", or "" for both
	Value    float64 // as perf scaled it, of times in ns; of -r the mean of a run
	Unit     string  // "" of a number, "ns" of a time, else as perf prints it: "Joules"
	Running  float64 // percent of the time that it was counted, the least of its parts
}

// Skip is something that the capture was to count and did not.
type Skip struct {
	Event  string // with its modifier
	Reason string
}

// tally sums calls and events, of the whole capture or of a thread.
type tally struct {
	comm   string
	calls  callSet
	events eventSet
}

func newTally() *tally {
	return &tally{calls: callSet{}, events: eventSet{sums: map[string]*eventSum{}}}
}

func (t *tally) add(from Thread) {
	for i := range from.Calls {
		t.calls.merge(&from.Calls[i])
	}
	for _, e := range from.Events {
		t.events.merge(e)
	}
}

func (t *tally) thread(tid int, comm string) Thread {
	events, _ := t.events.list()
	return Thread{TID: tid, Comm: comm, Calls: t.calls.list(), Events: events}
}

// threadSet sums by thread.
type threadSet map[int]*tally

func (s threadSet) get(tid int, comm string) *tally {
	t := s[tid]
	if t == nil {
		t = newTally()
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
		threads = append(threads, s[tid].thread(tid, s[tid].comm))
	}
	return threads
}

// calls returns the calls of all threads.
func (s threadSet) calls() callSet {
	sum := callSet{}
	for _, t := range s {
		for _, c := range t.calls {
			sum.merge(c)
		}
	}
	return sum
}

// callSet sums calls by name.
type callSet map[string]*Call

func (s callSet) get(name string) *Call {
	c := s[name]
	if c == nil {
		c = &Call{Name: name, ErrorsKnown: true}
		s[name] = c
	}
	return c
}

// merge adds what a capture counted of the same call elsewhere.
func (s callSet) merge(from *Call) { s.get(from.Name).merge(from) }

// list returns the calls, most calls first.
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

func (c *Call) merge(from *Call) {
	c.Calls = add(c.Calls, from.Calls)
	c.Errors = add(c.Errors, from.Errors)
	c.ErrorsKnown = c.ErrorsKnown && from.ErrorsKnown
	c.Timed = add(c.Timed, from.Timed)
	c.Time = addTime(c.Time, from.Time)
	c.Waits = add(c.Waits, from.Waits)
	for name, n := range from.Errno {
		c.errno(name, n)
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
	c.Timed = add(c.Timed, 1)
	c.Time = addTime(c.Time, d)
}

// add sums counts, which are never negative, without wrapping around.
func add(a, b int64) int64 {
	if b > math.MaxInt64-a {
		return math.MaxInt64
	}
	return a + b
}

func addTime(a, b time.Duration) time.Duration { return time.Duration(add(int64(a), int64(b))) }
