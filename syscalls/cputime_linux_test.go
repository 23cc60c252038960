package syscalls

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestHostCPU(t *testing.T) {
	list, err := Affinity()
	if err != nil {
		t.Fatal(err)
	}
	before, err := HostCPU(list)
	if err != nil || before.Busy <= 0 {
		t.Fatal(before, err)
	}
	eventually(t, "the CPUs are seen busy", func() bool {
		burn(t, 10*time.Millisecond)
		now, err := HostCPU(list)
		return err == nil && now.Sub(before).Busy >= 20*time.Millisecond
	})
	if none, err := HostCPU(nil); err != nil || none != (CPUTime{}) {
		t.Errorf("no CPU: %+v, %v", none, err)
	}
	if _, err := HostCPU(CPUs{list[0], maxCPU}); err == nil || err.Error() != "/proc/stat: no line for cpu1024" {
		t.Error(err)
	}
}

const stat = "cpu  9 9 9 9 9 9 9 9 9 9\ncpu1 1 20 300 4000 50000 600000 7000000 80000000 900 900\ncpu10 1 1 1 1\ncpu2 1 x 1 1\nintr 5\n"

func tick(n int) time.Duration { return time.Duration(n) * 10 * time.Millisecond }

func TestSumCPUs(t *testing.T) {
	want := CPUTime{Busy: tick(7600324), Idle: tick(54001), Steal: tick(80000000)}
	got, err := sumCPUs(stat, CPUs{1, 10})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	then := CPUTime{Busy: tick(4), Idle: tick(1), Steal: tick(5)}
	if diff := cmp.Diff(CPUTime{Busy: tick(7600320), Idle: tick(54000), Steal: tick(79999995)}, got.Sub(then)); diff != "" {
		t.Error(diff)
	}
}

func TestStatLine(t *testing.T) {
	for _, c := range []struct {
		cpu  string
		want CPUTime
		err  string
	}{
		{"cpu1 ", CPUTime{Busy: tick(7600321), Idle: tick(54000), Steal: tick(80000000)}, ""},
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
