package host

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"wsbench/syscalls"
)

// CPUTime is how a CPU has spent its time since boot, as /proc/stat counts it,
// in ticks of 10 ms.
type CPUTime struct {
	Busy  time.Duration // user, nice, system, interrupts: by anyone
	IRQ   time.Duration // share of Busy spent in interrupts, hard and soft
	Idle  time.Duration // idle and waiting for a disk
	Steal time.Duration // taken by the hypervisor for others
}

// Add returns the sum of what two CPUs have spent.
func (t CPUTime) Add(u CPUTime) CPUTime {
	return CPUTime{t.Busy + u.Busy, t.IRQ + u.IRQ, t.Idle + u.Idle, t.Steal + u.Steal}
}

// Sub returns what was spent between then and t.
func (t CPUTime) Sub(then CPUTime) CPUTime {
	return CPUTime{t.Busy - then.Busy, t.IRQ - then.IRQ, t.Idle - then.Idle, t.Steal - then.Steal}
}

// CPUTimes reads the times of the CPUs of list, added up.
func CPUTimes(list syscalls.CPUs) (CPUTime, error) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return CPUTime{}, err
	}
	return sumCPUs(string(b), list)
}

func sumCPUs(stat string, list syscalls.CPUs) (sum CPUTime, err error) {
	for _, c := range list {
		t, err := statLine(stat, fmt.Sprintf("cpu%d ", c))
		if err != nil {
			return CPUTime{}, err
		}
		sum = sum.Add(t)
	}
	return sum, nil
}

// userHZ is the unit of /proc/stat on every Linux that Go runs on.
const userHZ = 100

func statLine(stat, prefix string) (CPUTime, error) {
	for line := range strings.Lines(stat) {
		rest, ok := strings.CutPrefix(line, prefix)
		if !ok {
			continue
		}
		// user nice system idle iowait irq softirq steal
		var v [8]time.Duration
		for i, f := range strings.Fields(rest) {
			if i == len(v) {
				break
			}
			n, err := strconv.ParseUint(f, 10, 64)
			if err != nil {
				return CPUTime{}, fmt.Errorf("/proc/stat: %s: %w", strings.TrimSpace(prefix), err)
			}
			v[i] = time.Duration(n) * (time.Second / userHZ)
		}
		irq := v[5] + v[6]
		return CPUTime{Busy: v[0] + v[1] + v[2] + irq, IRQ: irq, Idle: v[3] + v[4], Steal: v[7]}, nil
	}
	return CPUTime{}, fmt.Errorf("/proc/stat: no line for %s", strings.TrimSpace(prefix))
}
