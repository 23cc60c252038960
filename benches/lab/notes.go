package lab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

// notes returns what the reader must know before the first sample.
func (s *Session) notes() []string {
	list := slices.Concat(s.Notes, s.place.Notes)
	watched := s.place.Watched()
	list = append(list, runningNotes(s.Plan, s.place.ServerCPU)...)
	list = append(list, backgroundNote(s.place.ServerCPU, s.Plan))
	if len(watched) > 0 {
		list = append(list, irqNote(host.IRQTime()))
	}
	list = append(list, quotaNote(host.CPUQuota()), loadNote(host.LoadAverage(), max(1, len(watched))))
	return slices.DeleteFunc(list, func(n string) bool { return n == "" })
}

// backgroundNote returns where the reference server's own threads are.
func backgroundNote(cpus syscalls.CPUs, plan Plan) string {
	own := slices.ContainsFunc(plan.Servers, func(s Server) bool { return s.PinsItself })
	switch {
	case !own || len(cpus) == 0:
		return ""
	case plan.Background() == "apart":
		return apartNote(cpus, plan.Servers)
	default:
		return fmt.Sprintf("all servers are confined to CPU %v, with the Go runtime's own threads (-background same), as others take part that have no thread apart", cpus)
	}
}

// apartNote returns where loops and their runtime's own threads are, and net
// where it takes part.
func apartNote(cpus syscalls.CPUs, servers []Server) string {
	var loops []string
	confined := ""
	for _, s := range servers {
		switch io := s.Key.Value("io"); {
		case io == "net":
			confined = fmt.Sprintf("net is confined to CPU %v", cpus)
		case !slices.Contains(loops, io):
			loops = append(loops, io)
		}
	}
	if loops == nil {
		return confined
	}
	note := fmt.Sprintf("the loops of %s have CPU %v, the Go runtime's own threads run beside them on the others (-background apart)", strings.Join(loops, ", "), cpus)
	if confined != "" {
		note += "; " + confined
	}
	return note
}

func irqNote(irqTime string) string {
	if irqTime != host.Unknown {
		return ""
	}
	return "whether this kernel counts interrupts as the time of processes cannot be read (irq-time): runs with interference by interrupts may be among the samples, and CPU/msg may lack the network's receiving half"
}

func quotaNote(quota string) string {
	if q, err := strconv.ParseFloat(quota, 64); err != nil || q >= 2 {
		return ""
	}
	return fmt.Sprintf("the control group may use %s CPUs (cpu-quota): server and generator, which need one each, are halted time and again", quota)
}

// busyLoad is the load a CPU above which a host is not idle.
const busyLoad = 0.5

// loadNote returns a note about the load average, for a session that uses so
// many CPUs.
func loadNote(average string, cpus int) string {
	if load, err := strconv.ParseFloat(average, 64); err != nil || load <= busyLoad*float64(cpus) {
		return ""
	}
	return fmt.Sprintf("the load average was %s at the start: there may be interference by what else runs here", average)
}

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
