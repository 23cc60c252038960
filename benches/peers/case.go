package peers

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"wsbench/parse"
)

// A Case is what a client sends at once, and wants back before it sends the
// same again: Frames messages, of one frame each.
type Case struct {
	Op     parse.Opcode
	Kind   string // of text: ascii, or mixed: sequences of one to four bytes
	Size   int    // bytes of a payload
	Frames int
}

// EchoSizes are those that messages are echoed at.
var EchoSizes = []int{20, 125, 1 << 10, 16 << 10, 64 << 10}

// Cases returns a binary message of each size, a text of 1 KiB of each kind,
// and 1,000 messages of one byte at once.
func Cases(sizes []int) (list []Case) {
	for _, n := range sizes {
		list = append(list, Case{Op: parse.Binary, Size: n, Frames: 1})
	}
	for _, kind := range []string{"ascii", "mixed"} {
		list = append(list, Case{Op: parse.Text, Kind: kind, Size: 1 << 10, Frames: 1})
	}
	return append(list, Case{Op: parse.Binary, Size: 1, Frames: 1000})
}

// Bytes returns the size of the payloads of one burst.
func (c Case) Bytes() int { return c.Size * c.Frames }

// Name returns the case's part of a benchmark's name, as served by s.
func (c Case) Name(s Server) string {
	name := "op=binary"
	if c.Op == parse.Text {
		name = fmt.Sprintf("op=text/kind=%s/utf8=%s", c.Kind, map[bool]string{true: "checked", false: "unchecked"}[s.UTF8])
	}
	if c.Frames > 1 {
		name += fmt.Sprintf("/frames=%d", c.Frames)
	}
	return fmt.Sprintf("%s/size=%d", name, c.Size)
}

// payloads returns those of a burst, in order: the same in every run, and no
// two alike but by chance.
func (c Case) payloads() (list [][]byte) {
	draw := rand.NewChaCha8([32]byte{'e', 'c', 'h', 'o'})
	for range c.Frames {
		p := make([]byte, c.Size)
		switch c.Kind {
		case "":
			draw.Read(p)
		default:
			copy(p, text(c.Kind, c.Size))
		}
		list = append(list, p)
	}
	return list
}

// text returns whole sequences of UTF-8, size bytes.
func text(kind string, size int) string {
	unit := map[string]string{"ascii": "the quick brown ", "mixed": "plain κόσμε €uro 𤭢 "}[kind]
	s := strings.Repeat(unit, size/len(unit))
	return s + strings.Repeat("x", size-len(s))
}

// feed returns a connection to a client that sends the case over and over. Each
// frame has a masking-key of its own.
func (c Case) feed() *feed {
	draw := rand.New(rand.NewPCG(6455, 0))
	var burst []byte
	for _, p := range c.payloads() {
		burst = appendFrame(burst, c.Op, p, draw.Uint32())
	}
	return &feed{burst: burst}
}

// appendFrame appends a client's frame.
func appendFrame(dst []byte, op parse.Opcode, payload []byte, key uint32) []byte {
	dst = parse.AppendMaskedHeader(dst, parse.FIN|uint8(op), len(payload), key)
	head := len(dst)
	dst = append(dst, payload...)
	words(dst[head:], key)
	return dst
}
