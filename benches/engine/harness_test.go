package engine

import (
	"math/rand/v2"

	"wsbench/mask"
	"wsbench/parse"
	"wsbench/scratch"
)

// frame is a client's frame with a random masking-key.
func frame(rng *rand.Rand, first uint8, payload string) []byte {
	key := rng.Uint32()
	b := parse.AppendMaskedHeader(nil, first, len(payload), key)
	at := len(b)
	b = append(b, payload...)
	mask.Octet.Unmask(b[at:], key)
	return b
}

// peer feeds an engine as a server's loop does: it keeps what was not
// consumed, and collects what is answered.
type peer struct {
	eng   *Engine
	out   *Output
	pool  scratch.Pool
	carry []byte
	most  int

	answer []byte
	frames int
	err    error
}

func newPeer(mode WriteMode, cfg Config) *peer {
	p := &peer{}
	cfg.Pool = &p.pool
	p.eng = New(&cfg)
	p.out = NewOutput(mode, &p.pool)
	return p
}

// feed gives the engine b behind what it left before.
func (p *peer) feed(b []byte) {
	in := append(p.carry, b...)
	p.carry = nil
	for p.err == nil && len(in) > 0 {
		var got Progress
		got, p.err = p.eng.Process(in, p.out, p.most)
		for _, s := range p.out.Segments() {
			p.answer = append(p.answer, s...)
		}
		p.frames += got.Frames
		in = in[got.Consumed:]
		if got.Need > 0 {
			break
		}
	}
	p.carry = append([]byte(nil), in...)
}

// reply is one frame of an answer.
type reply struct {
	First   uint8
	Payload string
}

// replies reads an answer back; ok is false where it is not whole frames as a
// server may send them.
func replies(answer []byte) (list []reply, ok bool) {
	for len(answer) > 0 {
		h, need, err := parse.ParseHeader(answer, parse.FromServer)
		if need > 0 || err != nil || int64(len(answer)) < int64(h.Size)+h.Length {
			return list, false
		}
		list = append(list, reply{h.First, string(answer[h.Size:][:h.Length])})
		answer = answer[int64(h.Size)+h.Length:]
	}
	return list, true
}

var modes = []WriteMode{Slot, Writev, Copy}
