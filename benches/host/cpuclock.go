package host

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// CPUClock reads the CPU time of a server.
type CPUClock struct {
	Source string // what is read
	Read   func() (time.Duration, error)
}

// ServerClock returns a clock of pid and its descendants: of its control group,
// which misses none that has ended, where that holds nothing else, and else of
// the processes themselves.
func ServerClock(pid int) CPUClock {
	if c, err := groupClock("/proc", pid); err == nil {
		return c
	}
	return CPUClock{"process clock of the server's tree", func() (time.Duration, error) { return TreeCPU(pid) }}
}

// errShared is of a control group that holds more than a server.
var errShared = errors.New("the control group holds other processes, too")

// groupClock returns the clock of a control group of pid's own. proc is where
// procfs is.
func groupClock(proc string, pid int) (CPUClock, error) {
	b, err := os.ReadFile(filepath.Join(proc, strconv.Itoa(pid), "cgroup"))
	if err != nil {
		return CPUClock{}, err
	}
	mounts, err := os.ReadFile(filepath.Join(proc, "self", "mountinfo"))
	if err != nil {
		return CPUClock{}, err
	}
	for _, v := range []groupVersion{
		{"cgroup v2 cpu.stat", "cgroup2", "", "cpu.stat", usageMicroseconds},
		{"cgroup v1 cpuacct.usage", "cgroup", "cpuacct", "cpuacct.usage", nanoseconds},
	} {
		dir := v.folder(string(b), string(mounts))
		if dir == "" || !ownGroup(dir, pid) {
			err = errShared
			continue
		}
		file := filepath.Join(dir, v.file)
		read := func() (time.Duration, error) {
			b, err := os.ReadFile(file)
			if err != nil {
				return 0, err
			}
			return v.parse(string(b))
		}
		if _, err = read(); err == nil {
			return CPUClock{v.name, read}, nil
		}
	}
	return CPUClock{}, err
}

// groupVersion is a way to read the CPU time of a control group.
type groupVersion struct {
	name       string
	filesystem string
	controller string // of cgroup v1
	file       string
	parse      func(string) (time.Duration, error)
}

// folder returns where the control group of a process is; "" where it has none.
// groups is the process's /proc/PID/cgroup, and mounts is mountinfo.
func (v groupVersion) folder(groups, mounts string) string {
	path := v.path(groups)
	if path == "" {
		return ""
	}
	for line := range strings.Lines(mounts) {
		before, after, _ := strings.Cut(line, " - ")
		f, g := strings.Fields(before), strings.Fields(after)
		if len(f) < 5 || len(g) < 3 || g[0] != v.filesystem {
			continue
		}
		if v.controller != "" && !slices.Contains(strings.Split(g[2], ","), v.controller) {
			continue
		}
		if rest, ok := strings.CutPrefix(path, strings.TrimSuffix(f[3], "/")); ok {
			return filepath.Join(f[4], rest)
		}
	}
	return ""
}

// path returns the path of the control group within its hierarchy.
func (v groupVersion) path(groups string) string {
	for line := range strings.Lines(groups) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) == 3 && slices.Contains(strings.Split(f[1], ","), v.controller) {
			return f[2]
		}
	}
	return ""
}

// ownGroup reports whether all processes of the control group at dir, which has
// no groups below it, are pid or its descendants.
func ownGroup(dir string, pid int) bool {
	if entries, err := os.ReadDir(dir); err != nil || slices.ContainsFunc(entries, os.DirEntry.IsDir) {
		return false
	}
	b, err := os.ReadFile(filepath.Join(dir, "cgroup.procs"))
	if err != nil {
		return false
	}
	var tree []int
	for list := []int{pid}; len(list) > 0; list = list[1:] {
		tree = append(tree, list[0])
		list = append(list, Children(list[0])...)
	}
	found := false
	for _, f := range strings.Fields(string(b)) {
		n, err := strconv.Atoi(f)
		if err != nil || !slices.Contains(tree, n) {
			return false
		}
		found = true
	}
	return found
}

func usageMicroseconds(stat string) (time.Duration, error) {
	for line := range strings.Lines(stat) {
		if rest, ok := strings.CutPrefix(line, "usage_usec "); ok {
			n, err := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			return time.Duration(n) * time.Microsecond, err
		}
	}
	return 0, fmt.Errorf("cpu.stat %q: no usage_usec", stat)
}

func nanoseconds(usage string) (time.Duration, error) {
	n, err := strconv.ParseInt(strings.TrimSpace(usage), 10, 64)
	return time.Duration(n), err
}
