package host

import (
	"fmt"
	"time"
)

// DefaultNoise is the share of a run's window that interference may take
// before the run is discarded.
const DefaultNoise = 0.04

// Grain is the least interference that can be seen: idle time comes in ticks
// of 10 ms for each of two CPUs, and on a quiet host 10 ms of half a second are
// already nobody's (interrupts, the moments of a switch).
const Grain = 30 * time.Millisecond

// Unseen returns the share of a window below which interference stays unseen,
// where that is more than noise, the share allowed; 0 where it is not.
func Unseen(window time.Duration, noise float64) float64 {
	if float64(Grain) <= noise*float64(window) {
		return 0
	}
	return float64(Grain) / float64(window)
}

// Blind returns why interference could not be watched for; nil if it was.
func (m *Meter) Blind() error {
	if m.begin.blind != nil {
		return m.begin.blind
	}
	return m.end.blind
}

// Interference returns the reason to discard the run: that other processes, or
// the hypervisor's other guests, had the CPUs for more than the share allowed
// of the window. It is "" if they had not, or if that is not known.
func (m *Meter) Interference() string {
	if len(m.CPUs) == 0 || m.begin.err != nil || m.end.err != nil || m.Blind() != nil {
		return ""
	}
	window := m.end.at.Sub(m.begin.at)
	return tooMuch(window, m.taken(window, IRQTime() != irqInProcess), m.Noise)
}

// taken returns the time that others had of the CPUs. Interrupts count as
// nobody's where irqApart.
func (m *Meter) taken(window time.Duration, irqApart bool) time.Duration {
	cpus := m.end.cpus.Sub(m.begin.cpus)
	taken := window*time.Duration(len(m.CPUs)) - cpus.Idle -
		(m.end.server.CPU - m.begin.server.CPU) - (m.end.own - m.begin.own) - m.Observed()
	if irqApart {
		taken -= cpus.IRQ
	}
	return taken
}

func tooMuch(window, taken time.Duration, noise float64) string {
	if taken <= max(Grain, time.Duration(noise*float64(window))) {
		return ""
	}
	return fmt.Sprintf("interference: others used the CPUs for %d ms of the %d ms", taken.Milliseconds(), window.Milliseconds())
}
