package conform

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// read appends f's payload to b. A text is checked as far as it has come.
func (c *session) read(f *received, b []byte) ([]byte, int) {
	if c.part == nil {
		c.part = make([]byte, 64<<10)
	}
	part := c.part
	for at := 0; at < int(f.length); {
		n, err := c.in.Read(part[:min(len(part), int(f.length)-at)])
		if err != nil {
			return b, 1002
		}
		for i := range n {
			b = append(b, part[i]^f.key[(at+i)&3])
		}
		at += n
		if op := f.first & 0x0F; op < 8 && c.op == opText && c.knows("utf8 in frames") && !c.valid(b) {
			return b, 1007
		}
	}
	return b, 0
}

// valid tells whether b may be the beginning of a text.
func (c *session) valid(b []byte) bool {
	for c.good < len(b) && utf8.FullRune(b[c.good:]) {
		r, size := utf8.DecodeRune(b[c.good:])
		if r == utf8.RuneError && size <= 1 {
			return false
		}
		c.good += size
	}
	return true
}

// data handles a frame of a message; the close code that it deserves, or 0.
func (c *session) data(f *received) (code int) {
	if op := f.first & 0x0F; op != 0 || !c.inside {
		c.op, c.msg, c.good = op, nil, 0
	}
	c.inside = f.first&0x80 == 0
	if c.msg, code = c.read(f, c.msg); code != 0 {
		return code
	}
	text := c.op == opText
	switch {
	case text && c.knows("utf8 of fragments") && !c.valid(c.msg), text && !c.inside && c.knows("utf8") && !utf8.Valid(c.msg):
		return 1007
	case c.inside:
	case c.echo != nil:
		c.echo(c, c.op, c.msg)
	default:
		c.write(c.op|fin, c.msg)
	}
	return 0
}

func (c *session) write(first uint8, payload []byte) {
	if c.put != nil {
		c.put(c, first, payload)
	} else {
		c.send(first, payload)
	}
}

func (c *session) send(first uint8, payload []byte) {
	b := []byte{first}
	switch n := len(payload); {
	case n < 126:
		b = append(b, uint8(n))
	case n < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 126), uint16(n))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 127), uint64(n))
	}
	if c.client {
		key := [4]byte{1, 0x80, 3, 0xFF}
		b[1] |= 0x80
		b = append(b, key[:]...)
		payload = slices.Clone(payload)
		xor(payload, key, 0)
	}
	c.Write(append(b, payload...))
}
