package conform

import (
	"slices"
	"strings"
	"time"
)

// Case is one connection: what is sent, what must come back, and how it must
// end. The player is "us" in it, the endpoint under test the "peer".
type Case struct {
	ID    string // "group.number" or "group.subgroup.number"
	Title string // what is tested, a few words
	Steps []Step
	Want  []Event // what must come, in order, and nothing else
	Close Closing
	Timer Timer

	// NonStrict are lists that Autobahn also accepts, as NON-STRICT.
	NonStrict [][]Event
	// PongsApart: pongs may come before the answers to messages that were sent before
	// the pings, as NON-STRICT: RFC 6455, section 5.5.2, has them come as soon as is
	// practical. Among themselves pongs keep their order, and messages theirs.
	PongsApart bool
	// Informational cases are recorded by Autobahn and not judged. The strict
	// verdict judges them.
	Informational bool
	// LengthOnly: Autobahn compares type and length of messages, and not their
	// contents. The strict verdict compares those too.
	LengthOnly bool
	// Stream makes frames one stream that is written in pieces of so many
	// bytes, across the boundaries of frames. 0: as the steps say.
	Stream int
}

// Group returns what is before the id's first dot.
func (c *Case) Group() string {
	group, _, _ := strings.Cut(c.ID, ".")
	return group
}

// arranged returns Want in the order of got, as far as the case leaves it open.
func (c *Case) arranged(got []Event) []Event {
	if !c.PongsApart {
		return c.Want
	}
	want := slices.Clone(c.Want)
	for i, e := range got[:min(len(got), len(want))] {
		next := slices.IndexFunc(want[i:], func(w Event) bool { return (w.Kind == Pong) == (e.Kind == Pong) })
		if next < 0 {
			break
		}
		w := want[i+next]
		copy(want[i+1:i+next+1], want[i:])
		want[i] = w
	}
	return want
}

// closesItself reports whether a step is our close frame.
func (c *Case) closesItself() bool {
	return slices.ContainsFunc(c.Steps, func(s Step) bool { return s.Closes })
}

// Step is one thing to do; one of its first four fields is set.
type Step struct {
	Frame *Frame        // send it
	More  int           // send so many more payload bytes of the last Frame
	Await bool          // wait until as many events have come as there were Awaits
	Wait  time.Duration // and go on only if neither side has closed by then

	Due    bool   // of a Wait: the peer is to close within it, and has more time on a busy machine
	Tag    string // of a Wait: its end, if gone on then, is an event of this name
	Closes bool   // the Frame begins our part of the closing handshake
}

// Frame is a frame to send. Its masking-key is random.
type Frame struct {
	First    uint8 // FIN, RSV1 to RSV3 and opcode, as on the wire
	Data     Data
	Each     int  // not 0: the message is cut in fragments of so many bytes
	Hold     int  // payload bytes announced, but left to following More steps
	Form     Form // of the payload length
	FlipMask bool // masked where it must not be, or not masked where it must
	Pieces   Pieces
}

// Pieces is how a frame reaches the socket.
type Pieces struct {
	Size  int           // bytes that are written at once; 0: the frame
	Pause time.Duration // behind each piece
	Two   bool          // only the first piece has Size, the rest of the frame is the second
}

// Form is how a payload length is written (RFC 6455, section 5.2).
type Form uint8

// The forms; all but Minimal are wrong for some or all lengths.
const (
	Minimal  Form = iota
	Extended      // 16 bits
	Long          // 64 bits
	TopBit        // 64 bits, the most significant of them set
)

// Data is N bytes: Unit again and again, cut off at N. It is the payload of a
// large message in a few bytes.
type Data struct {
	Unit string
	N    int
}

func literal(s string) Data { return Data{s, len(s)} }

// append appends the bytes from up to to of d.
func (d Data) append(b []byte, from, to int) []byte {
	for from < to {
		part := d.Unit[from%len(d.Unit):]
		part = part[:min(len(part), to-from)]
		b = append(b, part...)
		from += len(part)
	}
	return b
}

// equal reports whether d and e are the same bytes.
func (d Data) equal(e Data) bool { return d.N == e.N && d.differ(e) < 0 }

// differ returns the first index at which both have a byte and not the same
// one; -1 where there is none.
func (d Data) differ(e Data) int {
	n := min(d.N, e.N)
	for at := 0; at < n; {
		a, b := d.Unit[at%len(d.Unit):], e.Unit[at%len(e.Unit):]
		k := min(len(a), len(b), n-at)
		if a[:k] != b[:k] {
			for a[0] == b[0] {
				a, b, at = a[1:], b[1:], at+1
			}
			return at
		}
		at += k
	}
	return -1
}

// Kind is the kind of an Event.
type Kind uint8

// The kinds. Pings of the peer are answered, and are no events.
const (
	Text Kind = iota
	Binary
	Pong
	Elapsed // a Wait ended; Data is its tag
)

// Event is what is seen on a connection, in order.
type Event struct {
	Kind Kind
	Data Data // a message's or a pong's payload
}

// Side is one end of the connection.
type Side uint8

// The sides.
const (
	Nobody Side = iota
	Us
	Peer
)

// Closing is how the connection must end.
type Closing struct {
	By    Side  // who sends the first close frame
	Codes []int // that the peer's close frame may carry; none always may
	Clean bool  // close frames both ways are due, and the server's end of TCP

	// With Autobahn, what else of the closing makes behavior FAILED.
	CodeFails bool // a wrong code
	UsFails   bool // our close frame is the first
}

// Timer ends a case that has not ended by itself. It is counted from the last
// Wait, or else from the beginning. After is Autobahn's time; Config.Timeout
// says how much more a peer has. With Kill, the timer sends close code 1001,
// and drops a connection that is already closing. Otherwise it sends an empty
// close frame, unless the connection is closing.
type Timer struct {
	After time.Duration
	Kill  bool
}
