package micro

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"syscall"
	"time"

	"wsbench/benches/results"
	"wsbench/syscalls"
)

// SystemCalls returns, as comparisons without a plan, the system calls that a
// server makes per message and the cheapest one there is. What this host cannot
// do is skipped. The caller calls done when all is measured.
func SystemCalls() (list []Comparison, skipped []results.Reason, done func()) {
	c := &calls{}
	list = append(list, compareCalls(cheapest()...))
	for _, open := range []struct {
		name string
		fns  func() ([]Func, error)
	}{{"Epoll", c.epoll}, {"RecvSend", c.recvSend}} {
		fns, err := open.fns()
		if err != nil {
			skipped = append(skipped, results.Reason{Name: open.name, Text: err.Error()})
		}
		for _, f := range fns { // each does something else
			list = append(list, compareCalls(f))
		}
	}
	return list, skipped, c.close
}

func compareCalls(fns ...Func) Comparison { return Comparison{Pkg: "wsbench/syscalls", Funcs: fns} }

// calls holds what the functions that make system calls use.
type calls struct{ closers []func() }

func (c *calls) close() {
	for _, f := range c.closers {
		f()
	}
}

// epoll times an epoll_wait that finds one descriptor ready.
func (c *calls) epoll() ([]Func, error) {
	poll, err := syscalls.NewEpoll()
	if err != nil {
		return nil, err
	}
	c.closers = append(c.closers, func() { poll.Close() })
	event, err := syscalls.NewEventfd()
	if err != nil {
		return nil, err
	}
	c.closers = append(c.closers, func() { event.Close() })
	if err := errors.Join(failed("eventfd", event.Signal()), failed("epoll_ctl", poll.Add(event.FD(), syscalls.EPOLLIN, 1))); err != nil {
		return nil, err
	}
	evs := make([]syscalls.Event, 16)
	return []Func{{Name: "EpollWait/ready=1", Run: func(n int) error {
		for range n {
			switch got, errno := poll.WaitRaw(evs, 0); {
			case errno != 0 && errno != syscall.EINTR:
				return failed("epoll_wait", errno)
			case errno == 0 && got != 1:
				return fmt.Errorf("epoll_wait found %d ready, want 1", got)
			}
		}
		return nil
	}}}, nil
}

// failed returns the error of a call, nil for errno 0.
func failed(call string, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w", call, errno)
}

// recvSend times messages from one end of a loopback connection to the other,
// both held by this thread.
func (c *calls) recvSend() (fns []Func, err error) {
	client, server, err := loopbackPair()
	if err != nil {
		return nil, err
	}
	c.closers = append(c.closers, func() { syscalls.Close(client); syscalls.Close(server) })
	in := make([]byte, 64<<10)
	for _, size := range []int{20, 1 << 10, 16 << 10} {
		message := make([]byte, size)
		fns = append(fns, Func{Name: fmt.Sprintf("RecvSend/way=send/size=%d", size), Bytes: size, Run: func(n int) error {
			for range n {
				if err := passOn(client, server, message, in); err != nil {
					return err
				}
			}
			return nil
		}})
	}
	return fns, nil
}

// passOn sends message and receives all of it.
func passOn(client, server int, message, in []byte) error {
	switch n, errno := syscalls.Send(client, message); {
	case errno != 0:
		return failed(fmt.Sprintf("send of %d bytes", len(message)), errno)
	case n != len(message):
		return fmt.Errorf("send took %d of %d bytes", n, len(message))
	}
	for left := len(message); left > 0; {
		switch n, errno := syscalls.Recv(server, in); {
		case errno == 0 && n > 0:
			left -= n
		case errno == 0:
			return fmt.Errorf("recv with %d bytes to come: %w", left, io.ErrUnexpectedEOF)
		case errno != syscall.EAGAIN && errno != syscall.EINTR:
			return fmt.Errorf("recv with %d bytes to come: %w", left, errno)
		}
	}
	return nil
}

// loopbackPair opens a TCP connection of this process with itself.
func loopbackPair() (client, server int, err error) {
	listener, addr, err := syscalls.Listen(netip.MustParseAddrPort("127.0.0.1:0"), syscalls.ListenOptions{})
	if err != nil {
		return -1, -1, err
	}
	defer syscalls.Close(listener)
	if client, err = syscalls.Connect(addr); err != nil {
		return -1, -1, err
	}
	if server, err = acceptSoon(listener); err == nil {
		if err = syscalls.SetNoDelay(client); err == nil {
			return client, server, nil
		}
		syscalls.Close(server)
	}
	syscalls.Close(client)
	return -1, -1, err
}

// acceptSoon waits for a connection, which is on its way.
func acceptSoon(listener int) (fd int, err error) {
	for range 1000 {
		fd, errno := syscalls.Accept4(listener)
		if errno == 0 {
			return fd, nil
		}
		time.Sleep(time.Millisecond)
	}
	return -1, errors.New("no connection over loopback within a second; is the interface lo up?")
}
