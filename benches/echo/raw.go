package echo

import (
	"encoding/binary"
	"math"
	"unsafe"

	"wsbench/benches/engine"
	"wsbench/parse"
)

// rawProtocol is the floor: it finds each frame's end, writes the answer's
// header and sends the payload back as it came, still masked. Nothing is
// checked, unmasked, assembled or limited; what no receive buffer holds is
// passed on as it arrives.
type rawProtocol struct {
	whole int // length of a receive buffer, bytes
	left  int // bytes still to pass on of such a frame
}

func (r *rawProtocol) Process(in []byte, out *engine.Output, most int) (p engine.Progress, err error) {
	out.Begin(in)
	r.pass(in, &p, out)
	for p.Consumed < len(in) && (most == 0 || p.Frames < most) {
		if most == 0 {
			rawRun(in, &p, out)
		}
		header, length := rawHeader(in[p.Consumed:])
		first := in[p.Consumed]
		if header == 0 || len(in)-p.Consumed < header+length {
			if p.Need = max(len(in)-p.Consumed+1, header+length); p.Need > r.whole {
				out.AddCopy(parse.AppendHeader(nil, first, length))
				p.Need, p.Consumed, r.left = 0, p.Consumed+header, length
				r.pass(in, &p, out)
			}
			return p, nil
		}
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

// pass passes on the next bytes of a frame that no receive buffer holds.
func (r *rawProtocol) pass(in []byte, p *engine.Progress, out *engine.Output) {
	if r.left == 0 {
		return
	}
	n := min(r.left, len(in)-p.Consumed)
	out.Add(in[p.Consumed : p.Consumed+n])
	p.Consumed += n
	if r.left -= n; r.left == 0 {
		p.Frames++
	}
}

// rawRun passes on the short data frames that in[p.Consumed:] begins with, a
// word at a time, up to the first frame that is anything else or too near to
// the end for whole words. It indexes in as the engine does for the same
// frames: a floor may not lack what the rest has.
func rawRun(in []byte, p *engine.Progress, out *engine.Output) {
	end, ok := out.Run(p.Consumed)
	if !ok {
		return
	}
	at, base := p.Consumed, unsafe.Pointer(unsafe.SliceData(in))
	for at+8 <= len(in) {
		first, length := in[at], int(in[at+1]^0x80)
		if first&0x0F > uint8(parse.Binary) || length > parse.MaxControl || at+6+length+8 > len(in) {
			break
		}
		in[end], in[end+1] = first, uint8(length)
		for i := 0; i < length; i += 8 {
			*(*[8]byte)(unsafe.Add(base, end+2+i)) = *(*[8]byte)(unsafe.Add(base, at+6+i))
		}
		end += 2 + length
		at += 6 + length
		p.Frames++
	}
	p.Consumed = at
	out.SetRun(end)
}

// rawHeader returns the sizes in bytes of the header that b begins with and of
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
func (*rawProtocol) Close(code int, reason string, out *engine.Output) {
	out.Append(parse.FIN|uint8(parse.Close), parse.AppendClose(nil, code, reason))
}

// Ping sends nothing: only who answers nothing is told apart by it.
func (*rawProtocol) Ping(*engine.Output) {}

// Room implements reactor.Protocol: all is passed on from the receive buffer.
func (*rawProtocol) Room() []byte { return nil }

func (*rawProtocol) Release() {}
