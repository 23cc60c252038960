package host

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"syscall"

	"wsbench/syscalls"
)

// Placement is where the server and the generator run; nil lists: anywhere.
type Placement struct {
	ServerCPU, LoadCPU syscalls.CPUs
	Notes              []string // what the reader of the results must know of it
}

// Place chooses CPUs, where server or load leave it open, and finds out
// whether this process may pin to them.
func Place(server, load syscalls.CPUs) Placement {
	allowed, err := syscalls.Affinity()
	if err != nil || len(allowed) == 0 {
		return Placement{Notes: []string{"the CPUs of this process cannot be read, so nothing is pinned: the scheduler moves server and generator about"}}
	}
	p := choose(allowed, siblings, server, load)
	for _, list := range []syscalls.CPUs{p.ServerCPU, p.LoadCPU} {
		if err := tryPin(list); err != nil {
			return Placement{Notes: []string{fmt.Sprintf("cannot pin (%v), so nothing is pinned: the scheduler moves server and generator about", err)}}
		}
	}
	return p
}

// choose takes the first allowed CPU for the server, and for the generator
// the next that is not a thread of the same core.
func choose(allowed syscalls.CPUs, siblings func(cpu int) syscalls.CPUs, server, load syscalls.CPUs) Placement {
	p := Placement{ServerCPU: server, LoadCPU: load}
	if len(p.ServerCPU) == 0 {
		p.ServerCPU = first(allowed, p.LoadCPU, nil)
	}
	if len(p.LoadCPU) == 0 {
		p.LoadCPU = first(allowed, p.ServerCPU, siblings(p.ServerCPU[0]))
	}
	switch {
	case overlap(p.ServerCPU, p.LoadCPU) && len(allowed) == 1:
		p.note("one CPU: server and generator share CPU %v, so msg/s is that of both together", p.ServerCPU)
	case overlap(p.ServerCPU, p.LoadCPU):
		p.note("server (CPU %v) and generator (CPU %v) share a CPU, so msg/s is that of both together", p.ServerCPU, p.LoadCPU)
	case overlap(siblings(p.ServerCPU[0]), p.LoadCPU):
		p.note("CPUs %v and %v are threads of one core: the generator slows the server down", p.ServerCPU, p.LoadCPU)
	}
	return p
}

// Watched returns the CPUs whose time is accounted for; none if the server or
// the generator may run on any.
func (p Placement) Watched() syscalls.CPUs {
	if len(p.ServerCPU) == 0 || len(p.LoadCPU) == 0 {
		return nil
	}
	return append(p.ServerCPU.Without(p.LoadCPU), p.LoadCPU...)
}

func (p *Placement) note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// first returns the first of allowed that is in neither list, else the first
// that is not in taken, else the first.
func first(allowed, taken, near syscalls.CPUs) syscalls.CPUs {
	for _, avoid := range []syscalls.CPUs{slices.Concat(taken, near), taken} {
		for _, c := range allowed {
			if !slices.Contains(avoid, c) {
				return syscalls.CPUs{c}
			}
		}
	}
	return allowed[:1]
}

func overlap(a, b syscalls.CPUs) bool {
	return slices.ContainsFunc(a, func(cpu int) bool { return slices.Contains(b, cpu) })
}

// siblings lists the CPUs that are threads of the same core as cpu, itself
// among them; none if the host does not tell.
func siblings(cpu int) syscalls.CPUs {
	list, err := syscalls.ParseCPUs(readLine(fmt.Sprintf("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu)))
	if err != nil {
		return nil
	}
	return list
}

// CheckCPUs returns an error that names a CPU of list that this host has not, or
// that is kept from this process. Where pinning fails otherwise, such as for
// want of permission, it is nil: Place makes a note of that.
func CheckCPUs(list syscalls.CPUs) error {
	for _, c := range list {
		if errors.Is(tryPin(syscalls.CPUs{c}), syscall.EINVAL) {
			allowed, _ := syscalls.Affinity()
			return fmt.Errorf("this process cannot run on CPU %d; name one of %v", c, allowed)
		}
	}
	return nil
}

// tryPin pins a thread, which then ends.
func tryPin(list syscalls.CPUs) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		done <- syscalls.PinThread(list)
	}()
	return <-done
}

// Confine keeps this process, the generator and all else, on cpus until
// release, so that it takes none of the server's time. The runtime would see
// one CPU and schedule on one; two let the rest go on beside the generator's
// thread, which does not tell when it waits.
func Confine(cpus syscalls.CPUs) (release func()) {
	home, err := syscalls.Affinity()
	if len(cpus) == 0 || err != nil || syscalls.PinProcess(cpus) != nil {
		return func() {}
	}
	procs := runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	return func() {
		syscalls.PinProcess(home)
		runtime.GOMAXPROCS(procs)
	}
}
