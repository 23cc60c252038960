package engine

import (
	"fmt"

	"wsbench/parse"
	"wsbench/scratch"
)

// WriteMode is how the answer to a frame is laid out for sending.
type WriteMode uint8

// The ways to lay out answers.
const (
	// Slot writes the answer's header into the place of the masking-key, in
	// front of the payload where it arrived, and closes up the answers of one
	// read, so that they leave by one send.
	Slot WriteMode = iota
	// Writev keeps headers apart and leaves payloads in place: two segments
	// an answer.
	Writev
	// Copy copies headers and payloads to a buffer of their own.
	Copy
)

var writeModes = [...]string{Slot: "slot", Writev: "writev", Copy: "copy"}

func (m WriteMode) String() string { return writeModes[m] }

// ParseWriteMode reads a WriteMode as String writes it.
func ParseWriteMode(s string) (WriteMode, error) {
	for m, name := range writeModes {
		if s == name {
			return WriteMode(m), nil
		}
	}
	return 0, fmt.Errorf("write %q: want slot, writev or copy", s)
}

// Output is the answer to the frames of one read: segments to send in order.
// One serves all connections of a loop, one after another.
type Output struct {
	Mode WriteMode
	pool *scratch.Pool

	segs  [][]byte // whole segments
	in    []byte   // the octets being answered
	local []byte   // octets made here

	// The open segment, not yet in segs, is in[inAt:inEnd] or
	// local[localAt:]; one of the two at most is not empty.
	inAt, inEnd int
	localAt     int

	// The place that Reserve returned, in in or (Copy) in local.
	at, length int

	held [][]byte // pool buffers that segments alias
}

// NewOutput makes an Output whose held buffers go back to pool.
func NewOutput(mode WriteMode, pool *scratch.Pool) *Output {
	return &Output{Mode: mode, pool: pool, segs: make([][]byte, 0, 16)}
}

// Begin empties o; what it answers from now on is in, which may be
// overwritten from the left as it is answered.
func (o *Output) Begin(in []byte) {
	for i, b := range o.held {
		o.pool.Put(b)
		o.held[i] = nil
	}
	o.held = o.held[:0]
	o.segs = o.segs[:0]
	o.in = in
	o.local = o.local[:0]
	o.inAt, o.inEnd, o.localAt = 0, 0, 0
}

// Segments is the answer so far, valid until the next Begin.
func (o *Output) Segments() [][]byte {
	o.closeIn()
	o.closeLocal()
	return o.segs
}

// Reserve returns the place for the payload, length octets, of the answer to
// the frame whose payload is in[payload:]. The place may be that payload
// itself or overlap it from the left. It counts only once Commit is called.
func (o *Output) Reserve(payload, length int) []byte {
	switch o.Mode {
	case Slot:
		if o.inEnd > o.inAt {
			payload = o.inEnd + parse.HeaderSize(length)
		}
	case Copy:
		o.at, o.length = len(o.local)+parse.HeaderSize(length), length
		o.growLocal(o.at + length)
		return o.local[:cap(o.local)][o.at : o.at+length]
	}
	o.at, o.length = payload, length
	return o.in[payload : payload+length]
}

// Commit makes the reserved place, and before it a header with this first
// octet (FIN, opcode), part of the answer.
func (o *Output) Commit(first uint8) {
	size := parse.HeaderSize(o.length)
	switch o.Mode {
	case Slot:
		o.closeLocal()
		if o.inEnd == o.inAt {
			o.inAt = o.at - size
		}
		parse.PutHeader(o.in[o.at-size:], first, o.length)
		o.inEnd = o.at + o.length
	case Writev:
		o.local = parse.AppendHeader(o.local, first, o.length)
		o.closeLocal()
		if o.length > 0 {
			o.segs = append(o.segs, o.in[o.at:o.at+o.length])
		}
	case Copy:
		o.local = o.local[:o.at+o.length]
		parse.PutHeader(o.local[o.at-size:], first, o.length)
	}
}

// Append adds a copy of a whole frame: a header with this first octet and the
// payload.
func (o *Output) Append(first uint8, payload []byte) {
	o.closeIn()
	o.local = append(parse.AppendHeader(o.local, first, len(payload)), payload...)
}

// Hold adds b as a segment without copying it. room is the pool's buffer that
// b is part of; it goes back there at the next Begin.
func (o *Output) Hold(b, room []byte) {
	o.closeIn()
	o.closeLocal()
	o.segs = append(o.segs, b)
	o.held = append(o.held, room)
}

func (o *Output) closeIn() {
	if o.inEnd > o.inAt {
		o.segs = append(o.segs, o.in[o.inAt:o.inEnd])
	}
	o.inAt, o.inEnd = 0, 0
}

func (o *Output) closeLocal() {
	if len(o.local) > o.localAt {
		o.segs = append(o.segs, o.local[o.localAt:len(o.local):len(o.local)])
		o.localAt = len(o.local)
	}
}

// growLocal makes room for n octets in local. Segments of it that are already
// whole keep the old room alive.
func (o *Output) growLocal(n int) {
	if n <= cap(o.local) {
		return
	}
	larger := make([]byte, len(o.local), max(n, 2*cap(o.local)))
	copy(larger, o.local)
	o.local = larger
}
