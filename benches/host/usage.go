package host

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Usage is what a process has used since it began.
type Usage struct {
	CPU         time.Duration // user + system of all its threads, ended ones too
	User        time.Duration // share of CPU spent in user mode
	System      time.Duration // share of CPU spent in the kernel
	Voluntary   uint64        // context switches because a thread waited
	Involuntary uint64        // context switches because another thread's turn came
	RSS         int64         // resident set, bytes
}

// Sub returns what was used between then and u. RSS stays u's. User and
// System, being estimates, are kept between 0 and CPU.
func (u Usage) Sub(then Usage) Usage {
	u.CPU -= then.CPU
	u.User = min(max(u.User-then.User, 0), u.CPU)
	u.System = u.CPU - u.User
	u.Voluntary -= min(then.Voluntary, u.Voluntary)
	u.Involuntary -= min(then.Involuntary, u.Involuntary)
	return u
}

// Add returns the sum of what two processes have used.
func (u Usage) Add(v Usage) Usage {
	u.CPU += v.CPU
	u.User += v.User
	u.System += v.System
	u.Voluntary += v.Voluntary
	u.Involuntary += v.Involuntary
	u.RSS += v.RSS
	return u
}

// ProcessUsage reads what process pid has used. CPU is exact to the nanosecond
// (the process's CPU clock); how it divides in User and System is the kernel's
// own estimate, sampled at the timer tick. Context switches are those of the
// threads that live now.
func ProcessUsage(pid int) (Usage, error) {
	var u Usage
	var err error
	if u.CPU, err = ProcessCPU(pid); err != nil {
		return u, err
	}
	user, system, err := ticks(pid)
	if err != nil {
		return u, err
	}
	if total := user + system; total > 0 {
		u.User = time.Duration(float64(u.CPU) * float64(user) / float64(total))
	}
	u.System = u.CPU - u.User
	for _, b := range threadFiles(pid, "status") {
		u.Voluntary += statusField(b, "voluntary_ctxt_switches:")
		u.Involuntary += statusField(b, "nonvoluntary_ctxt_switches:")
	}
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return u, err
	}
	if f := strings.Fields(string(b)); len(f) > 1 {
		pages, _ := strconv.ParseInt(f[1], 10, 64)
		u.RSS = pages * int64(os.Getpagesize())
	}
	return u, nil
}

// TreeUsage returns the sum of ProcessUsage of pid and of all its living
// descendants, for servers that are started through a shell or that fork
// workers.
func TreeUsage(pid int) (Usage, error) { return sumTree(pid, ProcessUsage, Usage.Add) }

// TreeCPU returns the sum of ProcessCPU of pid and of all its living
// descendants.
func TreeCPU(pid int) (time.Duration, error) {
	return sumTree(pid, ProcessCPU, plus)
}

func plus[T ~int64](a, b T) T { return a + b }

// sumTree reads pid and all its living descendants and adds them up. One that
// ends meanwhile is left out.
func sumTree[T any](pid int, read func(pid int) (T, error), add func(a, b T) T) (T, error) {
	sum, err := read(pid)
	if err != nil {
		return sum, err
	}
	for _, child := range Children(pid) {
		if v, err := sumTree(child, read, add); err == nil {
			sum = add(sum, v)
		}
	}
	return sum, nil
}

// Children lists the processes whose parent is pid. It is empty on a kernel
// without CONFIG_PROC_CHILDREN.
func Children(pid int) []int {
	var list []int
	for _, b := range threadFiles(pid, "children") {
		for _, f := range strings.Fields(string(b)) {
			if n, err := strconv.Atoi(f); err == nil {
				list = append(list, n)
			}
		}
	}
	return list
}

// KillDescendants kills all that this process has started, whatever has become of
// process groups.
func KillDescendants() {
	for list := Children(os.Getpid()); len(list) > 0; list = list[1:] {
		list = append(list, Children(list[0])...)
		if p, err := os.FindProcess(list[0]); err == nil {
			p.Kill()
		}
	}
}

// ProcessesWith lists the living processes that were started with setting, NAME=value,
// in their environment, as far as this process may read that.
func ProcessesWith(setting string) (list []int) {
	dir, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	for _, d := range dir {
		pid, err := strconv.Atoi(d.Name())
		if err != nil {
			continue
		}
		// Of a process that has ended and was not waited for, it is empty.
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err == nil && slices.Contains(strings.Split(string(b), "\x00"), setting) {
			list = append(list, pid)
		}
	}
	return list
}

// threadFiles reads the file name of /proc/PID/task/TID for each living thread
// of pid.
func threadFiles(pid int, name string) [][]byte {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	threads, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var files [][]byte
	for _, t := range threads {
		if b, err := os.ReadFile(filepath.Join(dir, t.Name(), name)); err == nil {
			files = append(files, b)
		}
	}
	return files
}

// ticks reads utime and stime of /proc/PID/stat. The command's name, which may
// hold anything, ends at the last parenthesis.
func ticks(pid int) (user, system uint64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, err
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 13 {
		return 0, 0, fmt.Errorf("/proc/%d/stat: %d fields after the name, want 13", pid, len(f))
	}
	user, _ = strconv.ParseUint(f[11], 10, 64)
	system, _ = strconv.ParseUint(f[12], 10, 64)
	return user, system, nil
}

// statusField reads a number from a file of lines "name number [kB]"; 0 if
// there is no such line.
func statusField(b []byte, name string) uint64 {
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseUint(strings.TrimSpace(strings.TrimSuffix(rest, "kB\n")), 10, 64)
			return n
		}
	}
	return 0
}
