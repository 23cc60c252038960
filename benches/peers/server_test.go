package peers

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"wsbench/parse"
)

// testCases are those of the benchmark and the sizes where headers grow, and
// buffers end.
func testCases() []Case {
	list := Cases([]int{0, 1, 20, 125, 126, 1 << 10, 4083, 4096, 16 << 10, 65521, 65535, 65536, 200_000, 1 << 20})
	return append(list, Case{Op: parse.Binary, Size: 3000, Frames: 50}) // bursts that no buffer holds
}

// Every server sends back what it was sent, message by message, however often.
func TestEcho(t *testing.T) {
	for _, s := range Servers() {
		for _, c := range testCases() {
			t.Run(s.Name()+"/"+c.Name(s), func(t *testing.T) {
				e, err := Start(s, c)
				if err != nil {
					t.Fatal(err)
				}
				defer e.Stop()
				e.feed.keep = true
				for _, n := range []int{1, 2} {
					if err := e.Run(n); err != nil {
						t.Fatal(err)
					}
				}
				checkAnswers(t, s, c, e.feed, 3)
			})
		}
	}
}

// checkAnswers wants bursts of the case answered in f, whole and in order, and
// in one frame each but where the API streams.
func checkAnswers(t *testing.T, s Server, c Case, f *feed, bursts int) {
	t.Helper()
	got, err := answers(f.kept)
	if err != nil || len(got) != bursts*c.Frames {
		t.Fatalf("%d messages, %v; want %d", len(got), err, bursts*c.Frames)
	}
	want := c.payloads()
	for i, m := range got {
		if m.op != uint8(c.Op) || !bytes.Equal(m.payload, want[i%c.Frames]) {
			t.Fatalf("message %d is not what was sent: opcode %d, %d bytes", i, m.op, len(m.payload))
		}
		if m.frames != 1 && s.API != "stream" {
			t.Fatalf("message %d came in %d frames", i, m.frames)
		}
	}
	if f.bytes != len(f.kept) {
		t.Errorf("%d bytes counted, %d written", f.bytes, len(f.kept))
	}
}

// The calls for a message are those that the code of each library makes.
func TestCalls(t *testing.T) {
	for _, tt := range []struct {
		server        string
		size          int
		reads, writes int
	}{
		{"lib=wsbench/api=engine/buffer=68KiB", 20, 1, 1},
		{"lib=wsbench/api=engine/buffer=68KiB", 16 << 10, 1, 1},
		{"lib=gobwas/api=wsutil/buffer=none", 20, 3, 2},
		{"lib=gobwas/api=frame/buffer=none", 20, 3, 2},
		{"lib=gobwas/api=frame/buffer=64KiB", 20, 1, 1},
		{"lib=coder/api=message/buffer=4KiB", 20, 1, 1},
		{"lib=coder/api=stream/buffer=4KiB", 20, 1, 1},
		{"lib=coder/api=reader/buffer=4KiB", 1 << 10, 1, 1},
		{"lib=gorilla/api=message/buffer=4KiB", 20, 1, 1},
		{"lib=gorilla/api=reader/buffer=4KiB", 16 << 10, 2, 2},
		{"lib=gorilla/api=reader/buffer=64KiB", 16 << 10, 1, 1},
		{"lib=gws/api=readloop/buffer=4KiB", 20, 1, 1},
		{"lib=gws/api=readloop/buffer=64KiB", 16 << 10, 1, 1},
	} {
		t.Run(fmt.Sprintf("%s/size=%d", tt.server, tt.size), func(t *testing.T) {
			e, err := Start(serverOf(t, tt.server), Case{Op: parse.Binary, Size: tt.size, Frames: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer e.Stop()
			if err := e.Run(1); err != nil { // until its buffers have grown
				t.Fatal(err)
			}
			r1, w1 := e.Calls()
			if err := e.Run(10); err != nil {
				t.Fatal(err)
			}
			if r, w := e.Calls(); r-r1 != 10*tt.reads || w-w1 != 10*tt.writes {
				t.Errorf("%d reads and %d writes of 10 messages, want %d and %d", r-r1, w-w1, 10*tt.reads, 10*tt.writes)
			}
		})
	}
}

func serverOf(t *testing.T, name string) Server {
	t.Helper()
	for _, s := range Servers() {
		if s.Name() == name {
			return s
		}
	}
	t.Fatalf("no server %s", name)
	return Server{}
}

// UTF8 says of each server what it does with text that is not UTF-8.
func TestUTF8(t *testing.T) {
	for _, s := range Servers() {
		f := &feed{burst: appendFrame(nil, parse.Text, []byte("a\xffb"), wireKey), keep: true}
		l, err := s.open(f)
		if err != nil {
			t.Fatal(err)
		}
		f.serve(l, times(1)) // whatever it ends by
		got, err := answers(f.kept)
		echoed := err == nil && len(got) == 1 && string(got[0].payload) == "a\xffb"
		if echoed == s.UTF8 {
			t.Errorf("%s: utf8=%v, but echoed: %v (%x)", s.Name(), s.UTF8, echoed, f.kept)
		}
	}
}

// A server that fails says why, and one that ends early does not pass.
func TestEchoFails(t *testing.T) {
	early := Server{open: func(*feed) (loop, error) { return func() error { return nil }, nil }}
	if _, err := Start(early, Case{Frames: 1}); err != errEarly {
		t.Errorf("ended at once: %v", err)
	}
	once := Server{open: func(f *feed) (loop, error) {
		return func() error { _, err := f.Read(make([]byte, 1)); return err }, nil
	}}
	e, err := Start(once, Case{Frames: 1, Size: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := e.Run(1); err != errEarly {
			t.Errorf("ended after one read: %v", err)
		}
	}
	refused := Server{open: func(*feed) (loop, error) { return nil, io.ErrNoProgress }}
	if _, err := Start(refused, Case{Frames: 1}); err != io.ErrNoProgress {
		t.Errorf("refused: %v", err)
	}
}

// wsbench's own server allocates nothing for what its buffer holds.
func TestEchoAllocs(t *testing.T) {
	for _, c := range Cases(EchoSizes[:4]) {
		e, err := Start(Servers()[0], c)
		if err != nil {
			t.Fatal(err)
		}
		defer e.Stop()
		if n := testing.AllocsPerRun(20, func() { err = e.Run(5) }); n != 0 || err != nil {
			t.Errorf("%s: %v allocations, %v", c.Name(Servers()[0]), n, err)
		}
	}
}

// No two benchmarks have one name, and no name a comma or a blank.
func TestNames(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range append(Servers(), EchoFloor()) {
		for _, c := range Cases(EchoSizes) {
			name := s.Name() + "/" + c.Name(s)
			if s.Takes(c) && seen[name] || strings.ContainsAny(name, ", ") {
				t.Errorf("%s: twice, or not a name", name)
			}
			seen[name] = seen[name] || s.Takes(c)
		}
	}
}

// The parser that judges the servers refuses what it should.
func TestAnswers(t *testing.T) {
	for _, bad := range []string{
		"\x82", "\x82\x01", "\x82\x81aaaab", "\x82\x7e\x00\x01a", "\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x01a",
		"\x80\x00", "\x02\x01a", "\x02\x01a\x82\x01a", "\x88\x00", "\xc2\x00", "\x83\x00",
	} {
		if got, err := answers([]byte(bad)); err == nil {
			t.Errorf("%x: %v is no error", bad, got)
		}
	}
	got, err := answers([]byte("\x81\x01a\x02\x02bc\x00\x00\x80\x01d"))
	if err != nil || len(got) != 2 || string(got[1].payload) != "bcd" || got[1].frames != 3 || got[1].op != 2 {
		t.Errorf("%v, %v", got, err)
	}
}
