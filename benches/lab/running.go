package lab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// Running is a server that somebody else has started, and ends.
type Running struct {
	URL  *url.URL
	Addr netip.AddrPort
	PID  int // whose descendants count as it does
}

// AtURL returns the server of a specification name=ws://host:port/path, or wss://; it is called
// server where there is no name. A pid of 0 stands for the process that listens
// there.
func AtURL(spec string, pid int) (Server, error) {
	name, address, ok := strings.Cut(spec, "=")
	if !ok || strings.Contains(name, ":") { // the equals sign is of a query
		name, address = "server", spec
	}
	if err := results.CheckName(name); err != nil {
		return Server{}, fmt.Errorf("%q: %w", spec, err)
	}
	u, err := wsclient.ParseURL(address)
	if err != nil {
		return Server{}, err
	}
	addr, err := net.ResolveTCPAddr("tcp", wsclient.Address(u))
	if err != nil {
		return Server{}, err
	}
	r := &Running{URL: u, Addr: netip.AddrPortFrom(addr.AddrPort().Addr().Unmap(), addr.AddrPort().Port()), PID: pid}
	if pid == 0 {
		r.PID, err = listenerOf(r.Addr)
	} else if gone(pid) {
		err = fmt.Errorf("there is no process %d", pid)
	}
	return Server{Key: results.ServerOf(name, ""), Running: r}, err
}

// RunsSecure reports whether the server ran before the session and speaks TLS.
func (s Server) RunsSecure() bool { return s.Running != nil && wsclient.Secure(s.Running.URL) }

// listenerOf returns the process that listens on addr: of several the one that is
// the parent of the others.
func listenerOf(addr netip.AddrPort) (int, error) {
	list, err := host.ListenerOwners(addr)
	if err != nil {
		return 0, err
	}
	roots := slices.DeleteFunc(slices.Clone(list), func(pid int) bool {
		return slices.ContainsFunc(list, func(p int) bool { return slices.Contains(host.Children(p), pid) })
	})
	switch len(roots) {
	case 0:
		return 0, fmt.Errorf("no process that this user may look into listens on %v; start the server, or name its process with -pid", addr)
	case 1:
		return roots[0], nil
	}
	return 0, fmt.Errorf("processes %v listen on %v; name the one that counts, or their parent, with -pid", roots, addr)
}

// gone reports whether a process that is no child of this one has ended.
func gone(pid int) bool { return errors.Is(kill(pid, 0), syscall.ESRCH) }

// runningNotes returns what sets the servers that ran before the session apart.
func runningNotes(plan Plan, cpus syscalls.CPUs) (list []string) {
	for _, s := range plan.Servers {
		if s.Running == nil || s.Key.AA() {
			continue
		}
		note := fmt.Sprintf("%s ran before the session: it is not stopped between its runs, so that what it does while idle is in the others' runs, and not started anew for each epoch", s.Key.Label())
		if plan.Probe.Fresh() {
			note = fmt.Sprintf("%s ran before the session: its first run alone finds the memory that no connection has used", s.Key.Label())
		}
		if on := affinityOf(s.Running.PID); len(cpus) > 0 && len(on) > 0 && (len(on) != len(cpus) || !slices.Contains(on, cpus[0])) {
			note += fmt.Sprintf("; it may use %d CPUs, the others CPU %v: 'taskset -a -p -c %v %d' before the session confines it", len(on), cpus, cpus, s.Running.PID)
		}
		if other := s.Running.elsewhere(); other != 0 {
			note += fmt.Sprintf("; process %d listens at its address, not process %d of -pid nor a child of it: the CPU time is that of the latter", other, s.Running.PID)
		}
		if slices.ContainsFunc(plan.Servers, func(o Server) bool { return o.Key == s.Key.Second() }) {
			note += "; its A/A process is itself, on other connections"
		}
		list = append(list, note)
	}
	return list
}

// elsewhere returns a process that listens at the server's address while none of
// PID and its descendants does; 0 where that is not known.
func (r *Running) elsewhere() int {
	list, _ := host.ListenerOwners(r.Addr)
	if len(list) == 0 || slices.ContainsFunc(list, func(pid int) bool { return descends(pid, r.PID) }) {
		return 0
	}
	return list[0]
}

// descends reports whether pid is root or a descendant of it.
func descends(pid, root int) bool {
	return pid == root || slices.ContainsFunc(host.Children(root), func(child int) bool { return descends(pid, child) })
}
