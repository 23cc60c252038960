package host

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// ListenQueue is the accept queues of the sockets that listen on one address:
// connections that stand, and that the server has not accepted.
type ListenQueue struct {
	Sockets int
	Waiting int // connections in all of their queues
	Backlog int // how many these hold before the kernel turns connections away
}

// ListenQueues returns the accept queues of the sockets that listen on addr, or
// on its port at the unspecified address, in this process's network namespace,
// by sock_diag(7).
func ListenQueues(addr netip.AddrPort) (q ListenQueue, err error) {
	for _, family := range []uint8{syscall.AF_INET, syscall.AF_INET6} {
		if err := listeners(family, func(m []byte) {
			if local, waiting, backlog := diagnosed(family, m); serves(local, addr) {
				q.Sockets++
				q.Waiting += waiting
				q.Backlog += backlog
			}
		}); err != nil {
			return q, fmt.Errorf("sock_diag: %w", err)
		}
	}
	return q, nil
}

// Sizes and values of <linux/inet_diag.h> and <linux/sock_diag.h>, which
// package unix lacks.
const (
	sockDiagByFamily = 20
	diagRequestSize  = 56
	diagMessageSize  = 72
	tcpListen        = 10
)

// diagnosed reads a struct inet_diag_msg.
func diagnosed(family uint8, m []byte) (local netip.AddrPort, waiting, backlog int) {
	ip := m[8:24]
	if family == syscall.AF_INET {
		ip = ip[:4]
	}
	a, _ := netip.AddrFromSlice(ip)
	return netip.AddrPortFrom(a, binary.BigEndian.Uint16(m[4:])), int(binary.NativeEndian.Uint32(m[56:])), int(binary.NativeEndian.Uint32(m[60:]))
}

// ListenOverflows returns how many connections the kernel has turned away
// because an accept queue was full, of all sockets of this process's network
// namespace since that began.
func ListenOverflows() (int64, error) {
	const file = "/proc/net/netstat"
	b, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	return netstat(string(b), "TcpExt:", "ListenOverflows")
}

// netstat returns a number of /proc/net/netstat, whose lines come in pairs: the
// names of a group, then their values.
func netstat(text, group, name string) (int64, error) {
	var names []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] != group {
			continue
		}
		for i, n := range names {
			if n == name && i < len(f) {
				return strconv.ParseInt(f[i], 10, 64)
			}
		}
		names = f
	}
	return 0, fmt.Errorf("netstat: no %s %s", group, name)
}
