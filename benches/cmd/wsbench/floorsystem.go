package main

import (
	"errors"
	"fmt"
	"io"
	"net/netip"
	"syscall"
	"time"

	"wsbench/benches/micro"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// systemFloors are the system calls that a server makes a message, and the
// cheapest one there is.
func systemFloors() (list floorGroupList, skips []results.Reason) {
	list = append(list, cheapestCall())
	for _, open := range []struct {
		name string
		rows func() (floorGroupList, error)
	}{{"Epoll", epollFloor}, {"RecvSend", recvSendFloors}} {
		more, err := open.rows()
		list = append(list, more...)
		if err != nil {
			skips = append(skips, results.Reason{Name: open.name, Text: err.Error()})
		}
	}
	return list, skips
}

// cheapestCall is getpid, straight and through the Go scheduler's hooks.
func cheapestCall() floorGroup {
	return floorGroup{name: "syscalls", floor: -1, rows: []floorOp{
		{"getpid raw", "Syscall/way=raw", func(n int) error {
			for range n {
				syscall.RawSyscall(syscall.SYS_GETPID, 0, 0, 0)
			}
			return nil
		}},
		{"getpid by runtime", "Syscall/way=runtime", func(n int) error {
			for range n {
				syscall.Syscall(syscall.SYS_GETPID, 0, 0, 0)
			}
			return nil
		}},
	}}
}

// epollFloor is an epoll_wait that finds one descriptor ready.
func epollFloor() (floorGroupList, error) {
	poll, err := syscalls.NewEpoll()
	if err != nil {
		return nil, err
	}
	event, err := syscalls.NewEventfd()
	if err != nil {
		poll.Close()
		return nil, err
	}
	done := func() { event.Close(); poll.Close() }
	if errno := errors.Join(failed("eventfd", event.Signal()), failed("epoll_ctl", poll.Add(event.FD(), syscalls.EPOLLIN, 1))); errno != nil {
		done()
		return nil, errno
	}
	evs := make([]syscalls.Event, 16)
	return floorGroupList{{name: "syscalls", floor: -1, done: done, rows: []floorOp{{"epoll_wait ready", "EpollWait/ready=1", func(n int) error {
		for range n {
			switch got, errno := poll.WaitRaw(evs, 0); {
			case errno != 0 && errno != syscall.EINTR:
				return failed("epoll_wait", errno)
			case errno == 0 && got != 1:
				return fmt.Errorf("epoll_wait found %d ready, want 1", got)
			}
		}
		return nil
	}}}}}, nil
}

// failed is the error of a call, nil for errno 0.
func failed(call string, errno syscall.Errno) error {
	if errno == 0 {
		return nil
	}
	return fmt.Errorf("%s: %w", call, errno)
}

// recvSendFloors are messages from one end of a loopback connection to the
// other, both held by this thread.
func recvSendFloors() (list floorGroupList, err error) {
	client, server, err := loopbackPair()
	if err != nil {
		return nil, err
	}
	in := make([]byte, 64<<10)
	for _, size := range []int{20, 1 << 10, 16 << 10} {
		message := make([]byte, size)
		list = append(list, floorGroup{name: "syscalls", octets: size, floor: -1, rows: []floorOp{{"send+recv", "RecvSend/way=send/size=" + micro.SizeName(size), func(n int) error {
			for range n {
				if err := passOn(client, server, message, in); err != nil {
					return err
				}
			}
			return nil
		}}}})
	}
	list[0].done = func() { syscalls.Close(client); syscalls.Close(server) }
	return list, nil
}

// passOn sends message and receives all of it.
func passOn(client, server int, message, in []byte) error {
	switch n, errno := syscalls.Send(client, message); {
	case errno != 0:
		return failed(fmt.Sprintf("send of %d octets", len(message)), errno)
	case n != len(message):
		return fmt.Errorf("send took %d of %d octets", n, len(message))
	}
	for left := len(message); left > 0; {
		switch n, errno := syscalls.Recv(server, in); {
		case errno == 0 && n > 0:
			left -= n
		case errno == 0:
			return fmt.Errorf("recv with %d octets to come: %w", left, io.ErrUnexpectedEOF)
		case errno != syscall.EAGAIN && errno != syscall.EINTR:
			return fmt.Errorf("recv with %d octets to come: %w", left, errno)
		}
	}
	return nil
}

// loopbackPair is a TCP connection of this process with itself.
func loopbackPair() (client, server int, err error) {
	listener, addr, err := syscalls.Listen(netip.MustParseAddrPort("127.0.0.1:0"), syscalls.ListenOptions{})
	if err != nil {
		return -1, -1, err
	}
	defer syscalls.Close(listener)
	if client, err = syscalls.Connect(addr); err != nil {
		return -1, -1, err
	}
	if server, err = acceptSoon(listener); err != nil {
		syscalls.Close(client)
		return -1, -1, err
	}
	if err = syscalls.SetNoDelay(client); err != nil {
		syscalls.Close(client)
		syscalls.Close(server)
		return -1, -1, err
	}
	return client, server, nil
}

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
