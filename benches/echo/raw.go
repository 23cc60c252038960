package echo

import (
	"encoding/binary"
	"math"

	"wsbench/benches/engine"
	"wsbench/parse"
)

// rawProtocol is the floor: it finds each frame's end, writes the answer's
// header and sends the payload back as it came, still masked. Nothing is
// checked, unmasked, assembled or limited.
type rawProtocol struct{}

func (rawProtocol) Process(in []byte, out *engine.Output, most int) (p engine.Progress, err error) {
	out.Begin(in)
	for p.Consumed < len(in) && (most == 0 || p.Frames < most) {
		header, length := rawHeader(in[p.Consumed:])
		if header == 0 || len(in)-p.Consumed < header+length {
			p.Need = max(len(in)-p.Consumed+1, header+length)
			return p, nil
		}
		first := in[p.Consumed]
		payload := in[p.Consumed+header:][:length]
		place := out.Reserve(p.Consumed+header, length)
		if len(place) > 0 && &place[0] != &payload[0] {
			copy(place, payload)
		}
		p.Consumed += header + length
		p.Frames++
		switch parse.Opcode(first & 0x0F) {
		case parse.Close:
			return p, engine.ErrClosed
		case parse.Ping:
			first = parse.FIN | uint8(parse.Pong)
		}
		out.Commit(first)
	}
	return p, nil
}

// rawHeader is the sizes in octets of the header that b begins with and of
// its payload; 0, 0 where b ends within the header.
func rawHeader(b []byte) (header, length int) {
	if len(b) < 2 {
		return 0, 0
	}
	header, length = 2, int(b[1]&0x7F)
	switch length {
	case 126:
		if len(b) < 4 {
			return 0, 0
		}
		header, length = 4, int(binary.BigEndian.Uint16(b[2:]))
	case 127:
		if len(b) < 10 {
			return 0, 0
		}
		header, length = 10, int(binary.BigEndian.Uint32(b[6:])&math.MaxInt32)
	}
	if b[1]&0x80 != 0 {
		header += parse.KeySize
	}
	return header, length
}

// Close sends a close frame; the peer's ends the connection.
func (rawProtocol) Close(code int, reason string, out *engine.Output) {
	out.Begin(nil)
	out.Append(parse.FIN|uint8(parse.Close), parse.AppendClose(nil, code, reason))
}

func (rawProtocol) Release() {}
