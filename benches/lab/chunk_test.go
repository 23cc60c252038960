//go:build linux

package lab

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/results"
	"wsbench/mask"
	"wsbench/parse"
)

// tinyFrames is a session of tiny frames to external servers with these faults.
func tinyFrames(t *testing.T, cases []results.Case, faults ...string) *Session {
	t.Helper()
	s := &Session{
		Plan:  Plan{Probe: &Chunk{Gap: 10 * time.Microsecond, Idle: time.Millisecond, Frames: []int{5, 40}}, Cases: cases, Rounds: 2, Seed: 5},
		Noise: 1000, // other tests run beside this one
		Dir:   filepath.Join(t.TempDir(), "results", "one"), Progress: Quiet{},
	}
	for i, fault := range faults {
		s.Plan.Servers = append(s.Plan.Servers, Server{Key: external("echo" + string(rune('a'+i))).Key, Argv: echoCommand(fault)})
	}
	return s
}

func TestChunkMeasuresEchoes(t *testing.T) {
	cases := []results.Case{
		ChunkCase(40, Coalesced, ShapeFrames, AnswerEcho), ChunkCase(40, Paced, ShapeFrames, AnswerEcho), ChunkCase(5, Coalesced, ShapeBytes, AnswerEcho),
	}
	s := tinyFrames(t, cases, "")
	path, tally, err := s.Run(context.Background())
	if err != nil || tally.Samples != 6 || tally.Failures != 0 {
		t.Fatalf("%+v, %v", tally, err)
	}
	res := readBack(t, path)
	for _, x := range res.Of("Chunk") {
		paced := x.Name.Value("mode") == Paced
		if _, timed := x.Values["late-p50-ns"]; timed != paced || x.Iters != int64(x.Name.Case().Int("frames")) {
			t.Errorf("%+v", x)
		}
		for _, unit := range []string{"wall-ns/frame", "floor-ns/frame", "gen-cpu-ns/frame", "sink-cpu-ns/frame"} {
			if x.Values[unit] <= 0 {
				t.Errorf("%s: %s is %v", x.Name, unit, x.Values[unit])
			}
		}
		for _, unit := range []string{"cpu-ns/frame", "idle-ns/s", "survey-ns/frame"} {
			if _, ok := x.Values[unit]; !ok {
				t.Errorf("%s has no %s", x.Name, unit)
			}
		}
	}
	log, err := os.ReadFile(filepath.Join(s.Dir, results.PacingFile))
	if err != nil {
		t.Fatal(err)
	}
	late, warnings, err := results.ReadHistograms(bytes.NewReader(log), results.PacingFile)
	if err != nil || len(warnings) > 0 || len(late) != 1 || late[0].Hist.TotalCount() != 2*39 {
		t.Errorf("%v, %v, pacing errors %v", err, warnings, late)
	}
	if notes := strings.Join(res.Notes, "; "); strings.Count(notes, "CPU time of echoa is read from the ") != 1 {
		t.Errorf("notes %q", notes)
	}
}

func TestChunkSkipsServersThatFail(t *testing.T) {
	frames := ChunkCase(40, Coalesced, ShapeFrames, AnswerEcho)
	for fault, tt := range map[string]struct {
		c    results.Case
		want string
	}{
		"wrong":   {frames, "corrupted echo"},
		"corrupt": {frames, "corrupted echo"},
		"exit":    {frames, "the server ended: exit status 7: echo: enough"},
		"":        {ChunkCase(40, Coalesced, ShapeFrames, AnswerCount), `answered "A", want {"frames":10}: it may not know /ws?n=10; -answer echo measures an echo server`},
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := tinyFrames(t, []results.Case{tt.c}, fault)
			s.KeepGoing = true
			path, tally, err := s.Run(context.Background())
			if err != nil || tally.Samples != 0 || tally.Failures != 1 {
				t.Errorf("%+v, %v", tally, err)
			}
			if res := readBack(t, path); len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Text, tt.want) {
				t.Errorf("skipped %v, want %q", res.Skipped, tt.want)
			}
		})
	}
}

// A server that does not answer tiny frames is given up after a bounded time, which all its
// cases share.
func TestChunkGivesUpOnSilence(t *testing.T) {
	cases := []results.Case{ChunkCase(40, Paced, ShapeFrames, AnswerEcho), ChunkCase(leastRung, Coalesced, ShapeFrames, AnswerEcho)}
	s := tinyFrames(t, cases, "lossy")
	k := s.Plan.Probe.(*Chunk)
	k.patience = 50 * time.Millisecond
	path, tally, err := s.Run(context.Background())
	if err != nil || tally.Samples != 0 || tally.Failures != len(cases) {
		t.Errorf("%+v, %v", tally, err)
	}
	for _, skip := range readBack(t, path).Skipped {
		if want := "the first 10 frames were not answered within 50ms"; !strings.Contains(skip.Text, want) {
			t.Errorf("skipped %v, want %q", skip, want)
		}
	}
}

// An interruption ends the wait for the next frame, however long the gap is.
func TestChunkInterruptedInGap(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	done := make(chan error, 1)
	go func() {
		_, err := sinkFloor(ctx, chunkCase{1000, Paced, ShapeFrames, AnswerCount}, time.Hour, nil)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want that it was cancelled", err)
		}
	case <-time.After(waiting.Bound):
		t.Fatal("the exchange goes on")
	}
}

// A server that is fast enough gets the rungs that it needs, and no others; one
// case that none needs is no failure.
func TestChunkLadder(t *testing.T) {
	cases := []results.Case{ChunkCase(5, Coalesced, ShapeFrames, AnswerEcho)}
	for _, n := range ChunkLadder(ShapeFrames) {
		cases = append(cases, ChunkCase(n, Coalesced, ShapeFrames, AnswerEcho))
	}
	s := tinyFrames(t, cases, "")
	s.Plan.Rounds, s.Plan.Window = 1, time.Nanosecond
	path, tally, err := s.Run(context.Background())
	if err != nil || tally.Failures != 0 {
		t.Fatalf("%+v, %v", tally, err)
	}
	var frames []int
	for _, c := range results.Cases(readBack(t, path).Samples) {
		frames = append(frames, c.Int("frames"))
	}
	slices.Sort(frames)
	if tally.Done != 2 {
		t.Errorf("%d runs are counted, want those of the ladder's one rung and of 5 frames", tally.Done)
	}
	if want := []int{5, leastRung}; !cmp.Equal(frames, want) {
		t.Errorf("frames %v, want %v", frames, want)
	}
}

// The frames of every shape are what they are called, however they are taken.
func TestChunkWire(t *testing.T) {
	for shape, want := range map[string]struct {
		first, middle, last uint8
		messages, bytes     int
	}{
		ShapeFrames:    {0x81, 0x81, 0x81, 20000, 20000},
		ShapeBytes:     {0x81, 0x81, 0x81, 20000, 20000},
		ShapeFragments: {0x01, 0x00, 0x80, 1, 20000},
		ShapeEmpty:     {0x01, 0x00, 0x80, 1, 1},
		ShapePings:     {0x89, 0x89, 0x81, 1, 1},
	} {
		for _, frames := range []int{4, segmentFrames - 1, segmentFrames, segmentFrames + 1, 20000} {
			c := chunkCase{frames: frames, shape: shape}
			if frames == 20000 && (c.messages() != want.messages || c.bytes() != want.bytes) {
				t.Errorf("%s: %d messages of %d bytes", shape, c.messages(), c.bytes())
			}
			w := newChunkWire(c)
			var all []byte
			for b := w.next(segmentFrames); b != nil; b = w.next(segmentFrames) {
				all = append(all, b...)
			}
			if c.wire() != len(all) {
				t.Errorf("%s: %d frames are said to have %d bytes, want %d", shape, frames, c.wire(), len(all))
			}
			for n := 1; n <= frames; n++ {
				h, need, err := parse.ParseHeader(all, parse.FromClient)
				if err != nil || need > 0 {
					t.Fatalf("%s: frame %d of %d: %v, %d bytes needed", shape, n, frames, err, need)
				}
				first := want.middle
				switch n {
				case 1:
					first = want.first
				case frames:
					first = want.last
				}
				payload := all[h.Size : int64(h.Size)+h.Length]
				mask.Octet.Unmask(payload, h.Key)
				if h.First != first || strings.Trim(string(payload), "A") != "" || frameSize(all) != int(h.Size)+len(payload) {
					t.Fatalf("%s: frame %d of %d: %#x %q", shape, n, frames, h.First, payload)
				}
				all = all[int(h.Size)+len(payload):]
			}
			if len(all) > 0 {
				t.Errorf("%s: %d bytes behind %d frames", shape, len(all), frames)
			}
		}
	}
}

func TestChunkAnswer(t *testing.T) {
	count := chunkCase{frames: 3, shape: ShapeFrames, answer: AnswerCount}
	echo := chunkCase{frames: 3, shape: ShapeFragments, answer: AnswerEcho}
	pings := chunkCase{frames: 3, shape: ShapePings, answer: AnswerCount}
	for _, tt := range []struct {
		c        chunkCase
		in, want string // an error, or "" of a whole answer
	}{
		{count, "\x8a\x01A\x81\x0c{\"frames\":3}", ""},
		{count, "\x01\x06{\"fram\x80\x06es\":3}", ""},
		{count, "\x81\x0c{\"frames\":2}", `answered "{\"frames\":2}", want {"frames":3}`},
		{count, "\x81\x01A", `answered "A", want {"frames":3}`},
		{count, "\x88\x0c\x03\xf0too often!", "the server closed the connection: code 1008 too often!"},
		{count, "\x83\x00", "the server's frames: "},
		{pings, "\x8a\x01A\x81\x0c{\"frames\":1}", ""},
		{pings, "\x8a\x01B", "corrupted pong"},
		{pings, "\x8a\x00", "a pong of 0 bytes, want the ping's 1"},
		{count, "\x8a\x02BB\x81\x0c{\"frames\":3}", ""}, // unasked
		{echo, "\x81\x03AAA", ""},
		{echo, "\x01\x02AA\x00\x00\x89\x00\x80\x01A", ""},
		{echo, "\x81\x03AAB", "corrupted echo"},
		{echo, "\x81\x02AA", "echoed 1 messages of 2 bytes, want 1 of 3"},
	} {
		for _, step := range []int{1, 100} {
			a, err := newChunkAnswer(tt.c, false), error(nil)
			a.unsent = 0
			for in := []byte(tt.in); len(in) > 0 && err == nil; {
				n := min(step, len(in))
				err = a.take(in[:n])
				in = in[n:]
			}
			if tt.want == "" && (err != nil || !a.whole()) || tt.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tt.want)) {
				t.Errorf("%q by %d: %v, want %q", tt.in, step, err, tt.want)
			}
		}
	}
}

// An answer that comes while frames are still to be sent is no count of them.
func TestChunkAnswerTooEarly(t *testing.T) {
	for _, c := range []chunkCase{{frames: 3, shape: ShapeFrames, answer: AnswerCount}, {frames: 3, shape: ShapeFragments, answer: AnswerCount}} {
		a := newChunkAnswer(c, false)
		if a.unsent != 3*7 {
			t.Errorf("%+v: %d bytes", c, a.unsent)
		}
		a.unsent = 1
		err := a.take(append([]byte{0x81, byte(len(a.want))}, a.want...))
		if err == nil || !strings.HasPrefix(err.Error(), "answered 1 bytes before all frames were sent") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestSurveyed(t *testing.T) {
	for _, tt := range []struct {
		mode string
		wall time.Duration
		want float64
	}{
		{Coalesced, time.Second, 1e6},
		{Paced, 105 * time.Millisecond, 5000},
		{Paced, 250 * time.Millisecond, 250e3}, // saturated
	} {
		if got := surveyed(tt.wall, chunkCase{frames: 1000, mode: tt.mode}, 100*time.Microsecond); got != tt.want {
			t.Errorf("mode %s, %v: %v ns, want %v", tt.mode, tt.wall, got, tt.want)
		}
	}
}
