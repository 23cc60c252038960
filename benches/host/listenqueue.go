package host

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
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
	for _, family := range []uint8{unix.AF_INET, unix.AF_INET6} {
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

// listeners calls each with the struct inet_diag_msg of every listening TCP
// socket of a family.
func listeners(family uint8, each func([]byte)) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return os.NewSyscallError("socket", err)
	}
	defer unix.Close(fd)
	request := make([]byte, unix.NLMSG_HDRLEN+diagRequestSize)
	binary.NativeEndian.PutUint32(request[0:], uint32(len(request)))
	binary.NativeEndian.PutUint16(request[4:], sockDiagByFamily)
	binary.NativeEndian.PutUint16(request[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	request[16], request[17] = family, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(request[20:], 1<<tcpListen)
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return os.NewSyscallError("sendto", err)
	}
	buf := make([]byte, 32<<10)
	for {
		n, _, err := unix.Recvfrom(fd, buf, 0)
		if err != nil {
			return os.NewSyscallError("recvfrom", err)
		}
		if done, err := messages(buf[:n], each); done || err != nil {
			return err
		}
	}
}

// messages reads netlink messages; done is true after the last of a dump.
func messages(b []byte, each func([]byte)) (done bool, err error) {
	for len(b) >= unix.NLMSG_HDRLEN {
		size := int(binary.NativeEndian.Uint32(b))
		if size < unix.NLMSG_HDRLEN || size > len(b) {
			return true, errors.New("a message is cut short")
		}
		body := b[unix.NLMSG_HDRLEN:size]
		switch binary.NativeEndian.Uint16(b[4:]) {
		case unix.NLMSG_DONE:
			return true, nil
		case unix.NLMSG_ERROR:
			if len(body) < 4 {
				return true, errors.New("an error without a number")
			}
			return true, unix.Errno(-int32(binary.NativeEndian.Uint32(body)))
		case sockDiagByFamily:
			if len(body) >= diagMessageSize {
				each(body)
			}
		}
		b = b[min(len(b), (size+3)&^3):]
	}
	return false, nil
}

// diagnosed reads a struct inet_diag_msg.
func diagnosed(family uint8, m []byte) (local netip.AddrPort, waiting, backlog int) {
	ip := m[8:24]
	if family == unix.AF_INET {
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
