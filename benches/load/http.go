package load

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"

	"wsbench/parse"
)

// Exchange is a request of HTTP/1.1 and the answer that is due.
type Exchange struct {
	Request []byte // whole; the connection is kept
	Body    []byte // of the answer, which has status 200 and a Content-Length
}

// checkHTTP refuses what does not go with exchanges.
func (c *Config) checkHTTP() error {
	switch {
	case c.Exchanges == nil:
		return nil
	case len(c.Exchanges) == 0:
		return errors.New("no exchanges: want one or more")
	case c.Mix != (Mix{}) || c.Payload != nil || c.Size != 0:
		return errors.New("exchanges are no messages: want neither a size, a payload nor a mix")
	case c.Turns > 0:
		return errors.New("connections of exchanges stay: want no turns")
	}
	c.Op = parse.Binary // what is neither text nor a ping
	return nil
}

// What bounds an answer, in bytes. Bodies are longest where nobody knows the right
// one.
const (
	longestHead = 8 << 10
	longestBody = 1 << 20
)

var (
	errLongHead = fmt.Errorf("the head of an answer is longer than %d bytes", longestHead)
	errLongBody = fmt.Errorf("the body of an answer is longer than %d bytes", longestBody)
)

// answer is what a thread expects of an exchange.
type answer struct {
	head []byte // of the latest right answer: the next one most often begins with the same
	body []byte
}

// newAnswers returns those of exchanges, for one thread; nil where there are none.
func newAnswers(list []Exchange) (answers []answer) {
	for _, x := range list {
		answers = append(answers, answer{body: x.Body})
	}
	return answers
}

// expected returns the answer that c awaits: its connections make the exchanges in
// turn, each from one of its own on.
func (t *thread) expected(c *conn) *answer {
	return &t.answers[(c.seq-uint64(t.first))%uint64(len(t.answers))]
}

// exchanged takes what was read from c, all of it, and accounts the answers that
// ended in it.
func (t *thread) exchanged(c *conn, b []byte) (err error) {
	ended := 0
	for err == nil && len(b) > 0 {
		a := t.expected(c)
		size := len(a.head) + len(a.body)
		if !c.mid && len(a.head) > 0 && len(b) >= size && bytes.HasPrefix(b, a.head) {
			c.in.bad = false
			t.compareBody(c, a, b[len(a.head):size], 0)
			t.statusOK++
			b = b[size:]
			c.seq++
			ended++
			continue
		}
		var end bool
		b, end, err = t.part(c, a, b)
		c.mid = !end
		if end {
			c.seq++
			ended++
		}
	}
	if e := t.account(c, ended, 0); e != nil {
		return e
	}
	return err
}

// part takes from b what belongs to the head or the body of one answer, and returns
// the rest. end tells that the answer is complete.
func (t *thread) part(c *conn, a *answer, b []byte) (rest []byte, end bool, err error) {
	in := &c.in
	if !in.message {
		if b, err = t.headPart(c, a, b); err != nil || !in.message {
			return b, false, err
		}
	}
	n := min(in.left, int64(len(b)))
	if !in.bad {
		t.compareBody(c, a, b[:n], in.at)
	}
	in.at += n
	in.left -= n
	in.message = in.left > 0
	return b[n:], !in.message, nil
}

// headPart takes from b what belongs to the head of an answer, which in.control
// collects. With the whole head in.message says that the body follows.
func (t *thread) headPart(c *conn, a *answer, b []byte) (rest []byte, err error) {
	in := &c.in
	if !c.mid {
		in.control = in.control[:0]
	}
	from := len(in.control)
	in.control = append(in.control, b[:min(len(b), longestHead+1-from)]...)
	end := bytes.Index(in.control[max(0, from-len(headEnd)+1):], headEnd)
	if end < 0 {
		if len(in.control) > longestHead {
			return nil, c.lost(errLongHead)
		}
		return nil, nil
	}
	end += max(0, from-len(headEnd)+1) + len(headEnd)
	in.control = in.control[:end]
	if err := t.head(c, a, in.control); err != nil {
		return nil, c.lost(err)
	}
	return b[end-from:], nil
}

var headEnd = []byte("\r\n\r\n")

// head reads the head of an answer.
func (t *thread) head(c *conn, a *answer, head []byte) error {
	status, length, err := parseHead(head)
	if err != nil {
		return err
	}
	in := &c.in
	in.message, in.bad, in.at, in.left = true, false, 0, length
	switch {
	case status != 200:
		t.refused(status)
		in.bad = true // its body is not what was asked for
	case length != int64(len(a.body)):
		t.statusOK++
		t.corrupt(c, fmt.Sprintf("its body has %d bytes, %d are right", length, len(a.body)))
	default:
		t.statusOK++
		a.head = append(a.head[:0], head...)
	}
	return nil
}

// refused counts an answer of another status than 200.
func (t *thread) refused(status int) {
	if t.statuses == nil {
		t.statuses = map[int]int64{}
	}
	t.statuses[status]++
	t.fails(Status, 1)
}

// compareBody compares b with the right body from byte at on.
func (t *thread) compareBody(c *conn, a *answer, b []byte, at int64) {
	want := a.body[min(at, int64(len(a.body))):]
	if len(b) <= len(want) && bytes.Equal(b, want[:len(b)]) {
		return
	}
	for i := range min(len(b), len(want)) {
		if b[i] != want[i] {
			t.corrupt(c, fmt.Sprintf("byte %d of its body is %q, %q is right", at+int64(i), b[i], want[i]))
			return
		}
	}
	t.corrupt(c, "its body is too long")
}

// Why the head of an answer is not taken.
var (
	errNotHTTP  = errors.New("the server sent something else than an answer of HTTP/1.1")
	errChunked  = errors.New("the server answers in chunks: only answers with a Content-Length are read")
	errNoLength = errors.New("an answer has no Content-Length")
	errLengths  = errors.New("an answer has a Content-Length that is no number, or two that differ")
)

// parseHead reads the head of an answer with a body (RFC 9112, sections 4 to 6).
func parseHead(head []byte) (status int, length int64, err error) {
	line, rest, _ := bytes.Cut(head, crlf)
	if len(line) < len("HTTP/1.1 200") || string(line[:9]) != "HTTP/1.1 " || len(line) > 12 && line[12] != ' ' {
		return 0, 0, errNotHTTP
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil || status < 200 {
		return 0, 0, errNotHTTP
	}
	length = -1
	for len(rest) > len(crlf) {
		line, rest, _ = bytes.Cut(rest, crlf)
		name, value, ok := bytes.Cut(line, colon)
		switch {
		case !ok || len(name) == 0:
			return 0, 0, errNotHTTP
		case bytes.EqualFold(name, transferEncoding):
			return 0, 0, errChunked
		case bytes.EqualFold(name, contentLength):
			n, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 63)
			if err != nil || length >= 0 && int64(n) != length || n > math.MaxInt32 {
				return 0, 0, errLengths
			}
			length = int64(n)
		}
	}
	if length < 0 {
		return 0, 0, errNoLength
	}
	return status, length, nil
}

var (
	crlf             = []byte("\r\n")
	colon            = []byte(":")
	transferEncoding = []byte("Transfer-Encoding")
	contentLength    = []byte("Content-Length")
)
