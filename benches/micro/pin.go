package micro

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"wsbench/syscalls"
)

// Pin keeps the calling goroutine on its thread and that thread on cpus (nil:
// on any), and the garbage collector from running, until release. A thread
// that cannot be let off cpus again stays the goroutine's, and ends with it:
// no other goroutine is to inherit them.
func Pin(cpus syscalls.CPUs) (release func(), err error) {
	runtime.LockOSThread()
	home, err := syscalls.Affinity()
	if err == nil && len(cpus) > 0 {
		err = syscalls.PinThread(cpus)
	}
	if err != nil {
		runtime.UnlockOSThread()
		return nil, fmt.Errorf("%w; name a CPU of this process (taskset -p), or -pin none", err)
	}
	percent := debug.SetGCPercent(-1)
	return func() {
		debug.SetGCPercent(percent)
		if len(cpus) > 0 && syscalls.PinThread(home) != nil {
			return
		}
		runtime.UnlockOSThread()
	}, nil
}

// ParsePin reads a -pin flag: a CPU, none for anywhere, or nothing for the
// first CPU of this process. Several CPUs are an error: the thread would move
// between them, and a round's batches would not be comparable.
func ParsePin(s string) (syscalls.CPUs, error) {
	switch s {
	case "none":
		return nil, nil
	case "":
		allowed, err := syscalls.Affinity()
		return allowed[:min(1, len(allowed))], err
	}
	cpus, err := syscalls.ParseCPUs(s)
	if err == nil && len(cpus) > 1 {
		return nil, fmt.Errorf("%q are %d CPUs; paired runs want one, such as %d, or none to run on any", s, len(cpus), cpus[0])
	}
	return cpus, err
}
