package lab

import (
	"fmt"
	"os"
	"time"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

// meter reads, at the edges of a turn's window, what the server and the CPUs
// of the session have used. It is called from the generator's thread, so it
// does no more than that.
type meter struct {
	pid     int           // of the server
	cpus    syscalls.CPUs // the server's and the generator's; nil: interference is not watched
	irqTime bool          // the kernel keeps interrupts apart from processes, or may
	share   float64       // of the window that others may use

	observer int // process that observes the server; 0: none

	begin, end reading
}

// reading is the state at one edge.
type reading struct {
	at       time.Time
	server   host.Usage
	own      time.Duration // CPU of this process: generator and runner
	observer time.Duration // CPU of the observer
	idle     time.Duration // of the CPUs
	irq      time.Duration // of the CPUs, where it is nobody's CPU time
	err      error
	blind    error // why the CPUs' own times are not known
}

// edge is load.Config.Edge.
func (m *meter) edge(end bool) {
	if end {
		m.end = m.read()
		return
	}
	m.begin = m.read()
	// What reading took is not the window's: the clocks are read again, last.
	if m.begin.err == nil {
		if u, err := host.TreeCPU(m.pid); err == nil {
			m.begin.server.System += u - m.begin.server.CPU
			m.begin.server.CPU = u
		}
	}
}

func (m *meter) read() (r reading) {
	r.at = time.Now()
	if r.server, r.err = host.TreeUsage(m.pid); r.err != nil {
		return r
	}
	r.own, r.err = host.ProcessCPU(os.Getpid())
	if m.observer != 0 {
		r.observer, _ = host.TreeCPU(m.observer) // one that has ended is found out behind the window
	}
	if r.err == nil && len(m.cpus) > 0 {
		r.idle, r.irq, r.blind = m.cpuTimes()
	}
	return r
}

// cpuTimes reads the CPUs' own times.
func (m *meter) cpuTimes() (idle, irq time.Duration, err error) {
	t, err := host.CPUTimes(m.cpus)
	if m.irqTime {
		irq = t.IRQ
	}
	return t.Idle, irq, err
}

// used is what the server used between the edges.
func (m *meter) used() (host.Usage, error) {
	for _, r := range []reading{m.begin, m.end} {
		if r.err != nil {
			return host.Usage{}, r.err
		}
	}
	return m.end.server.Sub(m.begin.server), nil
}

// DefaultNoise is the share of a turn's window that others may use of the CPUs
// before the turn is left out.
const DefaultNoise = 0.04

// grain is what cannot be seen: idle time comes in ticks of 10 ms for each of
// two CPUs, and on a quiet host 10 ms of half a second are already nobody's
// (interrupts, the moments of a switch).
const grain = 30 * time.Millisecond

// seen is the share of a window below which interference stays unseen, where
// that is more than the share allowed; 0 where it is not.
func seen(window time.Duration, share float64) float64 {
	if float64(grain) <= share*float64(window) {
		return 0
	}
	return float64(grain) / float64(window)
}

// splitWindow is the shortest window in which a process's user and system time
// can be told apart: the kernel samples which of them it is in ticks of up to
// 10 ms. Their sum is exact.
const splitWindow = 500 * time.Millisecond

// blind is why interference could not be watched for; nil if it was.
func (m *meter) blind() error {
	if m.begin.blind != nil {
		return m.begin.blind
	}
	return m.end.blind
}

// doubt tells that something else had the CPUs during the window, be it
// another process or the hypervisor's other guests; "" if not. What is neither
// idle nor the server's nor this process's is theirs.
func (m *meter) doubt() string {
	if len(m.cpus) == 0 || m.begin.err != nil || m.end.err != nil || m.blind() != nil {
		return ""
	}
	window := m.end.at.Sub(m.begin.at)
	return strange(window, m.strangers(window), m.share)
}

func (m *meter) strangers(window time.Duration) time.Duration {
	server := m.end.server.CPU - m.begin.server.CPU
	return window*time.Duration(len(m.cpus)) -
		(m.end.idle - m.begin.idle) - (m.end.irq - m.begin.irq) -
		server - (m.end.own - m.begin.own) - m.observed()
}

// observed is the CPU time of the observer in the window.
func (m *meter) observed() time.Duration { return m.end.observer - m.begin.observer }

func strange(window, taken time.Duration, share float64) string {
	limit := max(grain, time.Duration(share*float64(window)))
	if taken <= limit {
		return ""
	}
	return fmt.Sprintf("something else used the CPUs for %d ms of the %d ms", taken.Milliseconds(), window.Milliseconds())
}
