package lab

import (
	"os/exec"
	"runtime"
	"sync"

	"wsbench/syscalls"
)

// spawner starts child processes from one thread that lives as long as they
// do: the kernel kills a child with Pdeathsig when the thread that started it
// ends, not only when the process does.
type spawner struct {
	jobs chan spawnJob
	done sync.WaitGroup
}

type spawnJob struct {
	cmd  *exec.Cmd
	cpus syscalls.CPUs // nil: where the runner may run
	err  chan error
}

// newSpawner starts the thread. Whoever has waited for all children calls
// close.
func newSpawner() *spawner {
	s := &spawner{jobs: make(chan spawnJob)}
	s.done.Add(1)
	go s.loop()
	return s
}

func (s *spawner) close() {
	close(s.jobs)
	s.done.Wait()
}

func (s *spawner) loop() {
	defer s.done.Done()
	runtime.LockOSThread()
	home, homeErr := syscalls.Affinity()
	for j := range s.jobs {
		j.err <- start(j.cmd, j.cpus)
		if homeErr == nil {
			syscalls.PinThread(home)
		}
	}
	// The thread is not unlocked: it ends here, with its affinity.
}

// start starts cmd from the calling thread, whose affinity it inherits. A
// thread that cannot be pinned starts it all the same: Place has tried.
func start(cmd *exec.Cmd, cpus syscalls.CPUs) error {
	if len(cpus) > 0 {
		syscalls.PinThread(cpus)
	}
	return cmd.Start()
}

// start starts cmd on cpus in a process group of its own, to be killed when
// this process ends.
func (s *spawner) start(cmd *exec.Cmd, cpus syscalls.CPUs) error {
	cmd.SysProcAttr = ownGroup()
	j := spawnJob{cmd, cpus, make(chan error, 1)}
	s.jobs <- j
	return <-j.err
}
