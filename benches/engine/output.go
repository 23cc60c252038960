package engine

import (
	"wsbench/mask"
	"wsbench/parse"
	"wsbench/scratch"
)

// Output is the answer to the frames of one read: segments to send in order.
// One serves all connections of a loop, one after another.
type Output struct {
	Mode WriteMode
	pool *scratch.Pool

	segs  [][]byte // whole segments
	in    []byte   // the bytes being answered
	local []byte   // bytes made here

	// The open segment, not yet in segs, is in[inAt:inEnd] or
	// local[localAt:]; one of the two at most is not empty.
	inAt, inEnd int
	localAt     int

	// The place that Reserve returned: in local (Copy, or masked) or in in,
	// where a header in front of it may find no room (apart).
	at, length int
	apart      bool

	masked bool // frames are a client's
	closed bool // by a close frame, which nothing follows (section 5.5.1)
	keys   keys
	held   [][]byte // buffers of the pool with a segment each
	spent  [][]byte // buffers of the pool that local has outgrown, and segments alias
	short  []byte   // local's own buffer, while a long one of the pool takes its place
}

// NewOutput makes an Output whose held buffers go back to pool.
func NewOutput(mode WriteMode, pool *scratch.Pool) *Output {
	return &Output{Mode: mode, pool: pool, segs: make([][]byte, 0, 16)}
}

// Begin empties o; what it answers from now on is in, which may be
// overwritten from the left as it is answered.
func (o *Output) Begin(in []byte) {
	o.Free()
	o.segs = o.segs[:0]
	o.in = in
	o.local = o.local[:0]
	o.inAt, o.inEnd, o.localAt = 0, 0, 0
	o.closed = false
}

// keptLocal is the longest buffer, bytes, that an Output has of its own for
// answers made here. Longer ones are the pool's.
const keptLocal = scratch.DefaultSize

// Free gives the buffers of an answer that is sent back to the pool. Begin does
// so too: Free is for when the next answer may be long in coming.
func (o *Output) Free() {
	if len(o.held)+len(o.spent) == 0 && cap(o.local) <= keptLocal {
		return
	}
	o.held, o.spent = o.putAll(o.held), o.putAll(o.spent)
	o.segs = o.segs[:0]
	if cap(o.local) > keptLocal {
		o.pool.Put(o.local)
		o.local, o.short, o.localAt = o.short[:0], nil, 0
	}
}

func (o *Output) putAll(list [][]byte) [][]byte {
	for i, b := range list {
		o.pool.Put(b)
		list[i] = nil
	}
	return list[:0]
}

// Take returns the buffer of the pool that segment s is the end of and that
// nothing else is in; nil where there is none. It is the caller's from now on,
// to be put into the pool when s is sent.
func (o *Output) Take(s []byte) (room []byte) {
	for i, b := range o.held {
		if sameEnd(s, b) {
			last := len(o.held) - 1
			o.held[i], o.held[last] = o.held[last], nil
			o.held = o.held[:last]
			return b
		}
	}
	return nil
}

// sameEnd reports whether a and b have their last byte of room in common.
func sameEnd(a, b []byte) bool {
	return cap(a) > 0 && cap(b) > 0 && &a[:cap(a)][cap(a)-1] == &b[:cap(b)][cap(b)-1]
}

// Segments returns the answer so far. It is valid until the next Begin or Free.
func (o *Output) Segments() [][]byte {
	o.closeIn()
	o.closeLocal()
	return o.segs
}

// mode returns the layout in force: a client's answer is longer than what it
// answers, by its masking-key.
func (o *Output) mode() WriteMode {
	if o.masked {
		return Copy
	}
	return o.Mode
}

// headerSize returns the length in bytes of the header of a payload of length.
func (o *Output) headerSize(length int) int {
	if o.masked {
		return parse.HeaderSize(length) + parse.KeySize
	}
	return parse.HeaderSize(length)
}

// Reserve returns the place for the payload, length bytes, of the answer to
// the frame whose payload is in[payload:]. The place may be that payload
// itself or overlap it from the left. It counts only once Commit is called,
// before which nothing else may be added to a copied answer.
func (o *Output) Reserve(payload, length int) []byte {
	o.apart = false
	switch o.mode() {
	case Slot:
		if o.inEnd > o.inAt {
			payload = o.inEnd + parse.HeaderSize(length)
		} else {
			o.apart = payload < parse.HeaderSize(length)
		}
	case Writev:
		o.apart = true
	case Copy:
		o.at, o.length = len(o.local)+o.headerSize(length), length
		o.growLocal(o.at + length)
		return o.local[:cap(o.local)][o.at : o.at+length]
	}
	o.at, o.length = payload, length
	return o.in[payload : payload+length]
}

// Commit makes the reserved place, and before it a header with this first
// byte (FIN, opcode), part of the answer.
func (o *Output) Commit(first uint8) {
	if o.mode() == Copy {
		o.local = o.local[:o.at+o.length]
		o.put(o.local, o.at, first)
		return
	}
	if o.apart {
		o.closeIn()
		o.growLocal(len(o.local) + parse.HeaderSize(o.length))
		o.local = parse.AppendHeader(o.local, first, o.length)
		o.closeLocal()
		if o.length > 0 {
			o.segs = append(o.segs, o.in[o.at:o.at+o.length])
		}
		return
	}
	o.closeLocal()
	begin := o.at - parse.HeaderSize(o.length)
	if o.inEnd == o.inAt {
		o.inAt = begin
	}
	parse.PutHeader(o.in[begin:], first, o.length)
	o.inEnd = o.at + o.length
}

// put writes the header of the payload b[at:] in front of it, and masks that
// where it has to be.
func (o *Output) put(b []byte, at int, first uint8) {
	length := len(b) - at
	begin := at - o.headerSize(length)
	parse.PutHeader(b[begin:], first, length)
	if o.masked {
		key := o.keys.next()
		b[begin+1] |= uint8(parse.FromClient)
		le.PutUint32(b[at-parse.KeySize:], key)
		mask.Unmask(b[at:], key)
	}
}

// Run returns the place in in where the next answer's header would be written.
// ok is false unless the answers so far are laid out in in and end so far
// before at, an index of in, that a word of 8 bytes which ends that answer does
// not reach what follows the frame at at, which has a masking-key and at most
// 125 bytes.
func (o *Output) Run(at int) (end int, ok bool) {
	return o.inEnd, o.inEnd > o.inAt && o.inEnd+runAnswer+word <= at+runHeader && o.Mode == Slot && !o.masked
}

// SetRun records that whole answers were written from the place that Run
// returned up to end.
func (o *Output) SetRun(end int) { o.inEnd = end }

// Send adds a message of this side's own, whole, by copying it. op may be a
// control frame's; its payload then has 125 bytes at most.
func (o *Output) Send(op parse.Opcode, payload []byte) {
	o.Append(parse.FIN|uint8(op), payload)
}

// Append adds a copy of a whole frame: a header with this first byte and the
// payload.
func (o *Output) Append(first uint8, payload []byte) {
	if o.closed {
		return
	}
	o.closeIn()
	at := len(o.local) + o.headerSize(len(payload))
	o.growLocal(at + len(payload))
	o.local = append(o.local[:at], payload...)
	o.put(o.local, at, first)
}

// Add adds bytes of in, as they are, without copying them.
func (o *Output) Add(b []byte) {
	o.closeIn()
	o.closeLocal()
	if len(b) > 0 {
		o.segs = append(o.segs, b)
	}
}

// AddCopy adds a copy of bytes as they are.
func (o *Output) AddCopy(b []byte) {
	o.closeIn()
	o.growLocal(len(o.local) + len(b))
	o.local = append(o.local, b...)
}

func (o *Output) sendClose(code int, reason string) {
	var b [parse.MaxControl]byte
	payload := b[:0]
	if code != 0 {
		payload = parse.AppendClose(payload, code, reason)
	}
	o.Send(parse.Close, payload)
	o.closed = true
}

// Hold adds the frame with this first byte and the payload room[at:] without
// copying it; in front of at there is room for its header. room is a buffer of
// the pool and goes back there at the next Begin or Free, unless Take has it.
func (o *Output) Hold(first uint8, room []byte, at int) {
	o.put(room, at, first)
	o.Add(room[at-o.headerSize(len(room)-at):])
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

// growLocal makes room for n bytes in local. Segments that are already whole
// stay where they are.
func (o *Output) growLocal(n int) {
	if n <= cap(o.local) {
		return
	}
	had := o.local
	if n <= keptLocal {
		o.local = make([]byte, 0, min(max(n, 2*cap(had)), keptLocal))
	} else {
		o.local = o.pool.Get(max(n, cap(had)+1))
	}
	o.local = append(o.local, had...)
	switch {
	case cap(had) > keptLocal:
		o.spent = append(o.spent, had)
	case n > keptLocal:
		o.short = had
	}
}
