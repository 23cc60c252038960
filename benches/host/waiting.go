package host

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Waiting is how long threads have run and have waited for a CPU since they
// began, by thread: the kernel's run-queue delay, to the ns.
type Waiting map[int]runTime

type runTime struct{ ran, waited time.Duration }

// ReadWaiting reads /proc/PID/task/*/schedstat of processes and their
// descendants.
func ReadWaiting(pids ...int) (Waiting, error) {
	all := Waiting{}
	for _, pid := range pids {
		w, err := sumTree(pid, waitingOf, both)
		if err != nil {
			return nil, err
		}
		maps.Copy(all, w)
	}
	return all, nil
}

func both(a, b Waiting) Waiting {
	maps.Copy(a, b)
	return a
}

// waitingOf reads the threads of one process; those that end meanwhile are left
// out.
func waitingOf(pid int) (Waiting, error) {
	dir := fmt.Sprintf("/proc/%d/task", pid)
	tasks, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	w := Waiting{}
	for _, t := range tasks {
		tid, err := strconv.Atoi(t.Name())
		if err != nil {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, t.Name(), "schedstat"))
		switch _, gone := os.Stat(filepath.Join(dir, t.Name())); {
		case err != nil && gone != nil:
			continue
		case err != nil:
			return nil, err
		}
		if w[tid], err = parseRunTime(string(text)); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// parseRunTime reads the time on a CPU, the time in a run queue, and the number
// of time slices.
func parseRunTime(s string) (r runTime, err error) {
	f := strings.Fields(s)
	if len(f) < 2 {
		return r, fmt.Errorf("schedstat %q: want run time and delay", s)
	}
	ran, err := strconv.ParseInt(f[0], 10, 64)
	if err != nil {
		return r, fmt.Errorf("schedstat %q: %w", s, err)
	}
	waited, err := strconv.ParseInt(f[1], 10, 64)
	if err != nil {
		return r, fmt.Errorf("schedstat %q: %w", s, err)
	}
	return runTime{time.Duration(ran), time.Duration(waited)}, nil
}

// busyShare is the share of a time that a thread must have run to count: what
// delays a thread that does next to nothing delays no message.
const busyShare = 0.05

// Since returns how long the threads that did the work have waited for a CPU
// since then, over a time of length d.
func (w Waiting) Since(then Waiting, d time.Duration) (sum time.Duration) {
	for tid, now := range w {
		was := then[tid]
		if float64(now.ran-was.ran) >= busyShare*float64(d) {
			sum += now.waited - was.waited
		}
	}
	return sum
}

// DefaultNoise is the share of a run by which interference may delay it before
// the run is discarded. Runs of 60 ms differ by as much without any.
const DefaultNoise = 0.1
