package echo

import (
	"bytes"
	"fmt"
	"strconv"

	"wsbench/benches/engine"
	"wsbench/benches/reactor"
	"wsbench/parse"
	"wsbench/scratch"
)

// countPath and countKey are the target of a connection whose messages are
// counted instead of echoed: after N of them "/ws?n=N" is sent {"frames":N}.
const (
	countPath = "/ws?"
	countKey  = "n"
)

// countOf returns how many messages a connection with this target counts; 0
// where it echoes them.
func countOf(target []byte) int {
	query, ok := bytes.CutPrefix(target, []byte(countPath))
	for ok && len(query) > 0 {
		var pair []byte
		pair, query, _ = bytes.Cut(query, []byte("&"))
		key, value, _ := bytes.Cut(pair, []byte("="))
		if n, err := strconv.Atoi(string(value)); string(key) == countKey && err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// counter counts messages and answers once, when all have come.
type counter struct{ all, seen int }

// Message implements engine.Handler.
func (c *counter) Message(out *engine.Output, _ parse.Opcode, _ []byte) engine.Action {
	c.Tally(out, 1)
	return engine.Discard
}

// Tally implements engine.Tally.
func (c *counter) Tally(out *engine.Output, n int) {
	if before := c.seen; before < c.all && before+n >= c.all {
		out.Send(parse.Text, fmt.Appendf(nil, `{"frames":%d}`, c.all))
	}
	c.seen += n
}

// counting returns how the engine of a connection with this target counts; ok is
// false where it echoes.
func (o Options) counting(target []byte) (cfg engine.Config, ok bool) {
	n := countOf(target)
	if n == 0 {
		return cfg, false
	}
	cfg = o.engine()
	cfg.Handler, cfg.Parts = &counter{all: n}, nil
	return cfg, true
}

// counters returns what makes the protocols of a loop's connections that count.
func (o Options) counters() func(target []byte, pool *scratch.Pool) reactor.Protocol {
	s := o.cost()
	return func(target []byte, pool *scratch.Pool) reactor.Protocol {
		cfg, ok := o.counting(target)
		if !ok {
			return nil
		}
		cfg.Pool = pool
		var p reactor.Protocol = engine.New(&cfg)
		if o.IO == Raw {
			p = &rawCounter{counter: counter{all: countOf(target)}}
		}
		if s.spin == 0 {
			return p
		}
		return &spinning{p, s}
	}
}

// rawCounter is the floor of a connection that counts: it finds where frames
// end, and nothing else is done with them. Pings are not answered.
type rawCounter struct {
	rawProtocol // left is of the present frame
	counter
	last bool // the present frame ends a message
}

// Process implements reactor.Protocol.
func (r *rawCounter) Process(in []byte, out *engine.Output, most int) (p engine.Progress, err error) {
	out.Begin(in)
	for p.Consumed < len(in) && (most == 0 || p.Frames < most) {
		if r.left == 0 {
			header, length := rawHeader(in[p.Consumed:])
			if header == 0 {
				p.Need = len(in) - p.Consumed + 1
				return p, nil
			}
			first := in[p.Consumed]
			op := parse.Opcode(first & 0x0F)
			if op == parse.Close {
				out.Append(first, nil)
				return p, engine.ErrClosed
			}
			r.left, r.last = header+length, first&parse.FIN != 0 && !op.Control()
		}
		n := min(r.left, len(in)-p.Consumed)
		p.Consumed += n
		if r.left -= n; r.left == 0 {
			p.Frames++
			if r.last {
				r.Tally(out, 1)
			}
		}
	}
	return p, nil
}
