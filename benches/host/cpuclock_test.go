package host

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// group makes a procfs and a control group with these processes, and returns
// the clock that is found.
func group(t *testing.T, filesystem, controller, file, usage string, procs ...int) (CPUClock, error) {
	t.Helper()
	dir := t.TempDir()
	proc, mount := filepath.Join(dir, "proc"), filepath.Join(dir, "mount")
	own := filepath.Join(mount, "own")
	pid := os.Getpid()
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	options := "rw"
	if controller != "" {
		options = "rw,cpu," + controller
	}
	list := ""
	for _, p := range procs {
		list += strconv.Itoa(p) + "\n"
	}
	write(filepath.Join(proc, strconv.Itoa(pid), "cgroup"), fmt.Sprintf("9:name=systemd:/else\n3:cpu,%s:/slice/own\n", controller)+"0::/slice/own\n")
	write(filepath.Join(proc, "self", "mountinfo"), "1 2 0:3 / /sys rw - sysfs sysfs rw\n"+fmt.Sprintf("30 25 0:26 /slice %s rw,nosuid shared:9 - %s none %s\n", mount, filesystem, options))
	write(filepath.Join(own, "cgroup.procs"), list)
	write(filepath.Join(own, file), usage)
	return groupClock(proc, pid)
}

func TestGroupClock(t *testing.T) {
	pid := os.Getpid()
	for _, tt := range []struct {
		filesystem, controller, file, usage string
		procs                               []int
		source                              string
		want                                time.Duration
	}{
		{"cgroup2", "", "cpu.stat", "usage_usec 1234\nuser_usec 1000\n", []int{pid}, "cgroup v2 cpu.stat", 1234 * time.Microsecond},
		{"cgroup", "cpuacct", "cpuacct.usage", "987654321\n", []int{pid}, "cgroup v1 cpuacct.usage", 987654321},
		{"cgroup2", "", "cpu.stat", "usage_usec 1234\n", []int{pid, 1}, "", 0},  // another process
		{"cgroup2", "", "cpu.stat", "usage_usec 1234\n", nil, "", 0},            // not in it
		{"cgroup2", "", "cpu.stat", "nr_periods 0\n", []int{pid}, "", 0},        // counts nothing
		{"cgroup", "memory", "cpuacct.usage", "987654321\n", []int{pid}, "", 0}, // another controller
	} {
		c, err := group(t, tt.filesystem, tt.controller, tt.file, tt.usage, tt.procs...)
		if c.Source != tt.source || (err == nil) != (tt.source != "") {
			t.Errorf("%+v: %q, %v", tt, c.Source, err)
			continue
		}
		if err == nil {
			if got, err := c.Read(); got != tt.want || err != nil {
				t.Errorf("%+v: %v, %v", tt, got, err)
			}
		}
	}
}

// This process shares its control group with whatever started it, or is alone
// in it: either way its clock goes on.
func TestServerClock(t *testing.T) {
	c := ServerClock(os.Getpid())
	before, err := c.Read()
	if err != nil || c.Source == "" {
		t.Fatalf("%q: %v", c.Source, err)
	}
	for began := ThreadClock(); ThreadClock()-began < 5*time.Millisecond; {
	}
	if after, err := c.Read(); err != nil || after-before < 4*time.Millisecond {
		t.Errorf("%s: %v after %v, %v", c.Source, after, before, err)
	}
}
