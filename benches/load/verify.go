package load

import (
	"bytes"
	"cmp"
	"fmt"
)

// sampleMask: of a connection's messages those are compared whose number is a
// multiple of 64.
const sampleMask = 63

// Corruption is an echo that differs from what was sent.
type Corruption struct {
	Conn    int    // the connection's number, from 0
	Message int64  // the message's number on it, from 1
	What    string // what is wrong with it
	Of      string // "answer" of an exchange; "": echo
}

// where returns the error without its prefix.
func (e *Corruption) where() string {
	return fmt.Sprintf("connection %d, message %d: %s", e.Conn, e.Message, e.What)
}

func (e *Corruption) Error() string {
	return "load: corrupted " + cmp.Or(e.Of, "echo") + ": " + e.where()
}

// answersWord returns what the load awaits, in words.
func (c *Config) answersWord() string {
	if c.Exchanges != nil {
		return "answers"
	}
	return "echoes"
}

// verify compares b with the payload from byte at on.
func (t *thread) verify(c *conn, b []byte, at int64) {
	payload := t.frames.payload
	want := payload[min(at, int64(len(payload))):]
	if len(b) <= len(want) && bytes.Equal(b, want[:len(b)]) {
		return
	}
	for i := range min(len(b), len(want)) {
		if b[i] != want[i] {
			t.corrupt(c, fmt.Sprintf("byte %d of its payload is 0x%02x, 0x%02x was sent", at+int64(i), b[i], want[i]))
			return
		}
	}
}

// corrupt counts c's present message as corrupted, once, and keeps the first
// of a run.
func (t *thread) corrupt(c *conn, what string) {
	if c.in.bad {
		return
	}
	c.in.bad = true
	t.count.corrupt++
	if t.corruption == nil {
		t.corruption = &Corruption{Conn: int(c.id), Message: c.message(), What: what}
		if t.answers != nil {
			t.corruption.Of = "answer"
		}
	}
}
