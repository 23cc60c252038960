//go:build linux

package host

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestLinkKey(t *testing.T) {
	for want, l := range map[string]Link{
		"": {}, "/mtu=1500": {MTU: 1500}, "/mtu=9000/delay=200us": {9000, 200 * time.Microsecond}, "/mtu=1280/delay=1ms": {1280, time.Millisecond},
	} {
		if got := l.Key(); got != want || l.Check() != nil || (l.Note() == "") != (want == "") {
			t.Errorf("%q, want %q; %v, %q", got, want, l.Check(), l.Note())
		}
	}
	for _, l := range []Link{{MTU: 1279}, {MTU: 65536}, {MTU: -1}, {Delay: time.Millisecond}, {1500, 2 * time.Second}, {1500, -1}, {1500, 1}} {
		if l.Check() == nil {
			t.Errorf("%+v is taken", l)
		}
	}
}

const (
	linked    = "WSBENCH_TEST_LINK" // in the environment of the process that enters a link
	linkBytes = 1 << 20
	refused   = "refused: "
)

// What a stream sends on a link leaves in packets of the MTU, and the host's
// loopback stays as it is.
func TestLink(t *testing.T) {
	if os.Getenv(linked) != "" {
		fmt.Println(onLink(Link{MTU: 1500}))
		return
	}
	skipEmulated(t, "the process would begin anew without it")
	before, err := net.InterfaceByIndex(loopback)
	if err != nil {
		t.Skip(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestLink$")
	cmd.Env = append(os.Environ(), linked+"=1")
	out, err := cmd.CombinedOutput()
	if _, why, found := strings.Cut(string(out), refused); found {
		t.Skip(strings.Split(why, "\n")[0])
	}
	if err != nil || !strings.HasPrefix(string(out), "<nil>\n") {
		t.Errorf("%v, %s", err, out)
	}
	if after, err := net.InterfaceByIndex(loopback); err != nil || after.MTU != before.MTU {
		t.Errorf("the host's loopback is %+v, was %+v: %v", after, before, err)
	}
}

// onLink returns what is wrong with a stream on l.
func onLink(l Link) error {
	if err := l.Enter(); err != nil {
		return fmt.Errorf("%s%w", refused, err)
	}
	if os.Getenv(linkVar) != "" {
		return errors.New("servers would think that they are on the link of this process")
	}
	before, err := loopbackPackets()
	if err != nil {
		return err
	}
	mss, err := stream()
	if err != nil {
		return err
	}
	after, err := loopbackPackets()
	if n := after - before; err != nil || mss > 1460 || n < linkBytes/mss {
		return fmt.Errorf("%d bytes left in %d packets, segments of %d bytes: %v", linkBytes, n, mss, err)
	}
	return nil
}

// stream sends linkBytes over loopback, and returns the most bytes of a segment.
func stream() (mss int, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return 0, err
	}
	defer c.Close()
	peer, err := l.Accept()
	if err != nil {
		return 0, err
	}
	defer peer.Close()
	go c.Write(make([]byte, linkBytes))
	if _, err := io.ReadFull(peer, make([]byte, linkBytes)); err != nil {
		return 0, err
	}
	raw, err := c.(*net.TCPConn).SyscallConn()
	if err != nil {
		return 0, err
	}
	raw.Control(func(fd uintptr) {
		mss, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG)
	})
	return mss, err
}

// loopbackPackets returns how many packets the loopback interface has sent.
func loopbackPackets() (n int, err error) {
	b, err := os.ReadFile("/proc/self/net/dev")
	if err != nil {
		return 0, err
	}
	_, counts, _ := strings.Cut(string(b), "lo:")
	f := strings.Fields(counts)
	if len(f) < 10 {
		return 0, fmt.Errorf("no loopback interface in %q", b)
	}
	_, err = fmt.Sscan(f[9], &n) // what it has sent, after eight of what it has received
	return n, err
}
