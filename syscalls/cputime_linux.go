package syscalls

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// CPUTime is how one CPU of the host has spent its time since boot, as
// /proc/stat counts it, in ticks of 10 ms.
type CPUTime struct {
	Busy  time.Duration // user, nice, system, interrupts: by anyone
	Idle  time.Duration // idle and waiting for a disk
	Steal time.Duration // taken by the hypervisor for others
}

// Sub is what was spent between then and t.
func (t CPUTime) Sub(then CPUTime) CPUTime {
	return CPUTime{t.Busy - then.Busy, t.Idle - then.Idle, t.Steal - then.Steal}
}

// HostCPU reads the times of the CPUs of list, added up.
func HostCPU(list CPUs) (CPUTime, error) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return CPUTime{}, err
	}
	return sumCPUs(string(b), list)
}

func sumCPUs(stat string, list CPUs) (sum CPUTime, err error) {
	for _, c := range list {
		t, err := statLine(stat, fmt.Sprintf("cpu%d ", c))
		if err != nil {
			return CPUTime{}, err
		}
		sum = CPUTime{sum.Busy + t.Busy, sum.Idle + t.Idle, sum.Steal + t.Steal}
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
		return CPUTime{Busy: v[0] + v[1] + v[2] + v[5] + v[6], Idle: v[3] + v[4], Steal: v[7]}, nil
	}
	return CPUTime{}, fmt.Errorf("/proc/stat: no line for %s", strings.TrimSpace(prefix))
}
