package conform

import (
	"cmp"
	"fmt"
	"strings"
)

// shown is how many bytes of a payload, and how many events of a list, are
// put in words.
const (
	shownBytes  = 24
	shownEvents = 8
)

var kindNames = [...]string{"text", "binary", "pong", "timer"}

// String returns the event in a few words, however large it is.
func (e Event) String() string {
	if e.Kind == Elapsed {
		return fmt.Sprintf("%s %s", kindNames[e.Kind], e.Data.Unit)
	}
	head := e.Data.append(nil, 0, min(e.Data.N, shownBytes))
	if e.Data.N <= shownBytes {
		return fmt.Sprintf("%s %q", kindNames[e.Kind], head)
	}
	return fmt.Sprintf("%s %q... (%d bytes)", kindNames[e.Kind], head, e.Data.N)
}

// inWords returns events in words.
func inWords(events []Event) string {
	var words []string
	for _, e := range events[:min(len(events), shownEvents)] {
		words = append(words, e.String())
	}
	list := strings.Join(words, ", ")
	if n := len(events) - shownEvents; n > 0 {
		list += fmt.Sprintf(" and %d more", n)
	}
	return cmp.Or(list, "nothing")
}

// difference returns where got departs from want.
func difference(want, got []Event) string {
	for i, e := range got {
		switch {
		case i >= len(want) && e.Kind == Elapsed:
			return fmt.Sprintf("it did not act before %v", e)
		case i >= len(want):
			return fmt.Sprintf("more came than was expected: %v", e)
		case same(want[i], e, false):
			continue
		case e.Kind != want[i].Kind || e.Data.N != want[i].Data.N:
			return fmt.Sprintf("event %d is %v, want %v", i+1, e, want[i])
		}
		at := want[i].Data.differ(e.Data)
		return fmt.Sprintf("event %d: byte %d of the payload is %#02x, want %#02x",
			i+1, at, e.Data.append(nil, at, at+1)[0], want[i].Data.append(nil, at, at+1)[0])
	}
	return fmt.Sprintf("%d of %d events came; %v is missing", len(got), len(want), want[len(got)])
}

// Expected returns what must come, in words.
func (c *Case) Expected() string {
	who := "we close"
	if c.Close.By == Peer {
		who = "it closes"
	}
	return fmt.Sprintf("%s; %s, its code %s", inWords(c.Want), who, oneOf(c.Close.Codes))
}

func oneOf(codes []int) string {
	words := make([]string, len(codes))
	for i, c := range codes {
		words[i] = fmt.Sprint(c)
	}
	return either(words)
}

// either returns words as "a, b or c".
func either(words []string) string {
	if n := len(words) - 1; n > 0 {
		return strings.Join(words[:n], ", ") + " or " + words[n]
	}
	return strings.Join(words, "")
}

// String returns what was seen, in words.
func (r *record) String() string {
	if r.refused != nil {
		return "no connection"
	}
	return inWords(r.got) + "; " + r.closed() + ", " + [...]string{"FIN", "RST", "we dropped TCP", "we dropped TCP", "we dropped TCP, out of time"}[r.end]
}

func (r *record) closed() string {
	code := "no code"
	if r.code != 0 {
		code = fmt.Sprintf("code %d", r.code)
	}
	switch {
	case r.first == Peer:
		return "it closed, " + code
	case r.first == Us && r.came:
		return "we closed, it answered, " + code
	case r.first == Us:
		return "we closed, no close frame came"
	}
	return "no close frame came"
}
