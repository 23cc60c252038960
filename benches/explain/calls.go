package explain

import (
	"cmp"
	"math"
	"slices"

	"github.com/google/pprof/profile"

	"wsbench/benches/stat"
	"wsbench/profiles/stacks"
)

// Call is one system call of a subject, or Unattributed, per message. What no
// capture shows is NaN.
type Call struct {
	Name   string
	Count  float64 // calls per message
	Errors float64 // of these, with an error
	Wall   float64 // ns within the call, waiting included, by perf trace
	CPU    float64 // ns of CPU time within the call, by perf record
}

// Calls returns the system calls of s, those with most CPU time first and
// Unattributed last. Their CPU time adds up to all that the server spent in
// system calls.
func (s *Subject) Calls() []Call {
	t, captures := callTable{}, map[string]int{}
	for _, c := range s.counted {
		captures[c.Observer]++
		n := float64(c.Echoes)
		for _, call := range c.got.Calls {
			switch c.Observer {
			case Strace:
				t.add(call.Name, "count", float64(call.Calls)/n)
				t.add(call.Name, "errors", float64(call.Errors)/n)
			case PerfTrace:
				t.add(call.Name, "wall", float64(call.Time)/n)
				t.add(call.Name, "traced", float64(call.Calls)/n)
			}
		}
	}
	if p := s.profiles[PerfRecord]; p != nil {
		captures[PerfRecord] = 1 // of all rounds
		for name, ns := range callCPU(p) {
			t.add(name, "cpu", ns)
		}
	}
	return t.list(captures[Strace], captures[PerfTrace], captures[PerfRecord])
}

// callTable collects values by call and what they are, one a capture.
type callTable map[string]map[string][]float64

func (t callTable) add(call, what string, v float64) {
	if t[call] == nil {
		t[call] = map[string][]float64{}
	}
	t[call][what] = append(t[call][what], v)
}

// list returns the calls of so many captures by each observer.
func (t callTable) list(straces, traces, profiles int) (calls []Call) {
	for name, v := range t {
		c := Call{Name: name, Count: padded(v["count"], straces), Errors: padded(v["errors"], straces), Wall: padded(v["wall"], traces), CPU: padded(v["cpu"], profiles)}
		switch {
		case name == Unattributed:
			c.Count, c.Errors, c.Wall = math.NaN(), math.NaN(), math.NaN()
		case straces == 0:
			c.Count = padded(v["traced"], traces)
		}
		calls = append(calls, c)
	}
	slices.SortFunc(calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(orZero(b.CPU), orZero(a.CPU)), cmp.Compare(orZero(b.Count), orZero(a.Count)), cmp.Compare(a.Name, b.Name))
	})
	return calls
}

// rank puts Unattributed behind all calls.
func (c Call) rank() int {
	if c.Name == Unattributed {
		return 1
	}
	return 0
}

// padded returns the median of xs of n captures; those in which the call is not
// had none of it. It is NaN without captures.
func padded(xs []float64, n int) float64 {
	for len(xs) < n {
		xs = append(xs, 0)
	}
	return stat.Median(xs)
}

func orZero(v float64) float64 {
	if v != v {
		return 0
	}
	return v
}

// callCPU returns the CPU time within each system call, ns per message, of a
// profile scaled to Messages. All of it is some call's or Unattributed.
func callCPU(p *profile.Profile) map[string]float64 {
	cpu := map[string]float64{}
	i, err := stacks.ValueIndex(p, "")
	if err != nil {
		return cpu
	}
	for _, s := range p.Sample {
		if name := callOf(stacks.Frames(s)); name != "" {
			cpu[name] += float64(stacks.Value(s, i)) / Messages
		}
	}
	return cpu
}
