package host

import (
	"errors"
	"time"
)

// Meter reads, at the edges of a window, what a server has used.
type Meter struct {
	PID      int   // of the server, whose descendants count as it does; 0: see PIDs
	PIDs     []int // of a server that is known by them alone, without descendants
	Observer int   // process that observes the server; 0: none

	begin, end reading
}

// reading is the state at one edge.
type reading struct {
	at       time.Time
	server   Usage
	observer time.Duration // CPU of the observer
	err      error
}

// Edge reads at the begin or the end of the window. It is called from the
// generator's thread, so it does no more than that.
func (m *Meter) Edge(end bool) {
	if end {
		m.end = m.read()
		return
	}
	m.begin, m.end = m.read(), reading{}
	// What reading took is not the window's: the server's clock is read again, last.
	if m.begin.err == nil {
		if u, err := sumServer(m, ProcessCPU, plus); err == nil {
			m.begin.server.System += u - m.begin.server.CPU
			m.begin.server.CPU = u
		}
	}
}

func (m *Meter) read() (r reading) {
	r.at = time.Now()
	if r.server, r.err = sumServer(m, ProcessUsage, Usage.Add); r.err != nil {
		return r
	}
	if m.Observer != 0 {
		r.observer, _ = TreeCPU(m.Observer) // one that has ended is found out after the window
	}
	return r
}

var (
	errNoServer = errors.New("the processes of the server are not known")
	errNoWindow = errors.New("no window has ended")
)

// sumServer reads the server's processes and adds them up.
func sumServer[T any](m *Meter, read func(pid int) (T, error), add func(a, b T) T) (sum T, err error) {
	switch {
	case m.PID != 0:
		return sumTree(m.PID, read, add)
	case len(m.PIDs) == 0:
		return sum, errNoServer
	}
	for _, pid := range m.PIDs {
		v, err := read(pid)
		if err != nil {
			return sum, err
		}
		sum = add(sum, v)
	}
	return sum, nil
}

// Used returns what the server used between the edges of the latest window.
func (m *Meter) Used() (Usage, error) {
	switch {
	case m.begin.err != nil:
		return Usage{}, m.begin.err
	case m.end.err != nil:
		return Usage{}, m.end.err
	case m.end.at.IsZero():
		return Usage{}, errNoWindow
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
