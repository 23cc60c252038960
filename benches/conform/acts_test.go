package conform

import (
	"encoding/binary"
	"slices"
	"sync"
	"time"
)

// What servers do in place of what they should, or may.

func reset(c *session) {
	c.Conn.(stream).SetLinger(0)
	c.Close()
}

func failBy(code int) func(*session, int) {
	return func(c *session, _ int) { c.write(shut, []byte(closePayload(code, ""))) }
}

// codeOnly answers a close frame by its code, without its reason.
func codeOnly(c *session, p []byte) { c.write(shut, p[:min(len(p), 2)]) }

// behind sends a frame behind a close frame.
func behind(c *session, first, next uint8) {
	if first == shut {
		c.send(next, []byte("behind"))
	}
}

func slowly(c *session, op uint8, p []byte) {
	c.write(ping, nil)
	time.Sleep(time.Millisecond)
	c.write(op|fin, p)
}

func pingBetween(c *session, op uint8, p []byte) {
	c.write(op, p[:len(p)/2])
	c.write(ping, []byte("between"))
	c.write(last, p[len(p)/2:])
}

// inFragments echoes in fragments of n bytes what is not too large.
func inFragments(c *session, op uint8, p []byte, n int) {
	for len(p) > n && len(p) < 2000 {
		c.write(op, p[:n])
		op, p = opContinuation, p[n:]
	}
	c.write(op|fin, p)
}

// quadratic is so slow with large texts that it is not done within any time.
func quadratic(c *session, op uint8, p []byte) {
	if op == opText && len(p) > 60000 {
		time.Sleep(time.Hour)
	}
	c.write(op|fin, p)
}

// corrupted is p with a bit changed that leaves a text one.
func corrupted(p []byte) []byte {
	p = slices.Clone(p)
	if len(p) > 0 {
		p[len(p)-1] ^= 1
	}
	return p
}

func corruptLarge(c *session, op uint8, p []byte) {
	if len(p) > 60000 {
		p = corrupted(p)
	}
	c.write(op|fin, p)
}

// pongLate answers pings late, the last one first.
func pongLate(c *session, p []byte) {
	late := &c.late
	late.mu.Lock()
	late.pongs = append(late.pongs, p)
	late.mu.Unlock()
	time.AfterFunc(300*time.Millisecond, func() {
		late.mu.Lock()
		defer late.mu.Unlock()
		n := len(late.pongs) - 1
		c.write(pong, late.pongs[n])
		late.pongs = late.pongs[:n]
	})
}

// latePongs are those that pongLate owes.
type latePongs struct {
	mu    sync.Mutex
	pongs [][]byte
}

// longest writes a 64-bit length, whatever the payload's.
func longest(c *session, first uint8, p []byte) {
	b := binary.BigEndian.AppendUint64([]byte{first, 127}, uint64(len(p)))
	c.Write(append(b, p...))
}

// masked masks, which only a client does.
func masked(c *session, first uint8, p []byte) {
	client := session{honest: c.honest, Conn: c.Conn, client: true}
	client.send(first, p)
}

// reserved sets RSV1 of data frames.
func reserved(c *session, first uint8, p []byte) {
	if first&0x0F < opClose {
		first |= 0x40
	}
	c.send(first, p)
}
