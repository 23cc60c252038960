package observe

import (
	"regexp"
	"sort"

	"github.com/google/pprof/profile"

	"wsbench/benches/lab"
)

// Call is one system call of a subject, a message. What no capture told is
// NaN.
type Call struct {
	Name   string
	Count  float64 // calls a message
	Errors float64 // of these, with an error
	Wall   float64 // ns within the call, waiting included, by perf trace
	CPU    float64 // ns of CPU time within the call, by perf record
}

// inKernel is the function by which the kernel carries a call out, whose name
// is the call's.
var inKernel = regexp.MustCompile(`^__(?:x64|arm64|ia32|riscv|s390x|powerpc)_(?:compat_)?sys_(\w+)$`)

// Calls lists the system calls of s, those with most CPU time first.
func (s *Subject) Calls() []Call {
	t := callTable{}
	for _, c := range s.counted {
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
	cpu := callCPU(s.profiles[PerfRecord])
	for name := range cpu {
		t.add(name, "cpu", cpu[name])
	}
	return t.list(s.counts(Strace), s.counts(PerfTrace))
}

// callTable collects values by call and what they are, one a capture.
type callTable map[string]map[string][]float64

func (t callTable) add(call, what string, v float64) {
	if t[call] == nil {
		t[call] = map[string][]float64{}
	}
	t[call][what] = append(t[call][what], v)
}

func (t callTable) list(straces, traces int) (calls []Call) {
	for name, v := range t {
		c := Call{Name: name, Count: padded(v["count"], straces), Errors: padded(v["errors"], straces), Wall: padded(v["wall"], traces), CPU: lab.Median(v["cpu"])}
		if straces == 0 {
			c.Count = padded(v["traced"], traces)
		}
		calls = append(calls, c)
	}
	sort.Slice(calls, func(i, j int) bool {
		a, b := calls[i], calls[j]
		if x, y := orZero(a.CPU), orZero(b.CPU); x != y {
			return x > y
		}
		if x, y := orZero(a.Count), orZero(b.Count); x != y {
			return x > y
		}
		return a.Name < b.Name
	})
	return calls
}

// padded is the median of xs of n captures; those in which the call is not had
// none of it. NaN without captures.
func padded(xs []float64, n int) float64 {
	for len(xs) < n {
		xs = append(xs, 0)
	}
	return lab.Median(xs)
}

func orZero(v float64) float64 {
	if v != v {
		return 0
	}
	return v
}

// callCPU is the CPU time within each system call, ns a message, of a profile
// scaled to Messages.
func callCPU(p *profile.Profile) map[string]float64 {
	cpu := map[string]float64{}
	if p == nil {
		return cpu
	}
	i := weight(p)
	for _, s := range p.Sample {
		if name := callOf(s); name != "" {
			cpu[name] += float64(s.Value[i]) / Messages
		}
	}
	return cpu
}

// callOf is the system call that a sample was taken in; "" for none.
func callOf(s *profile.Sample) string {
	for _, l := range s.Location {
		for _, line := range l.Line {
			if m := inKernel.FindStringSubmatch(line.Function.Name); m != nil {
				return m[1]
			}
		}
	}
	return ""
}
