package syscalls

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Affinity lists the CPUs that the calling thread may run on: the host's,
// less what a cpuset or taskset took away.
func Affinity() (CPUs, error) {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return nil, os.NewSyscallError("sched_getaffinity", err)
	}
	var list CPUs
	for c := 0; c < maxCPU; c++ {
		if set.IsSet(c) {
			list = append(list, c)
		}
	}
	return list, nil
}

// PinThread restricts the calling thread, which the caller has locked, to
// list. A child process that it starts inherits the restriction.
func PinThread(list CPUs) error { return pin(0, list) }

// PinProcess restricts every thread of this process to list, and by
// inheritance those still to come. A thread not yet pinned may start another
// meanwhile, so it looks again until there is none that it has not seen.
func PinProcess(list CPUs) error {
	seen := map[int]bool{}
	for before := -1; before < len(seen); {
		before = len(seen)
		err := eachThread(func(tid int) error {
			seen[tid] = true
			return pin(tid, list)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func pin(tid int, list CPUs) error {
	var set unix.CPUSet
	for _, c := range list {
		set.Set(c)
	}
	if err := unix.SchedSetaffinity(tid, &set); err != nil && err != unix.ESRCH {
		return fmt.Errorf("pin to CPU %v: %w", list, os.NewSyscallError("sched_setaffinity", err))
	}
	return nil
}

// eachThread calls f for each thread of this process until f fails. A thread
// may have ended by then.
func eachThread(f func(tid int) error) error {
	dir, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, d := range dir {
		tid, err := strconv.Atoi(d.Name())
		if err != nil {
			continue
		}
		if err := f(tid); err != nil {
			return err
		}
	}
	return nil
}
