package engine

import (
	"errors"
	"math"
	"strings"

	"wsbench/mask"
	"wsbench/parse"
	"wsbench/scratch"
)

// Config is what the engines of a server have in common. It must not change
// while one uses it.
type Config struct {
	Kernel  mask.Kernel
	Parser  parse.Parser    // reads frame headers
	UTF8    parse.Validator // checks text; parse.ValidOff: text is not checked, and taken as binary messages are
	Each    bool            // short frames are taken one by one, as others are, not as a run
	Client  bool            // the client's end: frames come unmasked, answers are masked
	Handler Handler         // gets whole messages; nil: every one is echoed
	Parts   PartHandler     // if not nil, gets messages in parts instead of Handler

	// Whole is the longest frame, header included, bytes, that is awaited
	// whole: its owner can then keep it in front of the receive buffer, and it
	// is answered in place. What arrives of a longer one is taken as it comes.
	// 0: scratch.DefaultSize.
	Whole int

	Limits
	Pool *scratch.Pool // where messages are assembled
}

// Limits bound what a peer may ask for. The engine closes a connection that
// passes one.
type Limits struct {
	MaxMessage   int64 // bytes per message; more closes with 1009. 0: DefaultMaxMessage
	MaxFragments int   // frames per message; more closes with 1008. 0: DefaultMaxFragments
	MaxControl   int   // control frames per second; more closes with 1008. 0: DefaultMaxControl
}

// Limits where Config has none.
const (
	DefaultMaxMessage   = 16 << 20
	DefaultMaxFragments = 1 << 18 // the longest message in fragments of 64 bytes
	DefaultMaxControl   = 1 << 16 // well above what pings in lock step come to
)

// OrDefaults returns l with defaults in place of zeros.
func (l Limits) OrDefaults() Limits {
	if l.MaxMessage == 0 {
		l.MaxMessage = DefaultMaxMessage
	}
	if l.MaxFragments == 0 {
		l.MaxFragments = DefaultMaxFragments
	}
	if l.MaxControl == 0 {
		l.MaxControl = DefaultMaxControl
	}
	l.MaxMessage = min(l.MaxMessage, MostMaxMessage)
	return l
}

// MostMaxMessage bounds Limits.MaxMessage, in bytes: the sum of a frame's
// length and its header's fits an int.
const MostMaxMessage = math.MaxInt - parse.MaxHeader

// ErrClosed ends a connection whose closing handshake is complete.
var ErrClosed = errors.New("engine: closed")

// What Process refuses besides what package parse does.
var (
	ErrTooBig      = errors.New("engine: message over the size limit")
	ErrFragments   = errors.New("engine: message in more fragments than the limit")
	ErrControls    = errors.New("engine: more control frames per second than the limit")
	ErrNotUTF8     = errors.New("engine: text message is not UTF-8")
	ErrNoMessage   = errors.New("engine: continuation frame without a message to continue")
	ErrInterleaved = errors.New("engine: new message before the last fragment of another")
)

// Progress is how far Process came.
type Progress struct {
	Consumed int // bytes answered or taken; the rest begins a split frame
	Need     int // bytes that frame takes at least; 0 where nothing is left
	Frames   int // frames that ended among the consumed bytes
}

// Engine is one end of a connection after the opening handshake. Every idle
// connection has one: its 32 bytes are an allocation size of Go's.
type Engine struct {
	cfg      *Config
	msg      *message // what does not come as one whole frame; nil before the first
	second   controls
	closing  bool // our close frame is sent, the peer's is due
	finished bool
}

// New makes an engine. Engines share cfg where it leaves nothing to defaults;
// see WithDefaults.
func New(cfg *Config) *Engine {
	if full := cfg.WithDefaults(); cfg.Whole != full.Whole || cfg.Limits != full.Limits {
		cfg = &full
	}
	return &Engine{cfg: cfg}
}

// WithDefaults returns c with defaults in place of zeros.
func (c Config) WithDefaults() Config {
	if c.Whole == 0 {
		c.Whole = scratch.DefaultSize
	}
	c.Limits = c.Limits.OrDefaults()
	return c
}

// Process handles what in begins with, most frames at most (0: all), and puts
// the answer into out, which begins anew. in is overwritten and must stay
// untouched until out is sent. What Progress leaves unconsumed must be the
// beginning of the next call's in.
//
// An error ends the connection once out is sent, which then holds the close
// frame that is due: ErrClosed after a closing handshake, else what the peer
// did wrong.
func (e *Engine) Process(in []byte, out *Output, most int) (p Progress, err error) {
	out.Begin(in)
	out.masked = e.cfg.Client
	switch {
	case e.finished:
		p.Consumed = len(in)
		return p, ErrClosed
	case e.msg != nil && e.msg.left > 0:
		if err := e.more(in, &p, out); err != nil {
			return p, err
		}
	}
	quick := most == 0 && e.cfg.Parts == nil && !e.cfg.Each
	var tally Tally
	if quick && e.cfg.Handler != nil {
		tally, _ = e.cfg.Handler.(Tally)
	}
	for p.Consumed < len(in) && (most == 0 || p.Frames < most) {
		if tally != nil && e.plain() {
			if err := e.tally(tally, in, &p, out); err != nil {
				return p, err
			}
			if p.Consumed == len(in) {
				break
			}
		} else if quick && out.inEnd > 0 && e.plain() {
			if err := e.run(in, &p, out); err != nil {
				return p, err
			}
			if p.Consumed == len(in) {
				break
			}
		}
		if err := e.next(in, &p, out); err != nil || p.Need > 0 {
			return p, err
		}
	}
	return p, nil
}

// plain reports whether any data frame that comes now begins a message.
func (e *Engine) plain() bool { return !e.closing && (e.msg == nil || !e.msg.open) }

// next handles the frame that in[p.Consumed:] begins with, or what of it is
// there.
func (e *Engine) next(in []byte, p *Progress, out *Output) error {
	rest := in[p.Consumed:]
	h, need, err := e.header(rest)
	if err != nil {
		return e.fail(out, parse.CloseProtocolError, err)
	}
	if need > 0 {
		p.Need = len(rest) + need
		return nil
	}
	if err := e.admit(h, out); err != nil {
		return err
	}
	at, size := p.Consumed+int(h.Size), int(h.Size)+int(h.Length)
	switch {
	case len(rest) >= size:
		p.Consumed += size
		p.Frames++
		return e.frame(h, in, at, out)
	case e.taken(h, size):
		p.Consumed = len(in)
		return e.begin(h, in, at, out)
	}
	p.Need = size
	return e.peek(h, in[at:], out)
}

// header parses the header that b begins with.
func (e *Engine) header(b []byte) (h parse.Header, need int, err error) {
	if e.cfg.Parser != parse.Fast {
		return e.cfg.Parser.Header(b, e.from())
	}
	return parse.ParseHeader(b, e.from())
}

// from returns whose frames Process reads.
func (e *Engine) from() parse.Sender {
	if e.cfg.Client {
		return parse.FromServer
	}
	return parse.FromClient
}

// admit refuses a frame by its header, before its payload has to be awaited.
func (e *Engine) admit(h parse.Header, out *Output) error {
	op := h.Opcode()
	open, have := false, int64(0)
	if e.msg != nil && e.msg.open {
		open, have = true, e.msg.size
	}
	switch {
	case op.Control():
		return nil
	case op == parse.Continuation && !open && !e.closing:
		return e.fail(out, parse.CloseProtocolError, ErrNoMessage)
	case op != parse.Continuation && open && !e.closing:
		return e.fail(out, parse.CloseProtocolError, ErrInterleaved)
	case h.Length > e.cfg.MaxMessage-have:
		return e.fail(out, parse.CloseTooBig, ErrTooBig)
	}
	return nil
}

// fail answers with a close frame of this code, unless one was sent already.
func (e *Engine) fail(out *Output, code int, why error) error {
	if !e.closing {
		out.sendClose(code, "")
	}
	e.finish()
	return why
}

func (e *Engine) finish() {
	e.finished = true
	e.Release()
}

// Release gives back what the engine holds of the pool. Call it when the
// connection ends. The engine must not be used afterwards.
func (e *Engine) Release() {
	if e.msg != nil {
		e.cfg.Pool.Put(e.msg.buf)
		e.msg = nil
	}
}

// Ping adds a ping to out, which the caller has begun: a live peer answers.
func (e *Engine) Ping(out *Output) { e.Send(parse.Ping, nil, out) }

// Send adds a message of this side's own, or a control frame of at most 125
// bytes, to out, which the caller has begun: for the time between two calls of
// Process. Nothing follows a close frame.
func (e *Engine) Send(op parse.Opcode, payload []byte, out *Output) {
	if !e.closing && !e.finished {
		out.masked = e.cfg.Client
		out.Send(op, payload)
	}
}

// Close begins the closing handshake from this side (section 7.1.2): the close
// frame is added to out, which the caller has begun; a handler may call it with
// the out it was given. Data that still arrives is discarded, and Process
// returns ErrClosed upon the peer's close frame; that it comes is the caller's
// to bound in time. A code that may not be sent (section 7.4) becomes 1011, and
// what is no UTF-8 in the reason U+FFFD; code 0 and no reason is a close frame
// without either.
func (e *Engine) Close(code int, reason string, out *Output) {
	if e.closing || e.finished {
		return
	}
	if !parse.ValidCloseCode(code) && (code != 0 || reason != "") {
		code = parse.CloseInternalError
	}
	out.masked = e.cfg.Client
	out.sendClose(code, strings.ToValidUTF8(reason, "\uFFFD"))
	e.closing = true
}
