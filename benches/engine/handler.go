package engine

import "wsbench/parse"

// Action is what the engine does with a message after the handler has seen it.
type Action uint8

// The actions.
const (
	Discard Action = iota
	Echo           // send it back as it now stands
)

// Handler gets the messages of a connection.
type Handler interface {
	// Message is called once per message, whole and unmasked. The payload of
	// a Text is valid UTF-8. The handler may change payload in place, and must
	// not keep it. What the handler sends by out.Send goes out before the echo.
	Message(out *Output, op parse.Opcode, payload []byte) Action
}

// Part is what has arrived of a message: a frame's payload, or a part of it.
type Part struct {
	Op          parse.Opcode // of the message: Text or Binary
	Payload     []byte       // unmasked; not to be kept; may be empty
	First, Last bool         // of its message; both, where it came at once
}

// PartHandler gets the messages of a connection as they arrive, without
// waiting for their ends. Where parts begin and end depends on how the bytes
// came; a part of a text may end within a code point, but never holds a byte
// that no valid text can have there.
type PartHandler interface {
	// Part is called for each part, in order. Echo sends it as a fragment;
	// a handler echoes either all parts of a message or none.
	Part(out *Output, p Part) Action
}

func (e *Engine) handle(out *Output, op parse.Opcode, payload []byte) Action {
	if e.cfg.Handler == nil {
		return Echo
	}
	return e.allowed(e.cfg.Handler.Message(out, op, payload))
}

// allowed returns the action a, unless the handler has closed the connection.
func (e *Engine) allowed(a Action) Action {
	if e.closing {
		return Discard
	}
	return a
}

// reserve returns where a handler is shown the payload in[at:at+length]; commit
// answers with what then stands there. Where answers are copied that is the
// payload itself, so that what the handler sends may go out before.
func (e *Engine) reserve(in []byte, at, length int, out *Output) []byte {
	if e.copied(out) {
		return in[at : at+length]
	}
	return out.Reserve(at, length)
}

func (e *Engine) commit(first uint8, place []byte, out *Output) {
	if e.copied(out) {
		out.Append(first, place)
		return
	}
	out.Commit(first)
}

func (e *Engine) copied(out *Output) bool {
	return (e.cfg.Handler != nil || e.cfg.Parts != nil) && out.mode() == Copy
}
