package stacks

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"
)

// ReadOffCPU makes a profile of the time that threads were off the CPU, of
// `perf script --show-switch-events` with sched:sched_switch samples:
//
//	perf record -e sched:sched_switch -c 1 -g --switch-events -p PID
//
// A stack is where its thread was switched out; its value is the time until
// the same thread runs again, by a PERF_RECORD_SWITCH IN or as the next thread
// of a sched_switch, whichever is first. Sample types are switches/count and
// off-cpu/nanoseconds; the label state tells threads that wait (S, D) from
// those that were preempted (R). Threads that had not come back when the
// capture ended are not counted, which a warning says; nor is the idle thread.
// Warnings and errors are those of ReadPerfScript.
func ReadOffCPU(r io.Reader, fileName string) (*profile.Profile, []error, error) {
	value := &profile.ValueType{Type: "off-cpu", Unit: "nanoseconds"}
	o := &offCPU{script: newScript(r, fileName, &profile.ValueType{Type: "switches", Unit: "count"}, value), out: map[int64]*sample{}}
	o.p.DefaultSampleType, o.p.PeriodType, o.p.Period = value.Type, value, 1
	err := scan(o.in, o.info, visitor{sample: o.sample, record: o.record})
	switch {
	case err != nil:
	case o.switches == 0:
		err = errors.New("no sched:sched_switch sample: want perf script --show-switch-events of perf record -e sched:sched_switch -g --switch-events")
	case len(o.p.Sample) == 0:
		err = errors.New("no thread was switched out and in again while this was captured: record longer, or with --switch-events and -F time")
	case len(o.out) > 0:
		o.in.WarnAt(0, "%d threads were still off the CPU at the end: that time is not counted", len(o.out))
	}
	return o.profile("perf script, time off the CPU,", fileName, err)
}

// offCPU is such a profile in the making.
type offCPU struct {
	*script
	out      map[int64]*sample // threads off the CPU, by tid
	switches int
}

// switchOut is the tracepoint's name.
const switchOut = "sched:sched_switch"

func (o *offCPU) sample(x *sample) {
	o.seen(x.head)
	if event, _, _ := strings.Cut(x.event, "/"); !strings.HasPrefix(event, switchOut) {
		return
	}
	if !x.ns.ok || !x.tid.ok {
		o.in.WarnAt(x.line, "a switch without time or tid: want perf script -F +time,+tid")
		return
	}
	o.switches++
	if next, ok := number64(x.trace, "next_pid"); ok {
		o.back(next, x.ns.n)
	}
	tid := x.tid.n
	if tid == 0 {
		return // the idle thread
	}
	if o.out[tid] != nil {
		o.in.WarnAt(x.line, "thread %d is switched out again, and no switch in between: its first time is not counted", tid)
	}
	o.out[tid] = x
}

func (o *offCPU) record(h head) {
	o.seen(h)
	f := strings.Fields(h.record)
	if len(f) >= 2 && strings.HasPrefix(f[0], "PERF_RECORD_SWITCH") && f[1] == "IN" && h.ns.ok && h.tid.ok {
		o.back(h.tid.n, h.ns.n)
	}
}

// back ends the time that a thread was off the CPU.
func (o *offCPU) back(tid, ns int64) {
	x := o.out[tid]
	if x == nil {
		return
	}
	delete(o.out, tid)
	if ns < x.ns.n {
		o.in.WarnAt(x.line, "thread %d comes back before it left, which is not counted; want the lines in order of time", tid)
		return
	}
	x.state, _ = field(x.trace, "prev_state")
	o.add(o.stack(x.stack), x.labels, []int64{1, ns - x.ns.n})
}

// number64 returns the number that name= has in a tracepoint's fields.
func number64(trace, name string) (int64, bool) {
	s, ok := field(trace, name)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
