package parse

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"wsbench/profiles/benchloop"
)

// Keys of the benchmarks of headers:
//
//	impl=fast, general, bytewise  the parsers
//	impl=bufio    io.ReadFull from a bufio.Reader of 2 bytes, then of what they
//	              announce, then as general: what libraries do
//	from=client, server           with a masking-key or without
//	size          bytes of the payload, which no parser reads: it is left out but
//	              in BenchmarkSplitFrame
//	stream        see streams
//	piece         bytes that arrive at a time
//	resume=need      nothing is parsed before the bytes that were said to be
//	                 needed have come
//	resume=reparse   the header is parsed from its beginning at each arrival
//	resume=state     the state machine of impl=bytewise goes on where it was

// streams are what the headers of a stream are drawn from.
var streams = []struct {
	name string
	draw func(r *rand.Rand, i int) (first uint8, length int)
}{
	{"short", func(r *rand.Rand, _ int) (uint8, int) { return FIN | uint8(Binary), r.IntN(126) }},
	{"mixed", func(r *rand.Rand, _ int) (uint8, int) {
		return FIN | uint8(Binary), []int{r.IntN(126), 126 + r.IntN(1<<16-126), 1<<16 + r.IntN(1<<20)}[r.IntN(3)]
	}},
	{"control", func(r *rand.Rand, i int) (uint8, int) { // messages of 4 fragments, and a ping or pong for every 3 of these
		switch i % 16 {
		case 3, 7, 11, 15:
			return FIN | uint8(Ping) + uint8(r.IntN(2)), r.IntN(126)
		case 0, 5, 10:
			return uint8(Text), 1 + r.IntN(1000)
		case 4, 9, 14:
			return FIN, r.IntN(1000)
		}
		return 0, r.IntN(1000)
	}},
}

// streamHeaders is how many headers a stream has: enough that no CPU predicts
// its branches by heart.
const streamHeaders = 4096

func appendHeaderFrom(wire []byte, from Sender, first uint8, length int, key uint32) []byte {
	if from == FromClient {
		return AppendMaskedHeader(wire, first, length, key)
	}
	return AppendHeader(wire, first, length)
}

var benchSenders = []struct {
	name string
	from Sender
}{{"client", FromClient}, {"server", FromServer}}

// The header of one frame, over and over.
func BenchmarkParseHeader(b *testing.B) {
	for p := range Parser(parsers) {
		for _, s := range benchSenders {
			for _, size := range []int{20, 16 << 10, 64 << 10} {
				b.Run(fmt.Sprintf("impl=%v/from=%s/size=%d", p, s.name, size), func(b *testing.B) {
					wire := appendHeaderFrom(nil, s.from, FIN|uint8(Binary), size, 0xA1B2C3D4)
					benchloop.Begin(b)
					for b.Loop() {
						if _, need, err := p.Header(wire, s.from); need != 0 || err != nil {
							b.Fatal(need, err)
						}
					}
				})
			}
		}
	}
}

// BenchmarkHeaders walks a seeded stream of headers in one buffer, as after one
// large read. Bytes per second are those of the headers.
func BenchmarkHeaders(b *testing.B) {
	for _, s := range benchSenders {
		for _, stream := range streams {
			r := rand.New(rand.NewPCG(6455, 5))
			var wire []byte
			for i := range streamHeaders {
				first, length := stream.draw(r, i)
				wire = appendHeaderFrom(wire, s.from, first, length, r.Uint32())
			}
			key := fmt.Sprintf("/from=%s/stream=%s", s.name, stream.name)
			for p := range Parser(parsers) {
				b.Run("impl="+p.String()+key, func(b *testing.B) {
					benchStream(b, wire, func() (int, error) { return walk(wire, p, s.from) })
				})
			}
			b.Run("impl=bufio"+key, func(b *testing.B) {
				source := bytes.NewReader(wire)
				in := newBufioReader(source)
				benchStream(b, wire, func() (int, error) {
					source.Reset(wire)
					return in.walk(s.from)
				})
			})
		}
	}
}

func benchStream(b *testing.B, wire []byte, walk func() (int, error)) {
	b.SetBytes(int64(len(wire)))
	benchloop.Begin(b)
	for b.Loop() {
		if n, err := walk(); n != streamHeaders || err != nil {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/streamHeaders, "ns/frame")
}

// walk parses the headers of wire and returns how many there are.
func walk(wire []byte, p Parser, from Sender) (n int, err error) {
	for ; len(wire) > 0; n++ {
		h, need, err := p.Header(wire, from)
		if need != 0 || err != nil {
			return n, fmt.Errorf("needs %d: %w", need, err)
		}
		wire = wire[h.Size:]
	}
	return n, nil
}

func (r *bufioReader) walk(from Sender) (n int, err error) {
	for {
		_, need, err := r.read(from)
		if need != 0 || err != nil {
			if _, at := r.buf.Peek(1); at == io.EOF {
				err = nil
			}
			return n, err
		}
		n++
	}
}

// BenchmarkSplitFrame takes one frame that arrives in pieces, up to its
// payload's last byte. An op is the frame. It has no MB/s: the payload is not read.
func BenchmarkSplitFrame(b *testing.B) {
	for _, c := range []struct{ size, piece int }{{20, 1}, {20, 5}, {300, 1}, {16 << 10, 1460}, {64 << 10, 1460}} {
		wire := AppendMaskedHeader(nil, FIN|uint8(Binary), c.size, 0xA1B2C3D4)
		wire = append(wire, make([]byte, c.size)...)
		for p := range Parser(parsers) {
			for _, resume := range []string{"need", "reparse"} {
				b.Run(fmt.Sprintf("impl=%v/resume=%s/size=%d/piece=%d", p, resume, c.size, c.piece), func(b *testing.B) {
					benchSplit(b, c.size, func() (int, error) { return takePieces(wire, c.piece, p, resume == "need") })
				})
			}
		}
		b.Run(fmt.Sprintf("impl=bytewise/resume=state/size=%d/piece=%d", c.size, c.piece), func(b *testing.B) {
			benchSplit(b, c.size, func() (int, error) { return stepPieces(wire, c.piece) })
		})
	}
}

func benchSplit(b *testing.B, size int, take func() (int, error)) {
	benchloop.Begin(b)
	for b.Loop() {
		if n, err := take(); n != size || err != nil {
			b.Fatal(n, err)
		}
	}
}

// takePieces has wire arrive in pieces until a frame is whole, and returns its
// payload's length. Unless waiting, it parses at each arrival.
func takePieces(wire []byte, piece int, p Parser, waiting bool) (int, error) {
	due := 0 // bytes without which there is nothing to do
	for have := min(piece, len(wire)); ; have = min(have+piece, len(wire)) {
		if waiting && have < due {
			continue
		}
		h, need, err := p.Header(wire[:have], FromClient)
		if err != nil {
			return 0, err
		}
		due = have + need
		if need == 0 {
			due = int(h.Size) + int(h.Length)
		}
		if need == 0 && have >= due {
			return int(h.Length), nil
		}
	}
}

// stepPieces does it by the state machine, which looks at each byte of the
// header once.
func stepPieces(wire []byte, piece int) (int, error) {
	s := stepper{from: FromClient}
	for have := int64(0); ; {
		part := wire[:min(piece, len(wire))]
		wire = wire[len(part):]
		n, err := s.write(part)
		if err != nil {
			return 0, err
		}
		if have += int64(len(part) - n); s.need() == 0 && have >= s.h.Length {
			return int(s.h.Length), nil
		}
	}
}
