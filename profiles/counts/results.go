package counts

import (
	"maps"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// Results is the capture as benchmark lines: one for the whole, then one a
// system call, then one a thread's name. base is the name without "Benchmark",
// such as Calls/server=wsbench/io=epoll. messages is how many the process
// handled during the capture; at 0 or less the unit is the capture.
func (c *Capture) Results(base string, messages int64) []*benchfmt.Result {
	p := per{unit: "/msg", n: messages}
	if messages <= 0 {
		p = per{unit: "/capture", n: 1}
	}
	var all []*benchfmt.Result
	emit := func(name string, values []benchfmt.Value) {
		if len(values) > 0 {
			all = append(all, &benchfmt.Result{Name: benchfmt.Name(name), Iters: int(p.n), Values: values})
		}
	}
	emit(base, slices.Concat(c.callValues(p), p.signals(c.Signals), p.events(c.Events)))
	for i := range c.Calls {
		emit(base+"/call="+keyValue(c.Calls[i].Name), p.call(&c.Calls[i]))
	}
	comms := byComm(c.Threads)
	if len(comms) > 1 {
		for _, comm := range slices.Sorted(maps.Keys(comms)) {
			t := comms[comm]
			emit(base+"/thread="+comm, slices.Concat(t.callValues(p), p.events(t.Events)))
		}
	}
	return all
}

// per divides by messages.
type per struct {
	unit string
	n    int64
}

func (p per) value(v float64, unit string) benchfmt.Value {
	return benchfmt.Value{Value: v / float64(p.n), Unit: unit + p.unit}
}

// call is the values of one system call.
func (p per) call(c *Call) []benchfmt.Value {
	if c.Calls == 0 {
		return nil
	}
	v := []benchfmt.Value{p.value(float64(c.Calls), "syscalls")}
	if c.ErrorsTold {
		v = append(v, p.value(float64(c.Errors), "errors"))
	}
	if c.ErrnoTold() {
		v = append(v, p.value(float64(c.EAGAIN()), "EAGAIN"))
	}
	if c.HasTime() {
		v = append(v, p.value(float64(c.Time), "syscall-ns"))
	}
	return v
}

// callValues sums over the calls. perf stat's tracepoints count single calls
// only: their sum is not the whole, and raw_syscalls:sys_enter tells that.
func (c *Capture) callValues(p per) []benchfmt.Value {
	if len(c.Calls) == 0 || len(c.Events) > 0 {
		return nil
	}
	var sum, eagain, waits int64
	errors, errorsTold, errnoTold := int64(0), true, true
	for i := range c.Calls {
		call := &c.Calls[i]
		sum, errors, waits = add(sum, call.Calls), add(errors, call.Errors), add(waits, call.Waits)
		errorsTold = errorsTold && call.ErrorsTold
		if call.Name != "futex" {
			eagain = add(eagain, call.EAGAIN())
			errnoTold = errnoTold && call.ErrnoTold()
		}
	}
	v := []benchfmt.Value{p.value(float64(sum), "syscalls")}
	if errorsTold {
		v = append(v, p.value(float64(errors), "errors"))
	}
	if errnoTold {
		v = append(v, p.value(float64(eagain), "EAGAIN"))
	}
	if waits > 0 && p.unit == "/msg" {
		v = append(v, benchfmt.Value{Value: float64(p.n) / float64(waits), Unit: "frames/wait"})
	}
	return v
}

func (p per) signals(signals map[string]int64) []benchfmt.Value {
	if signals == nil {
		return nil
	}
	var n int64
	for _, v := range signals {
		n = add(n, v)
	}
	return []benchfmt.Value{p.value(float64(n), "signals")}
}

// byComm sums threads of one name. The sum's waits are left out: messages are
// of the whole process.
func byComm(threads []Thread) map[string]*Capture {
	calls, events, all := map[string]callSet{}, map[string]*eventSet{}, map[string]*Capture{}
	for _, t := range threads {
		comm := keyValue(t.Comm)
		if comm == "" {
			continue
		}
		if all[comm] == nil {
			set := newEventSet()
			all[comm], calls[comm], events[comm] = &Capture{}, callSet{}, &set
		}
		for _, c := range t.Calls {
			c.Waits = 0
			calls[comm].merge(&c)
		}
		for _, e := range t.Events {
			events[comm].add(sample{raw: e.label(), value: e.Value, unit: e.Unit, running: e.Running})
		}
	}
	for comm, c := range all {
		c.Calls = calls[comm].list()
		c.Events, _ = events[comm].list()
	}
	return all
}

// keyValue is s as a value in a benchmark's name: letters, digits and . _ - +,
// the others as '_', and no "-16" at its end, which would be read as GOMAXPROCS.
func keyValue(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < 0x80 && (isDigit(byte(r)) || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._-+", r)) {
			return r
		}
		return '_'
	}, s)
	if i := strings.LastIndexByte(s, '-'); i >= 0 && isDigits(s[i+1:]) {
		s = s[:i] + "_" + s[i+1:]
	}
	return s
}
