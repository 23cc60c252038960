package lab

import (
	"fmt"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// stealShare is the share of the CPUs' time above which the hypervisor's other
// guests are worth a note.
const stealShare = 0.01

// stealClock measures what the hypervisor gives to others of the session's CPUs.
type stealClock struct {
	cpus   syscalls.CPUs
	began  time.Time
	before host.CPUTime
	failed bool // the times cannot be read
}

// newStealClock returns a clock that measures from now on.
func newStealClock(p host.Placement) *stealClock {
	c := &stealClock{cpus: p.Watched()}
	if c.cpus == nil {
		c.cpus, _ = syscalls.Affinity()
	}
	c.reset()
	return c
}

func (c *stealClock) reset() {
	var err error
	c.began = time.Now()
	c.before, err = host.CPUTimes(c.cpus)
	c.failed = err != nil || len(c.cpus) == 0
}

// share returns the share of the CPUs' time that was stolen; ok is false where that is not
// known.
func (c *stealClock) share() (share float64, ok bool) {
	after, err := host.CPUTimes(c.cpus)
	all := time.Since(c.began) * time.Duration(len(c.cpus))
	if c.failed || err != nil || all <= 0 {
		return 0, false
	}
	return max(0, min(1, float64(after.Sub(c.before).Steal)/float64(all))), true
}

// lap returns share, and measures from now on.
func (c *stealClock) lap() (share float64, ok bool) {
	share, ok = c.share()
	c.reset()
	return share, ok
}

func stealNote(share float64) string {
	if share <= stealShare {
		return ""
	}
	return fmt.Sprintf("the hypervisor gave %.1f %% of the CPUs' time to other guests (steal) during the session", 100*share)
}

// stolen writes what the hypervisor took in the epoch that ends.
func (r *Runner) stolen() error {
	if r.Steal == nil {
		return nil
	}
	share, ok := r.Steal()
	if !ok {
		return nil
	}
	return r.Journal.Steal(results.Steal{Epoch: r.unit(), Share: share})
}
