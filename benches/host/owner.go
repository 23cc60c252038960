package host

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"sort"
	"strconv"
	"strings"
)

// ListenerOwners lists, in ascending order, the processes that hold a socket
// listening on addr, or on its port at the unspecified address: a server, and
// workers that it forked. Processes of other users are not seen without the
// privilege to read their descriptors; none is an empty list.
func ListenerOwners(addr netip.AddrPort) ([]int, error) {
	links := map[string]bool{}
	for _, file := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		b, err := os.ReadFile(file)
		if os.IsNotExist(err) {
			continue // a kernel without IPv6
		}
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			if local, inode, ok := listenLine(line); ok && serves(local, addr) {
				links["socket:["+inode+"]"] = true
			}
		}
	}
	if len(links) == 0 {
		return nil, nil
	}
	return holders(links)
}

// serves reports whether a socket bound to local takes connections to addr.
func serves(local, addr netip.AddrPort) bool {
	ip := local.Addr().Unmap()
	return local.Port() == addr.Port() && (ip == addr.Addr().Unmap() || ip.IsUnspecified())
}

// listenLine reads a line of /proc/net/tcp or tcp6: ok where it is a socket
// in the state LISTEN.
func listenLine(line string) (local netip.AddrPort, inode string, ok bool) {
	const listen = "0A"
	f := strings.Fields(line)
	if len(f) < 10 || f[3] != listen {
		return local, "", false
	}
	local, err := procAddr(f[1])
	return local, f[9], err == nil
}

// procAddr reads an address as /proc/net/tcp writes it: 32-bit words in hex
// in the host's byte order, a colon, the port.
func procAddr(s string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(s, ":")
	b, err := hex.DecodeString(host)
	if err != nil || len(b)%4 != 0 {
		return netip.AddrPort{}, fmt.Errorf("address %q", s)
	}
	for i := 0; i < len(b); i += 4 {
		binary.NativeEndian.PutUint32(b[i:], binary.BigEndian.Uint32(b[i:]))
	}
	ip, ok := netip.AddrFromSlice(b)
	p, err := strconv.ParseUint(port, 16, 16)
	if !ok || err != nil {
		return netip.AddrPort{}, fmt.Errorf("address %q", s)
	}
	return netip.AddrPortFrom(ip, uint16(p)), nil
}

// holders lists the processes with a descriptor that is one of links.
func holders(links map[string]bool) ([]int, error) {
	dir, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var list []int
	for _, d := range dir {
		if pid, err := strconv.Atoi(d.Name()); err == nil && holds(pid, links) {
			list = append(list, pid)
		}
	}
	sort.Ints(list)
	return list, nil
}

func holds(pid int, links map[string]bool) bool {
	name := fmt.Sprintf("/proc/%d/fd/", pid)
	fds, err := os.ReadDir(name)
	if err != nil {
		return false // not ours to see, or ended
	}
	for _, fd := range fds {
		if link, err := os.Readlink(name + fd.Name()); err == nil && links[link] {
			return true
		}
	}
	return false
}
