package load

import (
	"encoding/binary"
	"math/rand/v2"

	"wsbench/parse"
)

// frames are the prepared messages that all connections send: one payload
// under different masking-keys, so that an echo is verified by one compare. It
// is never written after newFrames, and threads share it.
type frames struct {
	head     string // the header that each echo is expected to have
	pong     string // of a mix: the header of pongs, as long as head
	mix      Mix
	buf      []byte       // distinct frames, then the first of them again: see run
	frame    int          // length of a frame, bytes
	distinct int          // frames under keys of their own
	payload  []byte       // plaintext
	answer   parse.Opcode // of an echo
	ends     []int        // of exchanges: where in buf each request begins, and the last ends
}

// cacheShare is how much of a CPU's cache the prepared frames may take up,
// bytes, where the depth leaves a choice.
const cacheShare = 256 << 10

// Distinct frames: 64 keys show a kernel that depends on the key, and at a
// small payload stay within the first-level cache.
const (
	maxDistinct = 64
	minDistinct = 4
)

// newFrames prepares the messages of cfg.
func newFrames(cfg *Config, rng *rand.ChaCha8) frames {
	if cfg.Exchanges != nil {
		return newRequests(cfg)
	}
	op, size, depth := cfg.Op, cfg.Size, cfg.Depth
	f := frames{payload: cfg.Payload, answer: op, mix: cfg.Mix}
	if f.payload == nil {
		f.payload = newPayload(op, size, rng)
	}
	if op == parse.Ping {
		f.answer = parse.Pong
	}
	f.head = string(parse.AppendHeader(nil, parse.FIN|uint8(f.answer), size))
	if f.mix.Pings > 0 {
		f.pong = string(parse.AppendHeader(nil, parse.FIN|uint8(parse.Pong), size))
	}
	f.frame = len(f.head) + parse.KeySize + size
	f.distinct = min(max(cacheShare/f.frame-(depth-1), minDistinct), maxDistinct)
	f.distinct = max(f.distinct/f.mix.cycle(), 1) * f.mix.cycle() // whole mixes
	total := f.distinct + depth - 1
	f.buf = make([]byte, 0, total*f.frame)
	for i := range total {
		if i < f.distinct {
			f.buf = appendMasked(f.buf, f.mix.opcode(i, op), f.payload, uint32(rng.Uint64()))
		} else {
			f.buf = append(f.buf, f.run(i-f.distinct, 1)...)
		}
	}
	return f
}

// run returns k consecutive frames, the first of them number at: k is at most
// the depth, at below distinct. The bytes are not to be written.
func (f *frames) run(at, k int) []byte {
	if f.ends != nil {
		return f.buf[f.ends[at]:f.ends[at+k]]
	}
	return f.buf[at*f.frame : (at+k)*f.frame]
}

// newRequests prepares the requests of cfg in the place of frames.
func newRequests(cfg *Config) frames {
	f := frames{distinct: len(cfg.Exchanges), ends: []int{0}}
	for i := range f.distinct + cfg.Depth - 1 {
		request := cfg.Exchanges[i%f.distinct].Request
		f.buf = append(f.buf, request...)
		f.ends = append(f.ends, len(f.buf))
		f.frame = max(f.frame, len(request))
	}
	return f
}

// wrap returns which distinct frame number at of the endless row is.
func (f *frames) wrap(at int32) int32 {
	if at < int32(f.distinct) {
		return at // without a division, most of the time
	}
	return at % int32(f.distinct)
}

// newPayload returns random bytes, for text random letters and digits.
func newPayload(op parse.Opcode, size int, rng *rand.ChaCha8) []byte {
	p := make([]byte, size)
	rng.Read(p)
	if op != parse.Text {
		return p
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ."
	for i, c := range p {
		p[i] = letters[int(c)%len(letters)]
	}
	return p
}

// appendMasked appends a client's frame. It masks byte by byte and not by
// package mask: a fault there would cancel out if both ends had it.
func appendMasked(dst []byte, op parse.Opcode, payload []byte, key uint32) []byte {
	dst = parse.AppendMaskedHeader(dst, parse.FIN|uint8(op), len(payload), key)
	var k [parse.KeySize]byte
	binary.LittleEndian.PutUint32(k[:], key)
	for i, c := range payload {
		dst = append(dst, c^k[i%parse.KeySize])
	}
	return dst
}
