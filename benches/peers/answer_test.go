package peers

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// message is one of a server's, put together from frames fragments.
type message struct {
	op      uint8
	payload []byte
	frames  int
}

// answers parses what a server sent, by RFC 6455 and by nothing of package
// parse. It refuses what a server may not send, and what this one has no
// reason to: control frames, and anything left unfinished.
func answers(b []byte) (list []message, err error) {
	inside := false
	for len(b) > 0 {
		first, payload, rest, err := serverFrame(b)
		if err != nil {
			return list, fmt.Errorf("%d bytes from the end: %w", len(b), err)
		}
		op := first & 0x0F
		switch {
		case op == 0 && !inside, op != 0 && inside:
			return list, errors.New("fragments out of order")
		case op > 2 || first&0x70 != 0:
			return list, fmt.Errorf("first byte %#x", first)
		case op != 0:
			list = append(list, message{op: op})
		}
		m := &list[len(list)-1]
		m.payload = append(m.payload, payload...)
		m.frames++
		inside = first&0x80 == 0
		b = rest
	}
	if inside {
		return list, errors.New("the last fragment is missing")
	}
	return list, nil
}

// serverFrame takes one frame off b.
func serverFrame(b []byte) (first uint8, payload, rest []byte, err error) {
	var wide [14]byte // b may end within the header
	copy(wide[:], b)
	head, n := 2, uint64(wide[1])
	switch {
	case n > 127:
		return 0, nil, nil, errors.New("masked")
	case n == 126:
		head, n = 4, uint64(binary.BigEndian.Uint16(wide[2:]))
	case n == 127:
		head, n = 10, binary.BigEndian.Uint64(wide[2:])
	}
	switch {
	case head == 4 && n < 126, head == 10 && n < 1<<16:
		return 0, nil, nil, errors.New("length not in its shortest form")
	case uint64(len(b)) < uint64(head)+n:
		return 0, nil, nil, errors.New("cut off")
	}
	return b[0], b[head : head+int(n)], b[head+int(n):], nil
}
