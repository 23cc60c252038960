package lab

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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

// fallbackNote returns which switches a server of this project goes without, as
// this host lacks what they need; "" where it has them all. switches are those in
// force.
func fallbackNote(s Server, switches string) string {
	for _, name := range []string{"io", "tls"} {
		asked, got := flagOf(s.Argv, name, ""), inForce(switches, name)
		if asked != "" && got != "" && asked != got {
			return fmt.Sprintf("%s was measured with -%s %s: this host lacks what -%s %s needs", s.Key.Label(), name, got, name, asked)
		}
	}
	return ""
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
