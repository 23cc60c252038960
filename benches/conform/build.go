package conform

import (
	"encoding/hex"
	"time"
)

// First bytes of frames (RFC 6455, section 5.2).
const (
	fin = 0x80

	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xA

	text = fin | opText
	bin  = fin | opBinary
	more = opContinuation       // a fragment between others
	last = fin | opContinuation // the last fragment
	ping = fin | opPing
	pong = fin | opPong
	shut = fin | opClose
)

// rsv returns the first byte with these RSV bits: 4 is RSV1, 1 is RSV3.
func rsv(first, bits uint8) uint8 { return first | bits<<4 }

func frame(first uint8, payload string) Step {
	return send(Frame{First: first, Data: literal(payload)})
}

func send(f Frame) Step { return Step{Frame: &f} }

func wait(tag string) Step { return Step{Wait: time.Second, Tag: tag} }

// due returns a wait within which the peer is to close.
func due(tag string) Step { return Step{Wait: time.Second, Tag: tag, Due: true} }

// closing returns our close frame with this payload.
func closing(payload Data) Step {
	s := send(Frame{First: shut, Data: payload})
	s.Closes = true
	return s
}

// closeCode returns our close frame with this code and reason.
func closeCode(code int, reason string) Step { return closing(literal(closePayload(code, reason))) }

func closePayload(code int, reason string) string {
	return string([]byte{uint8(code >> 8), uint8(code)}) + reason
}

// ends returns a case of these steps, to which nothing comes but how it ends.
func ends(title string, ending Closing, s ...Step) Case {
	return Case{Title: title, Steps: s, Close: ending, Timer: kill(1)}
}

// fails returns a case of steps that break the protocol.
func fails(title string, s ...Step) Case { return ends(title, protocolError, s...) }

// notText returns a case of a text that must be refused.
func notText(title string, s ...Step) Case { return ends(title, invalidData, s...) }

// passes returns a case of steps that bring about the events of want.
func passes(title string, want []Event, s ...Step) Case {
	return Case{Title: title, Steps: s, Want: want, Close: normal, Timer: gentle(1)}
}

// echoes returns a case of one message, which comes back.
func echoes(title string, f Frame, timer Timer) Case {
	return Case{Title: title, Steps: steps(send(f)), Want: events(echoOf(f.First, f.Data)), Close: normal, Timer: timer}
}

// byByte returns c with each frame written byte by byte.
func byByte(c Case) Case {
	c.Title += ", byte by byte"
	c.Steps = modify(c.Steps, func(f *Frame) { f.Pieces = Pieces{Size: 1, Pause: lull} })
	return c
}

// synced returns c with a pause behind each frame.
func synced(c Case) Case {
	c.Steps = modify(c.Steps, func(f *Frame) { f.Pieces = Pieces{Pause: lull} })
	return c
}

func modify(steps []Step, change func(*Frame)) []Step {
	changed := make([]Step, len(steps))
	for i, s := range steps {
		if s.Frame != nil {
			f := *s.Frame
			change(&f)
			s.Frame = &f
		}
		changed[i] = s
	}
	return changed
}

func steps(s ...Step) []Step { return s }

func textEvent(s string) Event { return Event{Text, literal(s)} }
func pongEvent(s string) Event { return Event{Pong, literal(s)} }

func events(e ...Event) []Event { return e }

// nothing is the list of no events, as one that is NON-STRICT.
var nothing = [][]Event{nil}

// echoOf returns the event that an unfragmented message must bring about.
func echoOf(first uint8, d Data) Event {
	if first&0x0F == opText {
		return Event{Text, d}
	}
	return Event{Binary, d}
}

// Ways to end: normal is by our close frame once all has come.
var (
	normal        = Closing{By: Us, Codes: []int{1000}, Clean: true}
	protocolError = Closing{By: Peer, Codes: []int{1002}}
	invalidData   = Closing{By: Peer, Codes: []int{1007}, UsFails: true}
)

func kill(seconds float64) Timer { return Timer{time.Duration(seconds * float64(time.Second)), true} }
func gentle(seconds int) Timer   { return Timer{After: time.Duration(seconds) * time.Second} }

// unhex returns the bytes that s has in hexadecimal.
func unhex(s string) string {
	b, err := hex.DecodeString(s)
	if err != nil {
		panic("conform: " + err.Error())
	}
	return string(b)
}
