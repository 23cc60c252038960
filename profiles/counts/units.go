package counts

import "strings"

// Unit is one unit of the lines, with the direction that is better.
type Unit struct {
	Name   string // as written in a benchmark line
	Better string // "higher" or "lower"
	Is     string // what it measures
}

// Units is the vocabulary of the lines, in their order. Other events of perf
// stat are NAME/msg, with what a unit may not hold written as '.' or '-'.
var Units = withModes([]Unit{
	{"syscalls/msg", "lower", "system calls that returned"},
	{"errors/msg", "lower", "of these, those that failed, however"},
	{"EAGAIN/msg", "lower", "calls but futex that failed with EAGAIN: a descriptor had nothing"},
	{"frames/wait", "higher", "messages a call of epoll_wait or io_uring_enter that returned something brought"},
	{"syscall-ns/msg", "lower", "time in a system call, from entry to return (of strace -c without -w: system time)"},
	{"signals/msg", "lower", "signals delivered"},
	{"cpu-ns/msg", "lower", "CPU time, user and system, by perf's task-clock"},
	{"cycles/msg", "lower", "CPU cycles"},
	{"instructions/msg", "lower", "instructions retired"},
	{"branches/msg", "lower", "branches"},
	{"branch-misses/msg", "lower", "branches predicted wrong"},
	{"cache-references/msg", "lower", "accesses to the last level cache"},
	{"cache-misses/msg", "lower", "accesses that missed the last level cache"},
	{"ctxsw/msg", "lower", "context switches of the threads"},
	{"migrations/msg", "lower", "moves of a thread to another CPU"},
	{"faults/msg", "lower", "page faults"},
	{"minor-faults/msg", "lower", "page faults served from memory"},
	{"major-faults/msg", "lower", "page faults that read from a disk"},
})

// withModes adds the parts in user mode and in the kernel behind each event that
// perf counts by mode.
func withModes(units []Unit) []Unit {
	var all []Unit
	for _, u := range units {
		all = append(all, u)
		switch strings.TrimSuffix(u.Name, "/msg") {
		case "cycles", "instructions", "branches", "branch-misses", "cache-references", "cache-misses", "faults", "minor-faults", "major-faults":
			all = append(all, Unit{"user-" + u.Name, u.Better, u.Is + ", in user mode"},
				Unit{"sys-" + u.Name, u.Better, u.Is + ", in the kernel"})
		}
	}
	return all
}

// unitOf is the unit of perf's events, whose aliases share one.
var unitOf = map[string]string{
	"cycles": "cycles", "cpu-cycles": "cycles",
	"instructions": "instructions",
	"branches":     "branches", "branch-instructions": "branches",
	"branch-misses":    "branch-misses",
	"cache-references": "cache-references",
	"cache-misses":     "cache-misses",
	"context-switches": "ctxsw", "cs": "ctxsw",
	"cpu-migrations": "migrations", "migrations": "migrations",
	"page-faults": "faults", "faults": "faults",
	"minor-faults": "minor-faults",
	"major-faults": "major-faults",
	"task-clock":   "cpu-ns", "cpu-clock": "cpu-ns",
	"raw_syscalls:sys_enter": "syscalls",
}
