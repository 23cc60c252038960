package echo

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"wsbench/benches/engine"
	"wsbench/syscalls"
)

// direct is the -write that is no engine.WriteMode: laid out as engine.Slot, and
// sent without package net's writer.
const direct = "direct"

// parseWrite reads -write.
func parseWrite(s string) (mode engine.WriteMode, isDirect bool, err error) {
	if s == direct {
		return engine.Slot, true, nil
	}
	if mode, err = engine.ParseWriteMode(s); err != nil {
		err = fmt.Errorf("%w; with -io net also %s", err, direct)
	}
	return mode, false, err
}

// write returns -write as parseWrite reads it.
func (o Options) write() string {
	if o.Direct {
		return direct
	}
	return o.Write.String()
}

// flush sends what out holds, and gives its buffers back; false where the
// connection cannot take it.
func (c *netConn) flush() bool {
	_, err := c.send()
	c.out.Begin(nil)
	return err == nil
}

// longPiece is the longest piece of an answer, bytes, that is written at once.
const longPiece = 256 << 10

// send sends what out holds and returns how many bytes went. A long answer
// goes in pieces: each that the socket takes shows that the peer reads.
func (c *netConn) send() (n int64, err error) {
	for segs := c.out.Segments(); len(segs) > 0 && err == nil; {
		var m int64
		if k := together(segs); k > 0 {
			m, err = c.sendOnce(segs[:k])
			segs = segs[k:]
		} else {
			rest := segs[0][longPiece:]
			segs[0] = segs[0][:longPiece]
			m, err = c.sendOnce(segs[:1])
			segs[0] = rest
			c.silent.Store(0)
		}
		n += m
	}
	return n, err
}

// together returns how many of segs, from the first on, are not long.
func together(segs [][]byte) (k int) {
	for k < len(segs) && len(segs[k]) <= longPiece {
		k++
	}
	return k
}

// sendOnce sends segs, of which there is one at least, by one call.
func (c *netConn) sendOnce(segs [][]byte) (int64, error) {
	c.s.count.sends.Add(1)
	if len(segs) == 1 {
		n, err := c.sendOne(segs[0])
		return int64(n), err
	}
	vec := net.Buffers(segs)
	return vec.WriteTo(c.nc)
}

// sendOne sends b, on the descriptor where Options.Direct asks for that. What
// the socket does not take at once is package net's to send, which can wait.
func (c *netConn) sendOne(b []byte) (n int, err error) {
	if c.fd < 0 || len(b) == 0 {
		return c.nc.Write(b)
	}
	n, errno := syscalls.Send(c.fd, b)
	switch {
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		n = 0
	case errno != 0:
		return 0, os.NewSyscallError("sendto", errno)
	case n == len(b):
		return n, nil
	}
	c.s.count.sends.Add(1)
	m, err := c.nc.Write(b[n:])
	return n + m, err
}

// descriptor returns the descriptor of tcp, -1 where it is closed.
func descriptor(tcp *net.TCPConn) int {
	fd := -1
	if raw, err := tcp.SyscallConn(); err == nil {
		raw.Control(func(d uintptr) { fd = int(d) })
	}
	return fd
}

func (c *netConn) write(b []byte) bool {
	c.s.count.sends.Add(1)
	_, err := c.nc.Write(b)
	return err == nil
}
