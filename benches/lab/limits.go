package lab

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// spareDescriptors is what a process needs besides its connections: files of
// the runtime, listeners, pipes, and the epoll instances of the groups.
const spareDescriptors = 128

// RaiseDescriptors raises the soft limit of open files to the hard one, for
// this process and, as Go would not do, for those it starts, and tells it.
func RaiseDescriptors() (limit uint64, err error) {
	var r unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &r); err != nil {
		return 0, err
	}
	raised := unix.Rlimit{Cur: r.Max, Max: r.Max}
	if unix.Setrlimit(unix.RLIMIT_NOFILE, &raised) != nil {
		return r.Cur, nil
	}
	return r.Max, nil
}

// TooMany tells for each case why its connections are too many for limit
// descriptors a process, "" where they are not. This process holds the
// connections of all variants, a server those of its cases; cases that fit go
// first.
func TooMany(cases []Case, variants int, limit uint64) []string {
	reasons := make([]string, len(cases))
	used := uint64(spareDescriptors)
	for i, c := range cases {
		need := uint64(c.Conns * variants)
		if used+need > limit {
			reasons[i] = fmt.Sprintf("too few descriptors: %d connections to each of %d servers need %d with those of the other cases, the limit is %d; raise it with ulimit -n",
				c.Conns, variants, used+need, limit)
			continue
		}
		used += need
	}
	return reasons
}
