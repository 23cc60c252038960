package conform

import (
	"fmt"
	"slices"
	"strings"
)

// beyond returns group x: what groups 1 to 10 leave out.
func beyond() []Case {
	return slices.Concat(
		// Codes that IANA has registered since RFC 6455, and one that no
		// endpoint may send (section 7.4.1).
		codes("x.1", "close code", registeredCode, 1012, 1013, 1014, 1015),
		numbered("x.2", wrongLengths()...),
		numbered("x.3", wrongMasks()...),
		numbered("x.4", cutHeaders()...),
		numbered("x.5", acrossPings()...),
		numbered("x.6", unfinished()...),
		numbered("x.7", moreClosing()...),
		numbered("x.8", behindViolations()...),
		numbered("x.9", streams()...),
	)
}

func registeredCode(code int) Closing {
	if code == 1015 {
		return rejected
	}
	return echoedCode(code)
}

// wrongLengths returns payload lengths not in their shortest form, which
// section 5.2 forbids.
func wrongLengths() []Case {
	long := func(first uint8, form Form, n int) Case {
		names := [...]string{Extended: "16 bits", Long: "64 bits", TopBit: "64 bits, the top one set"}
		title := fmt.Sprintf("%s of %d bytes, its length in %s", frameName(first), n, names[form])
		return fails(title, send(Frame{First: first, Data: Data{"*", n}, Form: form}))
	}
	ending := long(shut, Extended, 2)
	ending.Steps[0].Frame.Data = literal(closePayload(1000, ""))
	return []Case{
		long(text, Extended, 0), long(text, Extended, 125),
		long(bin, Long, 0), long(bin, Long, 125), long(bin, Long, 126), long(bin, Long, 65535),
		long(bin, TopBit, 125), long(bin, TopBit, 65536),
		long(ping, Extended, 125), long(ping, Long, 125), long(pong, Extended, 0), ending,
	}
}

func frameName(first uint8) string {
	switch first & 0x0F {
	case opPing:
		return "ping"
	case opPong:
		return "pong"
	case opClose:
		return "close frame"
	}
	return opName(first)
}

// wrongMasks returns frames of a client without masking-key, or of a server
// with one (section 5.1).
func wrongMasks() []Case {
	flip := func(first uint8, payload string) Case {
		return fails(frameName(first)+", its mask bit wrong",
			send(Frame{First: first, Data: literal(payload), FlipMask: true}))
	}
	behind := behindMessage(flip(text, hello))
	behind.Title += ", behind a message"
	return []Case{flip(text, hello), flip(text, ""), flip(bin, hello), flip(ping, hello), flip(shut, closePayload(1000, "")), behind}
}

// cutHeaders returns frames that come in two parts, the first of which ends at
// each byte of the header.
func cutHeaders() (list []Case) {
	for _, h := range []struct{ size, payload int }{{6, 5}, {8, 126}, {14, 65536}} {
		for at := 1; at < h.size; at++ {
			f := Frame{First: text, Data: Data{textPattern, h.payload}, Pieces: Pieces{Size: at, Pause: pause, Two: true}}
			list = append(list, echoes(fmt.Sprintf("text of %s, a pause behind byte %d", size(h.payload), at), f, kill(1)))
		}
	}
	return list
}

// acrossPings returns texts with pings between the bytes of a code point.
func acrossPings() []Case {
	spread := func(parts ...string) Case {
		c := Case{Title: "pings within a code point", Close: normal, Timer: kill(1)}
		first := uint8(opText)
		for _, part := range parts[:len(parts)-1] {
			c.Steps = append(c.Steps, frame(first, part), frame(ping, part))
			c.Want = append(c.Want, pongEvent(part))
			first = more
		}
		c.Steps = append(c.Steps, frame(last, parts[len(parts)-1]))
		c.Want = append(c.Want, textEvent(strings.Join(parts, "")))
		return c
	}
	invalid := spread("\xE2\x82", "(")
	invalid.Title += " that it does not complete"
	invalid.Want, invalid.NonStrict, invalid.Close = invalid.Want[:1], nothing, invalidData
	return []Case{
		spread(greek[:1], greek[1:]), spread("\xE2", "\x82", "\xAC"),
		spread("\xF0", "\x90", "\x80", "\x80"), spread("", "\xF0\x90", "", "\x80\x80"), invalid,
	}
}

// unfinished returns texts whose bytes so far are invalid, and whose rest never
// comes: an endpoint that checks only whole messages, or only whole frames,
// waits for it.
func unfinished() []Case {
	held := func(first uint8, s string, sent int) Step {
		return send(Frame{First: first, Data: literal(s), Hold: len(s) - sent})
	}
	return []Case{
		notText("invalid first fragment, no more", frame(opText, "\xFF")),
		notText("invalid code point begun, no more", frame(opText, greek+"\xF4\x90")),
		notText("invalid second fragment, no more", frame(opText, greek+"\xF4"), frame(more, "\x90")),
		notText("invalid within a frame whose end never comes", held(text, above, 13)),
		notText("invalid within a fragment whose end never comes", held(opText, above, 13)),
		notText("invalid within a later fragment whose end never comes", frame(opText, above[:12]), held(last, above[12:], 1)),
		notText("invalid in the first KiB of a frame of 1 MiB", send(Frame{First: text, Data: Data{"\xC0", mib}, Hold: mib - kib})),
	}
}

// moreClosing returns closing handshakes that group 7 does not have.
func moreClosing() []Case {
	inOne := ends("message and close frame in one write", answered, frame(text, hello), normalClose)
	inOne.Want, inOne.Stream = events(textEvent(hello)), 64*kib
	return []Case{
		byByte(ends("close frame", answered, closeCode(1000, greek))),
		ends("close reason of 123 bytes that are not ASCII", answered, closeCode(1000, strings.Repeat("é", 61)+"!")),
		inOne,
		ends("close frame within a code point of a text", answered, frame(opText, "\xCE"), normalClose),
		ends("close reason ends within a code point", badReason, closeCode(1000, "\xCE")),
		fails("fragmented close frame", frame(opClose, closePayload(1000, ""))),
	}
}

// behindViolations returns frames to refuse with much behind them: an endpoint
// that closes its socket with that unread sends RST, which may overtake its
// close frame.
func behindViolations() []Case {
	rest := slices.Repeat(steps(send(Frame{First: bin, Data: Data{binaryPattern, 64 * kib}})), 16)
	bits := fails("RSV1, then 1 MiB", frame(rsv(text, 4), hello))
	bits.Steps = append(bits.Steps, rest...)
	return []Case{bits, notText("invalid text, then 1 MiB", append(steps(frame(text, "\xFF")), rest...)...)}
}

// streams returns many frames of every kind, cut without regard to where they
// begin.
func streams() (list []Case) {
	var s []Step
	var want []Event
	for i := range 60 {
		d := Data{fmt.Sprintf("%d-é ", i), i * 7}
		d.N = len(strings.ToValidUTF8(string(d.append(nil, 0, d.N)), ""))
		part := Data{d.Unit, i}
		s = append(s, send(Frame{First: text, Data: d}), send(Frame{First: ping, Data: part}),
			send(Frame{First: bin, Data: part, Each: 16}))
		want = append(want, Event{Text, d}, Event{Pong, part}, Event{Binary, part})
	}
	for _, n := range []int{64 * kib, 1000, 97, 7} {
		list = append(list, Case{
			Title: fmt.Sprintf("180 messages and pings in pieces of %s", size(n)),
			Steps: s, Want: want, PongsApart: true, Close: normal, Timer: kill(10), Stream: n,
		})
	}
	return list
}
