package stacks

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/google/pprof/profile"

	"wsbench/profiles/internal/capture"
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
	o := &offCPU{script: &script{builder: newBuilder()}, out: map[int64]*sample{}}
	o.p.SampleType = []*profile.ValueType{{Type: "switches", Unit: "count"}, {Type: "off-cpu", Unit: "nanoseconds"}}
	o.p.DefaultSampleType = "off-cpu"
	in, info := capture.NewLines(r, fileName, maxLine), &header{}
	o.in = in
	err := scan(in, info, visitor{sample: o.sample, record: o.record})
	switch {
	case err != nil:
	case o.switches == 0:
		err = fmt.Errorf("no sched:sched_switch sample: want perf script --show-switch-events of perf record -e sched:sched_switch -g --switch-events")
	case len(o.p.Sample) == 0:
		err = fmt.Errorf("no thread was switched out and in again while this was captured: record longer, or with --switch-events and -F time")
	}
	if err != nil {
		return nil, in.Warnings(), fmt.Errorf("%s: %w", fileName, err)
	}
	if n := len(o.out); n > 0 {
		in.WarnAt(0, "%d threads were still off the CPU at the end: that time is not counted", n)
	}
	o.describe("perf script, time off the CPU,", fileName, info)
	o.p.PeriodType, o.p.Period = &profile.ValueType{Type: "off-cpu", Unit: "nanoseconds"}, 1
	return o.finish(), in.Warnings(), nil
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
	if !x.hasTime || !x.hasTID {
		o.in.WarnAt(x.line, "a switch without time or tid: want perf script -F +time,+tid")
		return
	}
	o.switches++
	if next, ok := number64(x.trace, "next_pid"); ok {
		o.back(next, x.ns)
	}
	if x.tid == 0 {
		return // the idle thread
	}
	if o.out[x.tid] != nil {
		o.in.WarnAt(x.line, "thread %d is switched out again, and no switch in between: its first time is not counted", x.tid)
	}
	o.out[x.tid] = x
}

func (o *offCPU) record(h head) {
	o.seen(h)
	f := strings.Fields(h.record)
	if len(f) >= 2 && strings.HasPrefix(f[0], "PERF_RECORD_SWITCH") && f[1] == "IN" && h.hasTime && h.hasTID {
		o.back(h.tid, h.ns)
	}
}

// seen widens the time of the capture.
func (o *offCPU) seen(h head) {
	if h.hasTime && h.ns > 0 {
		if o.first == 0 || h.ns < o.first {
			o.first = h.ns
		}
		o.last = max(o.last, h.ns)
	}
}

// back ends the time that a thread was off the CPU.
func (o *offCPU) back(tid, ns int64) {
	x := o.out[tid]
	if x == nil {
		return
	}
	delete(o.out, tid)
	if ns < x.ns {
		o.in.WarnAt(x.line, "thread %d comes back before it left, which is not counted; want the lines in order of time", tid)
		return
	}
	state, _ := field(x.trace, "prev_state")
	o.add(o.stack(x.stack), labels{head: x.head, state: state}, []int64{1, ns - x.ns})
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
