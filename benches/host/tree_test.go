//go:build linux

package host

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// spin is a shell that computes for ever.
const spin = "while :; do :; done"

// start runs a shell script in a process group of its own, until the test
// ends or kill is called, which tells what all of it used.
func start(t *testing.T, script string) (pid int, kill func() time.Duration) {
	t.Helper()
	cmd := exec.Command("sh", "-c", "ulimit -t 60; "+script) // nothing survives a killed test for long
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Skip("no shell: ", err)
	}
	kill = func() time.Duration {
		if cmd.ProcessState == nil {
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			cmd.Wait()
		}
		return cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	t.Cleanup(func() { kill() })
	return cmd.Process.Pid, kill
}

func TestProcessUsageOfChild(t *testing.T) {
	pid, kill := start(t, spin)
	var u Usage
	waiting.For(t, "the child computes", func() bool {
		u = usageOf(t, pid)
		return u.User > 50*time.Millisecond
	})
	if u.RSS <= 0 {
		t.Errorf("resident bytes: %d", u.RSS)
	}
	if all := kill(); u.CPU > all+time.Millisecond {
		t.Errorf("it had used %v, in the end %v", u.CPU, all)
	}
	if _, err := ProcessUsage(pid); err == nil {
		t.Error("an ended process has a usage")
	}
}

func TestTreeUsage(t *testing.T) {
	if _, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", os.Getpid(), os.Getpid())); err != nil {
		t.Skip("no CONFIG_PROC_CHILDREN: ", err)
	}
	// The trailing commands keep a shell from becoming its last child.
	pid, _ := start(t, "sh -c '("+spin+"); :'; :")
	var tree Usage
	waiting.For(t, "the grandchild computes", func() bool {
		var err error
		if tree, err = TreeUsage(pid); err != nil {
			t.Fatal(err)
		}
		return tree.CPU > usageOf(t, pid).CPU+50*time.Millisecond
	})
	if !slices.Contains(Children(os.Getpid()), pid) {
		t.Errorf("this process's children %v lack %d", Children(os.Getpid()), pid)
	}
	children := Children(pid)
	if len(children) != 1 || len(Children(children[0])) != 1 {
		t.Fatalf("children %v, grandchildren %v; want one each", children, Children(children[0]))
	}
	if spinner := usageOf(t, Children(children[0])[0]); tree.CPU > spinner.CPU+usageOf(t, pid).CPU+usageOf(t, children[0]).CPU {
		t.Errorf("the tree used %v, its processes less", tree.CPU)
	}
	if tree.RSS <= usageOf(t, pid).RSS {
		t.Errorf("the tree has %d bytes in memory, the process alone more", tree.RSS)
	}
}

// What a process started is known by its environment, in whatever session it is.
func TestProcessesWith(t *testing.T) {
	t.Setenv("WSBENCH_HOST_TEST", fmt.Sprint(os.Getpid()))
	setting := fmt.Sprintf("WSBENCH_HOST_TEST=%d", os.Getpid())
	pid, _ := start(t, "setsid sleep 1000 & wait")
	var list []int
	waiting.For(t, "both are there", func() bool {
		list = ProcessesWith(setting)
		return len(list) == 2
	})
	for _, other := range list {
		if other != pid {
			syscall.Kill(other, syscall.SIGKILL)
		}
	}
	if !slices.Contains(list, pid) || len(ProcessesWith(setting+"0")) > 0 {
		t.Errorf("%v, want %d among them", list, pid)
	}
}
