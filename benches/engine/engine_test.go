package engine

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/parse"
	"wsbench/scratch"
)

const fin = parse.FIN

func first(op parse.Opcode) uint8 { return fin | uint8(op) }

func closePayload(code int) string { return string(parse.AppendClose(nil, code, "")) }

// sent is a frame that a client sends.
type sent = reply

var conversations = []struct {
	name string
	send []sent
	want []reply
	err  error
}{
	{"text", []sent{{first(parse.Text), "hello"}}, []reply{{first(parse.Text), "hello"}}, nil},
	{"text, not ASCII", []sent{{first(parse.Text), "κόσμε"}}, []reply{{first(parse.Text), "κόσμε"}}, nil},
	{"binary", []sent{{first(parse.Binary), "\xff\xfe\x00"}}, []reply{{first(parse.Binary), "\xff\xfe\x00"}}, nil},
	{"empty", []sent{{first(parse.Text), ""}, {first(parse.Binary), ""}}, []reply{{first(parse.Text), ""}, {first(parse.Binary), ""}}, nil},
	{"several of each length form", []sent{
		{first(parse.Binary), strings.Repeat("a", 125)}, {first(parse.Binary), strings.Repeat("b", 126)},
		{first(parse.Binary), strings.Repeat("c", 65535)}, {first(parse.Binary), strings.Repeat("d", 65536)}, {first(parse.Text), "e"},
	}, []reply{
		{first(parse.Binary), strings.Repeat("a", 125)}, {first(parse.Binary), strings.Repeat("b", 126)},
		{first(parse.Binary), strings.Repeat("c", 65535)}, {first(parse.Binary), strings.Repeat("d", 65536)}, {first(parse.Text), "e"},
	}, nil},
	{"ping between messages", []sent{{first(parse.Text), "a"}, {first(parse.Ping), "p"}, {first(parse.Text), "b"}},
		[]reply{{first(parse.Text), "a"}, {first(parse.Pong), "p"}, {first(parse.Text), "b"}}, nil},
	{"pong is ignored", []sent{{first(parse.Pong), "p"}, {first(parse.Text), "b"}}, []reply{{first(parse.Text), "b"}}, nil},
	{"fragments with a ping inside", []sent{{uint8(parse.Text), "fra"}, {first(parse.Ping), "p"}, {uint8(parse.Continuation), "g"}, {first(parse.Continuation), "ment"}},
		[]reply{{first(parse.Pong), "p"}, {first(parse.Text), "fragment"}}, nil},
	{"a code point split over fragments", []sent{{uint8(parse.Text), "\xce"}, {first(parse.Continuation), "\xba"}}, []reply{{first(parse.Text), "κ"}}, nil},
	{"fragments, then a message", []sent{{uint8(parse.Binary), ""}, {first(parse.Continuation), ""}, {first(parse.Text), "x"}},
		[]reply{{first(parse.Binary), ""}, {first(parse.Text), "x"}}, nil},
	{"close", []sent{{first(parse.Close), closePayload(1000) + "bye"}, {first(parse.Text), "late"}},
		[]reply{{first(parse.Close), closePayload(1000) + "bye"}}, ErrClosed},
	{"close without a code", []sent{{first(parse.Close), ""}}, []reply{{first(parse.Close), ""}}, ErrClosed},
	{"close amid fragments", []sent{{uint8(parse.Text), "frag"}, {first(parse.Close), closePayload(1001)}}, []reply{{first(parse.Close), closePayload(1001)}}, ErrClosed},
	{"close of one byte", []sent{{first(parse.Close), "a"}}, []reply{{first(parse.Close), closePayload(1002)}}, parse.ErrCloseShort},
	{"close with a code that may not be sent", []sent{{first(parse.Close), closePayload(1005)}}, []reply{{first(parse.Close), closePayload(1002)}}, parse.ErrCloseCode},
	{"close with a reason that is no UTF-8", []sent{{first(parse.Close), closePayload(1000) + "\xff"}}, []reply{{first(parse.Close), closePayload(1007)}}, parse.ErrCloseReason},
	{"RSV", []sent{{first(parse.Text), "a"}, {first(parse.Text) | parse.RSV1, "b"}}, []reply{{first(parse.Text), "a"}, {first(parse.Close), closePayload(1002)}}, parse.ErrReservedBits},
	{"reserved opcode", []sent{{first(3), ""}}, []reply{{first(parse.Close), closePayload(1002)}}, parse.ErrReservedOpcode},
	{"fragmented ping", []sent{{uint8(parse.Ping), ""}}, []reply{{first(parse.Close), closePayload(1002)}}, parse.ErrControlFragmented},
	{"long ping", []sent{{first(parse.Ping), strings.Repeat("x", 126)}}, []reply{{first(parse.Close), closePayload(1002)}}, parse.ErrControlTooLong},
	{"continuation of nothing", []sent{{first(parse.Continuation), "x"}}, []reply{{first(parse.Close), closePayload(1002)}}, ErrNoMessage},
	{"message within a message", []sent{{uint8(parse.Text), "x"}, {first(parse.Text), "y"}}, []reply{{first(parse.Close), closePayload(1002)}}, ErrInterleaved},
	{"text that is no UTF-8", []sent{{first(parse.Text), "a\xffb"}}, []reply{{first(parse.Close), closePayload(1007)}}, ErrNotUTF8},
	{"text that ends within a code point", []sent{{uint8(parse.Text), "\xce"}, {first(parse.Continuation), ""}}, []reply{{first(parse.Close), closePayload(1007)}}, ErrNotUTF8},
	{"a fragment that is no UTF-8", []sent{{uint8(parse.Text), "a\xff"}, {first(parse.Continuation), ""}}, []reply{{first(parse.Close), closePayload(1007)}}, ErrNotUTF8},
	{"message over the limit", []sent{{first(parse.Binary), strings.Repeat("x", limit+1)}}, []reply{{first(parse.Close), closePayload(1009)}}, ErrTooBig},
	{"fragments over the limit", []sent{{uint8(parse.Binary), strings.Repeat("x", limit)}, {first(parse.Continuation), "x"}}, []reply{{first(parse.Close), closePayload(1009)}}, ErrTooBig},
}

const limit = 100_000

// Every conversation gives the same answer in every write mode, frame by frame
// or all at once, however its bytes are cut, and whether frames are awaited
// whole or taken as they come.
func TestConversations(t *testing.T) {
	for _, tt := range conversations {
		for _, mode := range modes {
			for _, most := range []int{0, 1} {
				for _, whole := range []int{0, 20} {
					for _, chunk := range []int{1 << 30, 4096, 7, 1} {
						t.Run(fmt.Sprintf("%s/%v/most=%d/whole=%d/chunk=%d", tt.name, mode, most, whole, chunk), func(t *testing.T) {
							p := newPeer(mode, Config{Limits: Limits{MaxMessage: limit}, Whole: whole})
							p.most = most
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
	}
}

// Need never asks for more than the frame takes: a peer that waits for it must
// not wait for ever.
func TestNeedIsCertain(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 125, 126, 65535, 65536} {
		octets := frame(rng, first(parse.Binary), strings.Repeat("x", n))
		for cut := 1; cut < len(octets); cut += 1 + cut/64 {
			p := newPeer(Slot, Config{Whole: 1 << 20})
			got, err := p.eng.Process(append([]byte(nil), octets[:cut]...), p.out, 0)
			if err != nil || got.Consumed != 0 || got.Need <= cut || got.Need > len(octets) {
				t.Fatalf("%d of %d bytes: %+v, %v", cut, len(octets), got, err)
			}
		}
	}
}

// The answers of one read in slot mode are one segment: one send.
func TestSlotClosesUp(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	var wire []byte
	for i := range 40 {
		wire = append(wire, frame(rng, first(parse.Binary), strings.Repeat("y", i*37))...)
	}
	p := newPeer(Slot, Config{})
	if _, err := p.eng.Process(wire, p.out, 0); err != nil {
		t.Fatal(err)
	}
	if n := len(p.out.Segments()); n != 1 {
		t.Errorf("%d segments, want 1", n)
	}
}

func TestCloseFromThisSide(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	p := newPeer(Slot, Config{})
	p.feed(frame(rng, uint8(parse.Text), "begun"))
	p.out.Begin(nil)
	p.eng.Close(parse.CloseGoingAway, "", p.out)
	got, _ := replies(p.out.Segments()[0], parse.FromServer)
	if diff := cmp.Diff([]reply{{first(parse.Close), closePayload(1001)}}, got); diff != "" {
		t.Fatal(diff)
	}
	p.feed(frame(rng, first(parse.Continuation), "crosses"))
	p.feed(frame(rng, first(parse.Ping), "too"))
	if p.err != nil || len(p.answer) != 0 {
		t.Fatalf("what crosses the close frame: error %v, answer %x", p.err, p.answer)
	}
	p.feed(frame(rng, first(parse.Close), closePayload(1001)))
	if p.err != ErrClosed || len(p.answer) != 0 {
		t.Fatalf("the peer's close frame: error %v, answer %x", p.err, p.answer)
	}
}

// What may not be sent is not sent.
func TestCloseIsValid(t *testing.T) {
	for _, tt := range []struct {
		code   int
		reason string
		want   string
	}{
		{1000, "bye", closePayload(1000) + "bye"},
		{0, "", ""},
		{0, "why", closePayload(1011) + "why"},
		{1005, "", closePayload(1011)},
		{70000, "", closePayload(1011)},
		{4000, "a\xffb", closePayload(4000) + "a\uFFFDb"},
		{1001, strings.Repeat("€", 100), closePayload(1001) + strings.Repeat("€", 41)},
	} {
		p := newPeer(Slot, Config{})
		p.out.Begin(nil)
		p.eng.Close(tt.code, tt.reason, p.out)
		p.eng.Send(parse.Text, []byte("after"), p.out)
		p.eng.Ping(p.out)
		p.answer = p.out.Segments()[0]
		p.want(t, reply{first(parse.Close), tt.want})
	}
}

func TestSendByItself(t *testing.T) {
	for _, client := range []bool{false, true} {
		p := newPeer(Slot, Config{Client: client})
		p.out.Begin(nil)
		p.eng.Send(parse.Text, []byte("first"), p.out)
		p.eng.Ping(p.out)
		p.answer = p.out.Segments()[0]
		p.want(t, reply{first(parse.Text), "first"}, reply{first(parse.Ping), ""})
	}
}

// A length near the top of an int is over the limit, whatever that is.
func TestLongestMessage(t *testing.T) {
	for _, length := range []int{1<<62 - 1, 1<<63 - 1 - parse.MaxHeader, 1<<63 - 1} {
		p := newPeer(Slot, Config{Limits: Limits{MaxMessage: 1<<63 - 1}})
		p.feed(append(parse.AppendMaskedHeader(nil, first(parse.Binary), length, 7), "some octets"...))
		if p.err != nil && p.err != ErrTooBig {
			t.Errorf("%d bytes: %v", length, p.err)
		}
		p.eng.Release()
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(11, 12))
	var wire []byte
	for _, f := range []sent{{first(parse.Text), "hello"}, {first(parse.Binary), strings.Repeat("z", 1024)}, {first(parse.Ping), "p"},
		{uint8(parse.Text), "frag"}, {first(parse.Continuation), "ment"}} {
		wire = append(wire, frame(rng, f.First, f.Payload)...)
	}
	for _, mode := range modes {
		pool := &scratch.Pool{}
		eng, out := New(&Config{Pool: pool}), NewOutput(mode, pool)
		in := make([]byte, len(wire))
		n := testing.AllocsPerRun(100, func() {
			copy(in, wire)
			if _, err := eng.Process(in, out, 0); err != nil {
				t.Fatal(err)
			}
			out.Segments()
		})
		if n != 0 {
			t.Errorf("%v: %v allocations a read", mode, n)
		}
	}
}
