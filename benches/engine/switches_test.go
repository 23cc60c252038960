package engine

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"wsbench/parse"
)

// What Config may choose from.
var (
	parsers    = []parse.Parser{parse.Fast, parse.General, parse.Bytewise}
	validators = []parse.Validator{parse.ValidAuto, parse.ValidBytewise, parse.ValidStdlib}
)

// Every parser and every validator hold the same conversations.
func TestParsersAndValidators(t *testing.T) {
	for _, tt := range conversations {
		for i, parser := range parsers {
			for _, chunk := range []int{1 << 30, 7, 1} {
				c := Config{Limits: Limits{MaxMessage: limit}, Parser: parser, Each: true, UTF8: validators[i]}
				t.Run(fmt.Sprintf("%s/parse=%v/utf8=%v/chunk=%d", tt.name, c.Parser, c.UTF8, chunk), func(t *testing.T) {
					p := newPeer(Slot, c)
					p.feedBy(chunk, wire(rand.New(rand.NewPCG(1, 2)), tt.send...))
					if !errors.Is(p.err, tt.err) {
						t.Fatalf("error %v, want %v", p.err, tt.err)
					}
					p.want(t, tt.want...)
				})
			}
		}
	}
}

// Without a check text comes back whatever it is: alone, in a run, in fragments
// and in pieces. A close frame's reason is still checked.
func TestUTF8Off(t *testing.T) {
	spoilt := sent{first(parse.Text), "a\xffb"}
	long := sent{first(parse.Text), strings.Repeat("\xff", 1000)}
	fragments := []sent{{uint8(parse.Text), "a\xff"}, {first(parse.Continuation), "\xce"}}
	closing := sent{first(parse.Close), closePayload(1000) + "\xff"}
	send := append([]sent{spoilt, spoilt, spoilt, long}, append(fragments, closing)...)
	want := []reply{spoilt, spoilt, spoilt, long, {first(parse.Text), "a\xff\xce"}, {first(parse.Close), closePayload(1007)}}
	for _, each := range []bool{false, true} {
		for _, chunk := range []int{1 << 30, 100, 1} {
			p := newPeer(Slot, Config{UTF8: parse.ValidOff, Each: each, Whole: 200})
			p.feedBy(chunk, wire(rand.New(rand.NewPCG(1, 3)), send...))
			if p.err != parse.ErrCloseReason {
				t.Errorf("each %v, chunk %d: %v", each, chunk, p.err)
			}
			p.want(t, want...)
		}
	}
}
