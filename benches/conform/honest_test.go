package conform

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"slices"
	"time"
	"unicode/utf8"

	"wsbench/benches/internal/wsclient"
	"wsbench/parse/opening"
)

// honest is an echo server or client of its own lines that keeps to RFC 6455,
// and whose rules can be taken away, and acts replaced, one by one.
type honest struct {
	without []string // rules that it does not know
	echo    func(c *session, op uint8, payload []byte)
	pong    func(c *session, payload []byte)
	fail    func(c *session, code int)
	closed  func(c *session, payload []byte) // answers a close frame
	after   func(c *session, f *received)    // gets what comes behind a close frame
	end     func(c *session)                 // ends TCP
	ponged  func(c *session, payload []byte) // gets pongs

	// put sends a frame.
	put func(c *session, first uint8, payload []byte)
}

// session is one connection of it.
type session struct {
	*honest
	net.Conn
	in     *bufio.Reader
	part   []byte // of what is read
	client bool

	last   *received // frame whose header came
	op     uint8
	msg    []byte // of fragments so far
	inside bool
	good   int // bytes of msg that are whole code points
	late   latePongs
}

// received is a frame, whose payload is read by and by.
type received struct {
	first, second uint8
	length        uint64
	key           [4]byte
}

func (h *honest) serve(conn net.Conn) {
	in := bufio.NewReaderSize(conn, piece)
	var head []byte
	for {
		b, err := in.ReadByte()
		if err != nil {
			return
		}
		head = append(head, b)
		if u, refused := opening.ParseUpgrade(head); refused != nil {
			return
		} else if u.Size > 0 {
			conn.Write(opening.AppendAccept(nil, u.Key))
			break
		}
	}
	h.talk(conn, in, false)
}

// talk answers what comes behind the opening handshake. It returns the first
// message.
func (h *honest) talk(conn net.Conn, in *bufio.Reader, client bool) (first string) {
	c := &session{honest: h, Conn: conn, in: in, client: client}
	for c.next() {
		if first == "" && !c.inside {
			first = string(c.msg)
		}
	}
	return first
}

// ask is a client that opens a connection to url and echoes what comes, until
// the server has closed. It returns the first message.
func (h *honest) ask(rawURL string) (first string, err error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", err
	}
	conn, early, err := wsclient.Dial(context.Background(), u, time.Minute)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	in := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(early), conn), piece)
	return h.talk(conn, in, true), nil
}

// knows tells whether the server has a rule.
func (c *session) knows(rule string) bool { return !slices.Contains(c.without, rule) }

func (c *session) next() bool {
	f, err := c.header()
	if err != nil {
		return false
	}
	code := c.refuse(f)
	op := f.first & 0x0F
	if code == 0 && op&0x8 != 0 {
		payload, _ := c.read(f, nil)
		return c.control(op, payload)
	}
	if code == 0 {
		code = c.data(f)
	}
	if code != 0 {
		c.violated(code)
	}
	return code == 0
}

func (c *session) header() (f *received, err error) {
	var b [8]byte
	if _, err = io.ReadFull(c.in, b[:2]); err != nil {
		return nil, err
	}
	f = &received{first: b[0], second: b[1], length: uint64(b[1] & 0x7F)}
	c.last = f
	switch f.length {
	case 126:
		_, err = io.ReadFull(c.in, b[:2])
		f.length = uint64(binary.BigEndian.Uint16(b[:]))
	case 127:
		_, err = io.ReadFull(c.in, b[:])
		f.length = binary.BigEndian.Uint64(b[:])
	}
	if err == nil && f.second&0x80 != 0 {
		_, err = io.ReadFull(c.in, f.key[:])
	}
	return f, err
}

// refuse is the close code that a header deserves, or 0.
func (c *session) refuse(f *received) int {
	op, short := f.first&0x0F, f.second&0x7F
	for rule, broken := range map[string]bool{
		"rsv":           f.first&0x70 != 0,
		"opcode":        op > 2 && op < 8 || op > 10,
		"mask":          (f.second&0x80 == 0) != c.client,
		"minimal":       short == 126 && f.length < 126 || short == 127 && f.length < 1<<16,
		"top bit":       f.length>>63 != 0,
		"control fin":   op >= 8 && f.first&0x80 == 0,
		"control size":  op >= 8 && short > 125,
		"continuation":  op == 0 && !c.inside,
		"interleaving":  op&0x8 == 0 && op != 0 && c.inside,
		"close size":    op == 8 && f.length == 1,
		"sixteen MiB":   op < 8 && f.length > 16<<20 && f.length>>63 == 0,
		"no such thing": false,
	} {
		if broken && c.knows(rule) {
			return 1002
		}
	}
	f.length &= 1<<63 - 1
	return 0
}

// control answers a control frame; false at the end.
func (c *session) control(op uint8, payload []byte) bool {
	switch {
	case op == opPing && c.pong != nil:
		c.pong(c, payload)
	case op == opPing:
		c.write(pong, payload)
	case op == opPong && c.ponged != nil:
		c.ponged(c, payload)
	case op == opClose:
		if code := c.refuseClose(payload); code != 0 {
			c.violated(code)
			return false
		}
		if c.closed != nil {
			c.closed(c, payload)
		} else {
			c.write(shut, payload)
		}
		c.endTCP()
		return false
	}
	return true
}

// refuseClose is the close code that a close frame deserves, or 0.
func (c *session) refuseClose(payload []byte) int {
	if len(payload) < 2 {
		return 0
	}
	code := int(binary.BigEndian.Uint16(payload))
	private := code >= 3000 && code < 5000
	known := code >= 1000 && code <= 1003 || code >= 1007 && code <= 1014
	switch {
	case c.knows("close code") && !private && !known, !c.knows("1012") && code == 1012:
		return 1002
	case c.knows("close reason") && !utf8.Valid(payload[2:]):
		return 1007
	}
	return 0
}

// violated fails the connection.
func (c *session) violated(code int) {
	if c.fail != nil {
		c.fail(c, code)
	} else {
		c.write(shut, []byte(closePayload(code, "")))
	}
	c.endTCP()
}

// endTCP sends FIN and reads on until the client has ended TCP as well.
func (c *session) endTCP() {
	if c.after != nil {
		c.SetReadDeadline(time.Now().Add(200 * time.Millisecond))
		for f, err := c.header(); err == nil; f, err = c.header() {
			c.after(c, f)
		}
	}
	if c.end != nil {
		c.end(c)
		return
	}
	if !c.client { // the server ends TCP first
		c.Conn.(interface{ CloseWrite() error }).CloseWrite()
	}
	c.SetReadDeadline(time.Now().Add(5 * time.Second))
	io.Copy(io.Discard, c.in)
}
