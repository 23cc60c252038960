package lab

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"time"

	"wsbench/benches/host"
	"wsbench/parse"
	"wsbench/syscalls"
)

// chunkFloor is what the frames of a case cost against a sink: a reader that
// discards them. It is the floor of what sends them, and of receiving them.
type chunkFloor struct {
	sent
	reader time.Duration // CPU time of the reader's thread
}

// sinkFloor sends the frames of a case to a sink on cpus.
func sinkFloor(ctx context.Context, of chunkCase, gap time.Duration, cpus syscalls.CPUs) (f chunkFloor, err error) {
	of.answer = AnswerCount
	listener, addr, err := syscalls.Listen(netip.MustParseAddrPort("127.0.0.1:0"), syscalls.ListenOptions{})
	if err != nil {
		return f, err
	}
	defer syscalls.Close(listener)
	c, err := connectChunk(ctx, addr, gap)
	if err != nil {
		return f, err
	}
	ended := make(chan time.Duration, 1)
	go func() { ended <- discard(listener, of, cpus) }()
	f.sent, err = c.exchange(ctx, of, newChunkAnswer(of, false))
	c.close() // ends the sink, too
	f.reader = <-ended
	if err != nil {
		return f, fmt.Errorf("the null sink: %w", err)
	}
	return f, nil
}

// discard accepts the connection that waits, reads the frames of a case,
// answers as a server that has counted them, and returns the CPU time that its
// thread took. The thread ends with it.
func discard(listener int, of chunkCase, cpus syscalls.CPUs) time.Duration {
	runtime.LockOSThread()
	if len(cpus) > 0 {
		syscalls.PinThread(cpus)
	}
	fd, err := acceptBlocking(listener)
	if err != nil {
		return 0
	}
	defer syscalls.Close(fd)
	size, in := of.wire(), make([]byte, 64<<10)
	used := host.ThreadClock()
	for size > 0 {
		n, err := readBlocking(fd, in)
		if n <= 0 || err != nil {
			return 0
		}
		size -= n
	}
	used = host.ThreadClock() - used
	answer := newChunkAnswer(of, false).want
	syscalls.Send(fd, append(parse.AppendHeader(nil, parse.FIN|uint8(parse.Text), len(answer)), answer...))
	return used
}
