package peers

import (
	"bytes"
	"encoding/binary"
	"errors"

	"github.com/gobwas/ws"

	"wsbench/parse"
)

// A Form is a length that a client's frame header has: 2, 4 or 10 bytes by
// its payload length, and 4 of masking-key.
type Form struct {
	Name    string
	Size    int // bytes
	payload int // what the header announces, bytes
}

// Forms returns all of them.
func Forms() []Form {
	return []Form{{"2+4", 6, 20}, {"4+4", 8, 16 << 10}, {"10+4", 14, 64 << 10}}
}

// streamed is how many headers a stream has.
const streamed = 64

// Stream returns headers of the form one behind another, without payloads.
func (f Form) Stream() (b []byte) {
	for i := range streamed {
		b = parse.AppendMaskedHeader(b, parse.FIN|uint8(parse.Binary), f.payload, uint32(i)*0x9E3779B1)
	}
	return b
}

// A HeaderReader reads n headers from a stream, which begins anew when it is
// over. Each has a loop of its own, so that its calls are direct. What is read
// goes into sum: the payload lengths and the masking-keys, whose first octet
// is the lowest.
type HeaderReader struct {
	Lib, API string
	Read     func(f Form, stream []byte, n int) (sum uint64, err error)
}

// Name returns the reader's part of a benchmark's name.
func (r HeaderReader) Name() string { return "lib=" + r.Lib + "/api=" + r.API }

// HeaderReaders lists wsbench's first. The floor loads the masking-key, whose
// place it knows, and reads no header.
func HeaderReaders() []HeaderReader {
	return []HeaderReader{
		{"wsbench", "ParseHeader", readOwnHeaders},
		{"gobwas", "ReadHeader", readHeaders},
		{"gobwas", "ReadHeaderBuffer", readHeadersBuffer},
		{"gobwas", "CheckHeader", readHeadersChecked},
		{"floor", "key", readKeys},
	}
}

var errHeader = errors.New("peers: not a whole header")

func readOwnHeaders(_ Form, stream []byte, n int) (sum uint64, err error) {
	rest := stream
	for range n {
		h, need, err := parse.ParseHeader(rest, parse.FromClient)
		if need != 0 || err != nil {
			return 0, errors.Join(errHeader, err)
		}
		sum += uint64(h.Length) + uint64(h.Key)
		if rest = rest[h.Size:]; len(rest) == 0 {
			rest = stream
		}
	}
	return sum, nil
}

// readHeaders reads from a bytes.Reader, the least that an io.Reader can cost.
func readHeaders(_ Form, stream []byte, n int) (sum uint64, err error) {
	r := bytes.NewReader(stream)
	for range n {
		h, err := ws.ReadHeader(r)
		if err != nil {
			return 0, err
		}
		sum += uint64(h.Length) + uint64(binary.LittleEndian.Uint32(h.Mask[:]))
		if r.Len() == 0 {
			r.Reset(stream)
		}
	}
	return sum, nil
}

// readHeadersBuffer spares ReadHeader its allocation.
func readHeadersBuffer(_ Form, stream []byte, n int) (sum uint64, err error) {
	r, room := bytes.NewReader(stream), make([]byte, ws.MaxHeaderSize)
	for range n {
		h, err := ws.ReadHeaderBuffer(r, room)
		if err != nil {
			return 0, err
		}
		sum += uint64(h.Length) + uint64(binary.LittleEndian.Uint32(h.Mask[:]))
		if r.Len() == 0 {
			r.Reset(stream)
		}
	}
	return sum, nil
}

// readHeadersChecked refuses besides what ParseHeader does, but for a payload
// length that is not in its shortest form.
func readHeadersChecked(_ Form, stream []byte, n int) (sum uint64, err error) {
	r, room := bytes.NewReader(stream), make([]byte, ws.MaxHeaderSize)
	for range n {
		h, err := ws.ReadHeaderBuffer(r, room)
		if err != nil {
			return 0, err
		}
		if err := ws.CheckHeader(h, ws.StateServerSide); err != nil {
			return 0, err
		}
		sum += uint64(h.Length) + uint64(binary.LittleEndian.Uint32(h.Mask[:]))
		if r.Len() == 0 {
			r.Reset(stream)
		}
	}
	return sum, nil
}

func readKeys(f Form, stream []byte, n int) (sum uint64, err error) {
	rest := stream
	for range n {
		sum += uint64(f.payload) + uint64(binary.LittleEndian.Uint32(rest[f.Size-parse.KeySize:]))
		if rest = rest[f.Size:]; len(rest) == 0 {
			rest = stream
		}
	}
	return sum, nil
}
