package engine

import (
	"errors"

	"wsbench/mask"
	"wsbench/parse"
	"wsbench/scratch"
)

// Action is what a Handler wants done with a message.
type Action uint8

// The actions.
const (
	Discard Action = iota
	Echo           // send it back as it now stands
)

// Handler gets the messages of a connection.
type Handler interface {
	// Message is called once a message, whole and unmasked; the text of a
	// Text one is valid UTF-8. payload may be changed in place; it is the
	// handler's until it returns.
	Message(op parse.Opcode, payload []byte) Action
}

// DefaultMaxMessage is how long a message may be, octets.
const DefaultMaxMessage = 16 << 20

// Config is what the engines of a server have in common. It is not changed
// while one uses it.
type Config struct {
	Kernel     mask.Kernel
	Handler    Handler       // nil: every message is echoed
	MaxMessage int64         // octets; longer ones close with 1009. 0: DefaultMaxMessage
	Pool       *scratch.Pool // where fragmented messages are assembled
}

// ErrClosed ends a connection whose closing handshake is complete.
var ErrClosed = errors.New("engine: closed")

// What Process refuses besides what package parse does.
var (
	ErrTooBig      = errors.New("engine: message over the size limit")
	ErrNotUTF8     = errors.New("engine: text message is not UTF-8")
	ErrNoMessage   = errors.New("engine: continuation frame without a message to continue")
	ErrInterleaved = errors.New("engine: new message before the last fragment of another")
)

// Progress is what Process did with its input.
type Progress struct {
	Consumed int // octets answered or taken; the rest begins a split frame
	Need     int // octets that frame takes at least; 0 where nothing is left
	Frames   int // whole frames among the consumed octets
}

// Engine is the server's end of one connection after the opening handshake.
type Engine struct {
	cfg *Config
	msg []byte // a fragmented message so far, behind headroom for its header

	text     parse.UTF8
	op       parse.Opcode // of the fragmented message
	inside   bool         // between its first and last fragment
	closing  bool         // our close frame is sent, the peer's is due
	finished bool
}

// New makes an engine.
func New(cfg *Config) *Engine { return &Engine{cfg: cfg} }

// headroom is what a message under assembly leaves free in front.
const headroom = parse.MaxServerHeader

// Process handles the whole frames that in begins with, most of them at most
// (0: all), and puts the answer into out, which begins anew. in is overwritten
// and must stay untouched until out is sent. What Progress leaves unconsumed
// must be the beginning of the next call's in.
//
// An error ends the connection once out is sent, which then holds the close
// frame that is due: ErrClosed after a closing handshake, else what the peer
// did wrong.
func (e *Engine) Process(in []byte, out *Output, most int) (p Progress, err error) {
	out.Begin(in)
	if e.finished {
		p.Consumed = len(in)
		return p, ErrClosed
	}
	for p.Consumed < len(in) && (most == 0 || p.Frames < most) {
		rest := in[p.Consumed:]
		h, need, err := parse.ParseHeader(rest, parse.FromClient)
		if err != nil {
			return p, e.fail(out, parse.CloseProtocolError, err)
		}
		if need > 0 {
			p.Need = len(rest) + need
			return p, nil
		}
		if err := e.admit(h, out); err != nil {
			return p, err
		}
		size := int(h.Size) + int(h.Length)
		if len(rest) < size {
			p.Need = size
			return p, nil
		}
		payload := p.Consumed + int(h.Size)
		p.Consumed += size
		p.Frames++
		if err := e.frame(h, in, payload, out); err != nil {
			return p, err
		}
	}
	return p, nil
}

// admit refuses a frame by its header, before its payload has to be awaited.
func (e *Engine) admit(h parse.Header, out *Output) error {
	op := h.Opcode()
	switch {
	case op.Control():
		return nil
	case h.Length > e.limit()-int64(e.assembled()):
		return e.fail(out, parse.CloseTooBig, ErrTooBig)
	case e.closing:
		return nil
	case op == parse.Continuation && !e.inside:
		return e.fail(out, parse.CloseProtocolError, ErrNoMessage)
	case op != parse.Continuation && e.inside:
		return e.fail(out, parse.CloseProtocolError, ErrInterleaved)
	}
	return nil
}

func (e *Engine) limit() int64 {
	if e.cfg.MaxMessage > 0 {
		return e.cfg.MaxMessage
	}
	return DefaultMaxMessage
}

func (e *Engine) assembled() int { return max(len(e.msg)-headroom, 0) }

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

// fail answers with a close frame of this code, unless one was sent already.
func (e *Engine) fail(out *Output, code int, why error) error {
	if !e.closing {
		e.appendClose(out, code, "")
	}
	e.finish()
	return why
}

func (e *Engine) finish() {
	e.finished = true
	e.Release()
}

// Release gives back what the engine holds of the pool. It is called when the
// connection ends; the engine is not used afterwards.
func (e *Engine) Release() {
	if e.msg != nil {
		e.cfg.Pool.Put(e.msg)
		e.msg = nil
	}
}

// Close begins the closing handshake from this side (section 7.1.2): out,
// begun anew, holds the close frame. Data that still arrives is discarded, and
// Process returns ErrClosed upon the peer's close frame.
func (e *Engine) Close(code int, reason string, out *Output) {
	out.Begin(nil)
	if e.closing || e.finished {
		return
	}
	e.appendClose(out, code, reason)
	e.closing = true
}

func (e *Engine) appendClose(out *Output, code int, reason string) {
	var b [parse.MaxControl]byte
	out.Append(parse.FIN|uint8(parse.Close), parse.AppendClose(b[:0], code, reason))
}
