package load

import (
	"os"
	"slices"

	"wsbench/benches/host"
)

// Meter reads what the server's processes have used at both ends of a window:
// its Edge is for Config.Edge. The zero value meters nothing until Find.
type Meter struct {
	pids        []int
	tree        bool // the one process of pids stands for its descendants too
	began, done host.Usage
	edges       int // readings of the present window that succeeded
}

// Find settles which processes the server is: pid with its descendants, or if
// pid is 0 those that listen where g's connections go, on loopback only. Where
// they cannot be found, nothing is metered.
func (m *Meter) Find(pid int, g *Group) {
	m.pids, m.tree = nil, pid > 0
	switch remote := g.Remote(); {
	case pid > 0:
		m.pids = []int{pid}
	case remote.Addr().IsLoopback():
		m.pids, _ = host.ListenerOwners(remote)
	}
	if slices.Contains(m.pids, os.Getpid()) {
		m.pids = nil // its CPU time would hold the generator's
	}
}

// PIDs are the server's processes.
func (m *Meter) PIDs() []int { return m.pids }

// Edge reads at one end of the window.
func (m *Meter) Edge(end bool) {
	if !end {
		m.edges = 0
	}
	if len(m.pids) == 0 {
		return
	}
	var sum host.Usage
	for _, pid := range m.pids {
		u, err := m.usage(pid)
		if err != nil {
			return // it ended; the connections will tell
		}
		sum = sum.Add(u)
	}
	m.edges++
	if end {
		m.done = sum
	} else {
		m.began = sum
	}
}

func (m *Meter) usage(pid int) (host.Usage, error) {
	if m.tree {
		return host.TreeUsage(pid)
	}
	return host.ProcessUsage(pid)
}

// Used is what the server used within the latest window, nil where that is
// not known.
func (m *Meter) Used() *host.Usage {
	if m.edges != 2 {
		return nil
	}
	u := m.done.Sub(m.began)
	return &u
}
