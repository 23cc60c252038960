package explain

import (
	"slices"
	"strings"

	"wsbench/benches/results"
	"wsbench/profiles/attribution"
	"wsbench/profiles/counts"
)

// Pkg is the key pkg of lines made of captures.
const Pkg = "wsbench/profiles"

// CallLines returns what a capture counted: a line of the whole, then one for
// each system call, then one for each name of threads, where there are several:
//
//	BenchmarkCalls/KEYS N 2.003 syscalls/msg 0.0012 EAGAIN/msg 12.4 frames/wait …
//	BenchmarkCalls/KEYS/call=recvfrom N 1.0005 syscalls/msg 0.0005 errors/msg …
//	BenchmarkCalls/KEYS/thread=worker N 1.2 syscalls/msg …
//
// A line of threads sums those of one name: thread IDs differ from run to run.
// Without messages, 0, values are of the capture (syscalls/capture), N is 1, and
// frames/wait is absent.
//
// EAGAIN/msg is absent where a call failed and the capture does not tell how:
// strace -c and perf trace without --errno-summary count errors only. Where no
// call failed it is 0. It has no calls of futex, whose EAGAIN says that a word
// has changed and not that a descriptor had nothing.
func CallLines(keys []results.KV, c *counts.Capture, messages int64) []results.Sample {
	return CallLinesPer("msg", keys, c, messages)
}

// CallLinesPer returns the lines of CallLines per something other than a
// message: of so many "op", syscalls/op.
func CallLinesPer(what string, keys []results.KV, c *counts.Capture, n int64) []results.Sample {
	l := callLines{keys: keys, per: per{"/" + what, n}}
	if n <= 0 {
		l.per = per{"/capture", 1}
	}
	l.add(l.per.whole(c))
	for i := range c.Calls {
		l.add(l.per.call(&c.Calls[i]), results.KV{Key: "call", Value: results.ValueOf(c.Calls[i].Name)})
	}
	threads := slices.Clone(c.Threads)
	for i := range threads {
		threads[i].Comm = results.ValueOf(threads[i].Comm)
	}
	if sums := counts.ByComm(threads); len(sums) > 1 {
		for _, t := range sums {
			values := l.per.whole(&counts.Capture{Calls: t.Calls, Events: t.Events})
			delete(values, "frames/wait") // messages are of the whole process
			l.add(values, results.KV{Key: "thread", Value: t.Comm})
		}
	}
	return l.list
}

// callLines collects the lines of a capture.
type callLines struct {
	keys []results.KV
	per  per
	list []results.Sample
}

func (l *callLines) add(values map[string]float64, more ...results.KV) {
	if len(values) > 0 {
		name := results.Name{Base: "Calls", Keys: slices.Concat(l.keys, more)}
		l.list = append(l.list, results.Sample{Name: name, Pkg: Pkg, Iters: l.per.n, Values: values})
	}
}

// per divides by messages.
type per struct {
	unit string
	n    int64
}

// set puts a value into values, unless one of the unit is there.
func (p per) set(values map[string]float64, unit string, v float64) {
	if _, ok := values[unit+p.unit]; !ok {
		values[unit+p.unit] = v / float64(p.n)
	}
}

// call returns the values of one system call.
func (p per) call(c *counts.Call) map[string]float64 {
	values := map[string]float64{}
	if c.Calls == 0 {
		return values
	}
	p.set(values, "syscalls", float64(c.Calls))
	if c.ErrorsKnown {
		p.set(values, "errors", float64(c.Errors))
	}
	if c.ErrnoKnown() {
		p.set(values, "EAGAIN", float64(c.EAGAIN()))
	}
	if c.HasTime() {
		p.set(values, "syscall-ns", float64(c.Time))
	}
	return values
}

// whole returns the values of all calls, signals and events together.
// Tracepoints of perf stat count single calls: their sum is not the whole, which
// the event raw_syscalls:sys_enter tells.
func (p per) whole(c *counts.Capture) map[string]float64 {
	values := map[string]float64{}
	if len(c.Calls) > 0 && len(c.Events) == 0 {
		p.calls(values, c.Calls)
	}
	if c.Signals != nil {
		sum := 0.0
		for _, n := range c.Signals {
			sum += float64(n)
		}
		p.set(values, "signals", sum)
	}
	p.events(values, c.Events)
	return values
}

func (p per) calls(values map[string]float64, calls []counts.Call) {
	sum := counts.Total(calls)
	p.set(values, "syscalls", float64(sum.Calls))
	if sum.ErrorsKnown {
		p.set(values, "errors", float64(sum.Errors))
	}
	descriptors := counts.Total(slices.DeleteFunc(slices.Clone(calls), func(c counts.Call) bool { return c.Name == "futex" }))
	if descriptors.ErrnoKnown() {
		p.set(values, "EAGAIN", float64(descriptors.EAGAIN()))
	}
	if sum.Waits > 0 && p.unit == "/msg" {
		values["frames/wait"] = float64(p.n) / float64(sum.Waits)
	}
}

// events sets the values of perf stat's counters, the first of each unit. Where
// only the parts in user mode and in the kernel were counted, their sum is the
// whole.
func (p per) events(values map[string]float64, events []counts.Event) {
	whole := map[string]float64{} // sums of the parts
	for _, e := range events {
		unit := eventUnit(e)
		switch {
		case strings.HasPrefix(e.Name, "syscalls:sys_enter_"): // a call's own line
		case e.Modifier == "" || unit == "cpu-ns":
			p.set(values, unit, e.Value)
		case e.Modifier == "u":
			p.set(values, "user-"+unit, e.Value)
			whole[unit] = 0
		default:
			p.set(values, "sys-"+unit, e.Value)
		}
	}
	for unit := range whole {
		user := values["user-"+unit+p.unit]
		if sys, ok := values["sys-"+unit+p.unit]; ok {
			p.set(values, unit, (user+sys)*float64(p.n))
		}
	}
}

// eventUnits are the units of perf's events that are not called as the event is.
var eventUnits = map[string]string{
	"cpu-cycles":          "cycles",
	"branch-instructions": "branches",
	"context-switches":    "ctxsw", "cs": "ctxsw",
	"cpu-migrations": "migrations",
	"page-faults":    "faults",
	"task-clock":     "cpu-ns", "cpu-clock": "cpu-ns",
	"raw_syscalls:sys_enter": "syscalls",
}

// eventUnit returns the unit of an event, less the denominator.
func eventUnit(e counts.Event) string {
	unit := eventUnits[e.Name]
	if unit == "" {
		unit = unitName(e.Name)
	}
	if e.Unit != "" && unit != "cpu-ns" {
		unit += "-" + unitName(e.Unit)
	}
	return unit
}

// unitName returns an event as a unit: letters, digits and . _ - +.
func unitName(s string) string {
	s = strings.Trim(s, "/:")
	return results.ValueOf(strings.NewReplacer(":", ".", "/", ".", ",", ".", "=", "-", " ", "-").Replace(s))
}

// attributionLines returns a line for each component, those without a sample
// too: its CPU time, of cpu ns per message, and its percentage.
func attributionLines(keys []results.KV, shares []attribution.Share, cpu float64, messages int64) (list []results.Sample) {
	for _, s := range shares {
		name := results.Name{Base: "Attribution", Keys: append(slices.Clone(keys), results.KV{Key: "component", Value: s.Component})}
		values := map[string]float64{"cpu-ns/msg": cpu * s.Percent / 100, "cpu-percent": s.Percent}
		list = append(list, results.Sample{Name: name, Pkg: Pkg, Iters: messages, Values: values})
	}
	return list
}
