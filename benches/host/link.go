package host

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Link is the network between the server and the generator: the loopback
// interface of a network namespace of their own. The zero value is the host's
// own loopback.
type Link struct {
	MTU   int           // most bytes of a packet, IP header included
	Delay time.Duration // of each packet, one way; by the kernel's netem
}

// Bounds of a Link. With a smaller MTU there is no IPv6.
const (
	LeastMTU   = 1280
	MostMTU    = 65535
	LeastDelay = time.Microsecond
	MostDelay  = time.Second
)

// Headers is the bytes of a packet before the segment that it carries: those of
// IPv4, and of TCP with its timestamps.
const Headers = 20 + 32

// Check returns what is wrong with l, in words that name the flags.
func (l Link) Check() error {
	switch {
	case l.MTU != 0 && (l.MTU < LeastMTU || l.MTU > MostMTU):
		return fmt.Errorf("-mtu %d: want %d to %d bytes, such as 1500", l.MTU, LeastMTU, MostMTU)
	case l.Delay != 0 && (l.Delay < LeastDelay || l.Delay > MostDelay):
		return fmt.Errorf("-delay %v: want %v to %v", l.Delay, LeastDelay, MostDelay)
	case l.Delay != 0 && l.MTU == 0:
		return errors.New("-delay has no effect without -mtu: add one, such as -mtu 1500")
	}
	return nil
}

// Key returns l as the end of a case's name; "" of the host's own loopback.
func (l Link) Key() string {
	switch {
	case l.MTU == 0:
		return ""
	case l.Delay == 0:
		return fmt.Sprintf("/mtu=%d", l.MTU)
	}
	return fmt.Sprintf("/mtu=%d/delay=%s", l.MTU, strings.Replace(l.Delay.String(), "µ", "u", 1))
}

// Note says what l is to the reader of results; "" of the host's own loopback.
func (l Link) Note() string {
	if l.MTU == 0 {
		return ""
	}
	text := fmt.Sprintf("server and generator share a loopback interface of their own, with packets of at most %d bytes, each sent by itself (no segmentation offload)", l.MTU)
	if l.Delay > 0 {
		text += fmt.Sprintf(" and delayed by %v one way", l.Delay)
	}
	return text
}

// loopback is the index of the loopback interface of every network namespace.
const loopback = 1

// linkVar is in the environment of a process that began anew on a link.
const linkVar = "WSBENCH_LINK"

// Enter makes l the network of this process and of all that it starts. It begins
// the process anew, with the same arguments, in a network namespace without a
// name, which ends with the last process in it; there Enter returns nil. The zero
// value changes nothing.
func (l Link) Enter() error {
	if l.MTU == 0 {
		return nil
	}
	if os.Getenv(linkVar) == l.Key() {
		os.Unsetenv(linkVar) // it is not inherited
		return l.entered()
	}
	runtime.LockOSThread() // for good: the thread has a network of its own
	if err := ownNetwork(); err != nil {
		return fmt.Errorf("a network namespace: %w: run as root, or through unshare -r", err)
	}
	if err := l.shape(); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	os.Setenv(linkVar, l.Key())
	return os.NewSyscallError("execve", syscall.Exec(self, os.Args, os.Environ()))
}

// entered returns why the process is not on l; nil if it is.
func (l Link) entered() error {
	lo, err := net.InterfaceByIndex(loopback)
	if err == nil && lo.MTU != l.MTU {
		err = fmt.Errorf("%s is in the environment, and the MTU is %d: unset it", linkVar, lo.MTU)
	}
	return err
}

// shape sets up the loopback interface of the calling thread's namespace.
func (l Link) shape() error {
	if err := setLoopback(uint32(l.MTU)); err != nil {
		return fmt.Errorf("the loopback interface: %w", err)
	}
	if l.Delay == 0 {
		return nil
	}
	// The limit, in packets, is beyond what connections may have in flight.
	out, err := exec.Command("tc", "qdisc", "add", "dev", "lo", "root", "netem",
		"delay", fmt.Sprintf("%dus", l.Delay.Microseconds()), "limit", "1000000").CombinedOutput()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("-delay needs the command tc: install iproute2")
	case err != nil:
		line, _, _ := strings.Cut(strings.TrimPrefix(string(out), "Error: "), "\n")
		return fmt.Errorf("tc netem: %s: -delay needs the kernel's module sch_netem", cmp.Or(strings.TrimSuffix(line, "."), err.Error()))
	}
	return nil
}
