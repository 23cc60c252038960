package lab

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"

	"wsbench/benches/internal/countfile"
)

// counters are what wsbench's server counts itself, by name; what its io does
// not count is absent.
type counters map[string]uint64

// values returns the counters' units for what was counted since then.
func (c counters) values(then counters) map[string]float64 {
	out := map[string]float64{}
	frames := float64(c["frames"] - then["frames"])
	if frames <= 0 {
		return out
	}
	if calls, whole := c["calls"]; whole { // package net hides its waiting
		out["syscalls/msg"] = float64(calls-then["calls"]) / frames
	}
	for name, unit := range map[string]string{"recvs": "frames/recv", "waits": "frames/wait"} {
		if n := c[name] - then[name]; n > 0 {
			out[unit] = frames / float64(n)
		}
	}
	return out
}

// countedBytes is how much of a file of counters is read at most.
var countedBytes = countfile.Size(1024)

// countFile is memory that a server of wsbench counts in: to read it neither
// waits for the server nor wakes it.
type countFile struct {
	f   *os.File
	mem []byte
}

// newCountFile returns one that a server may be started with; nil where this
// host has none.
func newCountFile() *countFile {
	f, mem, err := sharedMemory("counters", countedBytes)
	if err != nil {
		return nil
	}
	return &countFile{f: f, mem: mem}
}

// flags returns those of a server that has the file as its descriptor 3.
func (c *countFile) flags() []string { return []string{"-counters", "/dev/fd/3"} }

// close releases the file; it may be called again.
func (c *countFile) close() {
	if c == nil || c.mem == nil {
		return
	}
	c.f.Close()
	unmap(c.mem)
	c.mem = nil
}

// read returns the sums over all workers; nil where there is no file, or the
// server has not made it its own.
func (c *countFile) read() counters {
	if c == nil || c.mem == nil {
		return nil
	}
	info, err := c.f.Stat()
	if err != nil || info.Size() < countfile.Offset {
		return nil
	}
	head, _, ok := bytes.Cut(c.mem[:countfile.Offset], []byte("\n"))
	if !ok {
		return nil
	}
	sum := counters{}
	for at := countfile.Offset; at+countfile.Stride <= min(int(info.Size()), countedBytes); at += countfile.Stride {
		for i, name := range strings.Fields(string(head)) {
			sum[name] += binary.NativeEndian.Uint64(c.mem[at+8*i:])
		}
	}
	return sum
}
