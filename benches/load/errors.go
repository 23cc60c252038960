package load

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrorKind is what went wrong with a connection or an answer.
type ErrorKind string

// The kinds of errors.
const (
	Corrupted  ErrorKind = "corrupted"  // answers that differ from what was sent
	Unanswered ErrorKind = "unanswered" // messages in flight when the drain's time was over
	Closed     ErrorKind = "closed"     // connections that the server closed by a close frame
	EOF        ErrorKind = "EOF"        // connections that it ended without one
	Reset      ErrorKind = "reset"      // connections reset
	Unopened   ErrorKind = "unopened"   // connections in the place of others that could not be opened
	Protocol   ErrorKind = "protocol"   // connections on which it broke the protocol
	Failed     ErrorKind = "failed"     // connections on which a system call failed otherwise
	Status     ErrorKind = "status"     // answers of HTTP with another status than 200
)

// ErrorKinds are all kinds, in the order in which they are shown.
var ErrorKinds = []ErrorKind{Corrupted, Unanswered, Closed, EOF, Reset, Unopened, Protocol, Failed, Status}

// Unit returns the unit of a number of errors of the kind.
func (k ErrorKind) Unit() string { return string(k) + "-errors" }

// what returns what n errors of the kind are of.
func (k ErrorKind) what(n int64) string {
	if k == Status {
		return "answered by another status than 200"
	}
	of := "connection"
	if k == Unanswered {
		of = "message"
	}
	if n > 1 {
		of += "s"
	}
	return fmt.Sprintf("%s lost (%s)", of, k)
}

// closedError is a close frame of the server.
type closedError struct{ text string }

func (e closedError) Error() string { return e.text }

// Kind returns what kind of end it was.
func (e *LostError) Kind() ErrorKind {
	var errno syscall.Errno
	switch {
	case errors.As(e.Err, new(openError)):
		return Unopened
	case errors.As(e.Err, new(closedError)):
		return Closed
	case errors.Is(e.Err, errEOF):
		return EOF
	case errors.Is(e.Err, syscall.ECONNRESET), errors.Is(e.Err, syscall.EPIPE):
		return Reset
	case errors.As(e.Err, &errno):
		return Failed
	}
	return Protocol
}

// endure counts err, where it is of a connection and the run is to go on without
// that. It returns err where the run ends.
func (t *thread) endure(err error) error {
	if err == nil || !t.group.cfg.Endure {
		return err
	}
	return t.lose(err)
}

// lose does what endure does with an error.
func (t *thread) lose(err error) error {
	var lost *LostError
	if !errors.As(err, &lost) {
		return err
	}
	t.fails(lost.Kind(), 1)
	c := &t.conns[lost.Conn-t.first]
	t.flying -= c.inFlight(t.ring)
	c.head, c.credit, c.out, c.unsent, c.full = c.tail, 0, nil, true, false // none may send on it
	if c.opening {
		t.opened(c)
	}
	c.drop()
	if t.left() == 0 {
		return err
	}
	return nil
}

// fails counts errors of a kind.
func (t *thread) fails(kind ErrorKind, n int64) {
	if t.errors == nil {
		t.errors = map[ErrorKind]int64{}
	}
	t.errors[kind] += n
}
