package engine

import (
	"time"

	"wsbench/parse"
)

// controls counts control frames to bound them by the second. It reads the
// clock once in as many as the bound, and once at the first.
type controls struct {
	since uint32 // when the count began, milliseconds modulo 49 days; 0: not yet
	n     uint32 // frames since then
}

// began is what the clock that controls reads starts from.
var began = time.Now()

// over counts one more frame; true where most per second are passed.
func (c *controls) over(most int) bool {
	if c.n++; c.since != 0 && int(c.n) <= most {
		return false
	}
	now := uint32(time.Since(began)/time.Millisecond) + 1
	over := c.since != 0 && now-c.since < 1000
	c.since, c.n = now, 1
	return over
}

// control handles a whole control frame (section 5.5).
func (e *Engine) control(h parse.Header, in []byte, at int, out *Output) error {
	if h.Opcode() == parse.Close {
		return e.close(h, in, at, out)
	}
	if e.closing {
		return nil // it crosses our close frame
	}
	if e.second.over(e.cfg.MaxControl) {
		return e.fail(out, parse.ClosePolicy, ErrControls)
	}
	if h.Opcode() == parse.Ping {
		e.unmask(out.Reserve(at, int(h.Length)), in[at:], h)
		out.Commit(parse.FIN | uint8(parse.Pong))
	}
	return nil
}

// close answers the peer's close frame, or takes it as the answer to ours.
func (e *Engine) close(h parse.Header, in []byte, at int, out *Output) error {
	payload := in[at : at+int(h.Length)]
	e.cfg.Kernel.Unmask(payload, h.Key)
	if _, _, err := parse.ParseClose(payload); err != nil {
		code := parse.CloseProtocolError
		if err == parse.ErrCloseReason {
			code = parse.CloseInvalidData
		}
		return e.fail(out, code, err)
	}
	if !e.closing {
		out.Append(parse.FIN|uint8(parse.Close), payload)
	}
	e.finish()
	return ErrClosed
}
