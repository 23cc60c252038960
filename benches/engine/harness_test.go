package engine

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	from  parse.Sender // whose frames the answer is

	answer []byte
	frames int
	err    error
}

func newPeer(mode WriteMode, cfg Config) *peer {
	p := &peer{from: parse.FromServer}
	if cfg.Client {
		p.from = parse.FromClient
	}
	cfg.Pool = &p.pool
	p.eng = New(&cfg)
	p.out = NewOutput(mode, &p.pool)
	return p
}

// feed gives the engine b behind what it left before, as far as it goes where
// the engine has room for it.
func (p *peer) feed(b []byte) {
	for p.err == nil && len(b) > 0 && p.eng.Room() != nil {
		room := p.eng.Room()
		n := copy(room, b)
		b = b[n:]
		p.process(room[:n])
	}
	if len(b) > 0 {
		p.process(append(p.carry, b...))
	}
}

func (p *peer) process(in []byte) {
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

// feedBy feeds b in reads of chunk bytes, but not so small ones that long
// texts take for ever.
func (p *peer) feedBy(chunk int, b []byte) {
	if len(b) > 5000 {
		chunk = max(chunk, 997)
	}
	for len(b) > 0 && p.err == nil {
		n := min(chunk, len(b))
		p.feed(b[:n])
		b = b[n:]
	}
}

// reply is one frame of an answer.
type reply struct {
	First   uint8
	Payload string
}

// replies reads an answer back; ok is false where it is not whole frames as
// from may send them.
func replies(answer []byte, from parse.Sender) (list []reply, ok bool) {
	for len(answer) > 0 {
		h, need, err := parse.ParseHeader(answer, from)
		if need > 0 || err != nil || int64(len(answer)) < int64(h.Size)+h.Length {
			return list, false
		}
		payload := append([]byte(nil), answer[h.Size:][:h.Length]...)
		mask.Octet.Unmask(payload, h.Key)
		list = append(list, reply{h.First, string(payload)})
		answer = answer[int64(h.Size)+h.Length:]
	}
	return list, true
}

// wire is frames as a client sends them.
func wire(rng *rand.Rand, frames ...sent) (b []byte) {
	for _, f := range frames {
		b = append(b, frame(rng, f.First, f.Payload)...)
	}
	return b
}

// want fails unless the answer so far is whole frames, these ones.
func (p *peer) want(t *testing.T, frames ...reply) {
	t.Helper()
	got, ok := replies(p.answer, p.from)
	if !ok {
		t.Errorf("the answer is not whole frames: %x", p.answer[:min(64, len(p.answer))])
	}
	if diff := cmp.Diff(frames, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

var modes = []WriteMode{Slot, Writev, Copy}
