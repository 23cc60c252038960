//go:build linux

package host

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/internal/waiting"
	"wsbench/syscalls"
)

const noCPU = 1024 // above every CPU number

func TestCPUTimes(t *testing.T) {
	list, err := syscalls.Affinity()
	if err != nil {
		t.Fatal(err)
	}
	before, err := CPUTimes(list)
	if err != nil || before.Busy <= 0 || before.IRQ < 0 || before.IRQ > before.Busy {
		t.Fatal(before, err)
	}
	waiting.For(t, "the CPUs are seen busy", func() bool {
		burn(t, 10*time.Millisecond)
		now, err := CPUTimes(list)
		return err == nil && now.Sub(before).Busy >= 20*time.Millisecond
	})
	if none, err := CPUTimes(nil); err != nil || none != (CPUTime{}) {
		t.Errorf("no CPU: %+v, %v", none, err)
	}
	if _, err := CPUTimes(syscalls.CPUs{list[0], noCPU}); err == nil || err.Error() != "/proc/stat: no line for cpu1024" {
		t.Error(err)
	}
}

const stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu1 1 20 300 4000 50000 600000 7000000 80000000 900 900\ncpu10 1 1 1 1\ncpu2 1 x 1 1\nintr 5\n"

func tick(n int) time.Duration { return time.Duration(n) * 10 * time.Millisecond }

func TestSumCPUs(t *testing.T) {
	want := CPUTime{Busy: tick(7600324), IRQ: tick(7600000), Idle: tick(54001), Steal: tick(80000000)}
	got, err := sumCPUs(stat, syscalls.CPUs{1, 10})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	then := CPUTime{Busy: tick(4), IRQ: tick(3), Idle: tick(1), Steal: tick(5)}
	if diff := cmp.Diff(CPUTime{Busy: tick(7600320), IRQ: tick(7599997), Idle: tick(54000), Steal: tick(79999995)}, got.Sub(then)); diff != "" {
		t.Error(diff)
	}
}

func TestStatLine(t *testing.T) {
	for _, c := range []struct {
		cpu  string
		want CPUTime
		err  string
	}{
		{"cpu1 ", CPUTime{Busy: tick(7600321), IRQ: tick(7600000), Idle: tick(54000), Steal: tick(80000000)}, ""},
		{"cpu10 ", CPUTime{Busy: tick(3), Idle: tick(1)}, ""}, // an old kernel
		{"cpu2 ", CPUTime{}, "/proc/stat: cpu2: "},
		{"cpu3 ", CPUTime{}, "/proc/stat: no line for cpu3"},
	} {
		got, err := statLine(stat, c.cpu)
		if diff := cmp.Diff(c.want, got); diff != "" || (err != nil) != (c.err != "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: %v %s", c.cpu, err, diff)
		}
	}
}
