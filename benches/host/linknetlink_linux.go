package host

import (
	"encoding/binary"
	"errors"
	"io"
	"syscall"

	"golang.org/x/sys/unix"
)

// linkAttr is an attribute of an interface.
type linkAttr struct {
	unix.RtAttr
	Value uint32
}

// linkRequest is a request of rtnetlink(7) to change an interface.
type linkRequest struct {
	unix.NlMsghdr
	unix.IfInfomsg
	MTU, Segments linkAttr
}

// setLoopback has the loopback interface of the calling thread's namespace take
// packets of at most mtu bytes, one segment of TCP each, and brings it up. It has
// no GRO, which would join them again.
func setLoopback(mtu uint32) error {
	r := linkRequest{
		NlMsghdr:  unix.NlMsghdr{Type: unix.RTM_NEWLINK, Flags: unix.NLM_F_REQUEST | unix.NLM_F_ACK},
		IfInfomsg: unix.IfInfomsg{Index: loopback, Flags: unix.IFF_UP, Change: unix.IFF_UP},
		MTU:       linkAttr{unix.RtAttr{Len: unix.SizeofRtAttr + 4, Type: unix.IFLA_MTU}, mtu},
		Segments:  linkAttr{unix.RtAttr{Len: unix.SizeofRtAttr + 4, Type: unix.IFLA_GSO_MAX_SEGS}, 1},
	}
	r.Len = uint32(binary.Size(r))
	b, err := binary.Append(nil, binary.NativeEndian, r)
	if err != nil {
		return err
	}
	return request(b)
}

// request sends a message to rtnetlink, and returns the error that it is
// answered with.
func request(message []byte) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if _, err := unix.Write(fd, message); err != nil {
		return err
	}
	answer := make([]byte, 4096)
	n, err := unix.Read(fd, answer)
	switch {
	case err != nil:
		return err
	case n < unix.SizeofNlMsghdr+4:
		return io.ErrUnexpectedEOF
	case binary.NativeEndian.Uint16(answer[4:]) != unix.NLMSG_ERROR:
		return errors.New("rtnetlink answers with no acknowledgement")
	}
	if errno := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); errno != 0 {
		return syscall.Errno(-errno)
	}
	return nil
}

// ownNetwork gives the calling thread a network namespace.
func ownNetwork() error { return unix.Unshare(unix.CLONE_NEWNET) }
