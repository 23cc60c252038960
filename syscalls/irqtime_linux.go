package syscalls

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// HostIRQ reads the time that the CPUs of list, added up, have spent in
// interrupts, hard and soft, in ticks of 10 ms.
func HostIRQ(list CPUs) (time.Duration, error) {
	b, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	var sum time.Duration
	for _, c := range list {
		t, err := irqOf(string(b), fmt.Sprintf("cpu%d ", c))
		if err != nil {
			return 0, err
		}
		sum += t
	}
	return sum, nil
}

func irqOf(stat, prefix string) (time.Duration, error) {
	for line := range strings.Lines(stat) {
		rest, ok := strings.CutPrefix(line, prefix)
		if !ok {
			continue
		}
		// user nice system idle iowait irq softirq steal
		f := strings.Fields(rest)
		if len(f) < 7 {
			break
		}
		irq, _ := strconv.ParseUint(f[5], 10, 64)
		soft, _ := strconv.ParseUint(f[6], 10, 64)
		return time.Duration(irq+soft) * (time.Second / userHZ), nil
	}
	return 0, fmt.Errorf("/proc/stat: no interrupt times for %s", strings.TrimSpace(prefix))
}
