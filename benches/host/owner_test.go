package host

import (
	"net"
	"net/netip"
	"os"
	"testing"
)

func TestListenerOwners(t *testing.T) {
	for _, on := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"} {
		t.Run(on, func(t *testing.T) {
			l, err := net.Listen("tcp", on)
			if err != nil {
				t.Skipf("cannot listen: %v", err)
			}
			port := netip.MustParseAddrPort(l.Addr().String()).Port()
			ip := "127.0.0.1"
			if on == "[::1]:0" {
				ip = "::1"
			}
			addr := netip.AddrPortFrom(netip.MustParseAddr(ip), port)
			pids, err := ListenerOwners(addr)
			if err != nil || len(pids) != 1 || pids[0] != os.Getpid() {
				t.Errorf("owners of %v: %v, %v; want this process, %d", addr, pids, err, os.Getpid())
			}
			l.Close()
			if pids, err := ListenerOwners(addr); err != nil || len(pids) != 0 {
				t.Errorf("after Close: owners %v, %v; want none", pids, err)
			}
		})
	}
}

func TestListenLine(t *testing.T) {
	for _, c := range []struct{ line, local, inode string }{
		{"   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12345 1 0000 100 0 0 10 0", "127.0.0.1:8080", "12345"},
		{"   0: 0100007F:1F90 0100007F:9000 01 00000000:00000000 00:00000000 00000000     0        0 12345 1", "", ""}, // established
		{"   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 77 1", "[::1]:80", "77"},
		{"  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", "", ""},
		{"   0: 0100:1F90 0 0A 0 0 0 0 0 12345", "", ""},
	} {
		local, inode, ok := listenLine(c.line)
		switch {
		case ok != (c.local != ""):
			t.Errorf("%q: ok %v", c.line, ok)
		case ok && (local.String() != c.local || inode != c.inode):
			t.Errorf("%q: %v inode %s, want %s inode %s", c.line, local, inode, c.local, c.inode)
		}
	}
}
