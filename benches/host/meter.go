package host

import (
	"os"
	"time"

	"wsbench/syscalls"
)

// Meter reads, at the edges of a window, what a server, this process and the
// CPUs have used. What neither is idle nor was used by the server, by this
// process or by an observer is interference.
type Meter struct {
	PID      int           // of the server, whose descendants count as it does
	Observer int           // process that observes the server; 0: none
	CPUs     syscalls.CPUs // the server's and this process's; nil: interference is not watched
	Noise    float64       // share of the window that interference may take

	begin, end reading
}

// reading is the state at one edge.
type reading struct {
	at       time.Time
	server   Usage
	own      time.Duration // CPU of this process
	observer time.Duration // CPU of the observer
	cpus     CPUTime
	err      error
	blind    error // why cpus is not known
}

// Edge reads at the begin or the end of the window. It is called from the
// generator's thread, so it does no more than that.
func (m *Meter) Edge(end bool) {
	if end {
		m.end = m.read()
		return
	}
	m.begin = m.read()
	// What reading took is not the window's: the server's clock is read again, last.
	if m.begin.err == nil {
		if u, err := TreeCPU(m.PID); err == nil {
			m.begin.server.System += u - m.begin.server.CPU
			m.begin.server.CPU = u
		}
	}
}

func (m *Meter) read() (r reading) {
	r.at = time.Now()
	if r.server, r.err = TreeUsage(m.PID); r.err != nil {
		return r
	}
	if r.own, r.err = ProcessCPU(os.Getpid()); r.err != nil {
		return r
	}
	if m.Observer != 0 {
		r.observer, _ = TreeCPU(m.Observer) // one that has ended is found out after the window
	}
	if len(m.CPUs) > 0 {
		r.cpus, r.blind = CPUTimes(m.CPUs)
	}
	return r
}

// Used returns what the server used between the edges.
func (m *Meter) Used() (Usage, error) {
	for _, r := range []reading{m.begin, m.end} {
		if r.err != nil {
			return Usage{}, r.err
		}
	}
	return m.end.server.Sub(m.begin.server), nil
}

// Observed returns the CPU time of the observer in the window. It is negative
// where a child of the observer has ended.
func (m *Meter) Observed() time.Duration { return m.end.observer - m.begin.observer }

// SplitWindow is the shortest window in which a process's user and system time
// can be told apart: the kernel samples which of them it is in ticks of up to
// 10 ms. Their sum is exact.
const SplitWindow = 500 * time.Millisecond
