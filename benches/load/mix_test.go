package load

import (
	"errors"
	"io"
	"strings"
	"testing"

	"wsbench/benches/results"
	"wsbench/parse"
)

func TestParseMix(t *testing.T) {
	for s, want := range map[string]Mix{"9:1": {9, 1}, "1:1": {1, 1}, "": {}, "0:1": {}, "9": {}, "9:1x": {}, "60:5": {}, "-1:3": {}} {
		if m, err := ParseMix(s); m != want || (err == nil) != (want != Mix{}) {
			t.Errorf("%q: %v, %v", s, m, err)
		}
	}
}

// Pings among messages are answered and measured, in order or not, within a
// fragmented echo or not.
func TestMix(t *testing.T) {
	// Each answers a frame, with held before or behind it, and returns what it holds back.
	type answer func(held []byte, op parse.Opcode, p []byte) (now, later []byte)
	for name, answer := range map[string]answer{
		"in order": func(_ []byte, op parse.Opcode, p []byte) (now, later []byte) { return frame(parse.FIN, op, p), nil },
		"pongs overtake": func(held []byte, op parse.Opcode, p []byte) (now, later []byte) {
			if op == parse.Pong {
				return append(frame(parse.FIN, op, p), held...), nil
			}
			return nil, append(held, frame(parse.FIN, op, p)...)
		},
		"within an echo": func(held []byte, op parse.Opcode, p []byte) (now, later []byte) {
			if op == parse.Pong {
				return append(frame(parse.FIN, op, p), held...), nil
			}
			return append(held, frame(0, op, p[:7])...), frame(parse.FIN, parse.Continuation, p[7:])
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(s *session) {
				var held []byte
				s.echo(func(op parse.Opcode, p []byte) error {
					var now []byte
					if now, held = answer(held, op, p); s.in.Buffered() == 0 {
						now, held = append(now, held...), nil
					}
					_, err := s.Write(now)
					return err
				})
			})
			cfg := config(s.url)
			cfg.Mix, cfg.Depth = Mix{2, 1}, 3
			r, err := measure(t, s, cfg, 300)
			if err != nil {
				t.Fatal(err)
			}
			pings, all := r.Pongs.TotalCount(), r.Latency.TotalCount()
			if r.Corrupt != 0 || pings == 0 || pings*3 > all+12 || pings*3 < all-12 {
				t.Errorf("%d pongs among %d answers, %v", pings, all, r.Corruption)
			}
		})
	}
}

// A pong is compared with its ping.
func TestPongs(t *testing.T) {
	for name, c := range map[string]struct {
		mix   Mix
		spoil func(p []byte) []byte
		want  string
	}{
		"flood":      {Mix{}, func(p []byte) []byte { p[3] ^= 1; return p }, "byte 3 of its payload"},
		"mix":        {Mix{1, 1}, func(p []byte) []byte { p[3] ^= 1; return p }, "byte 3 of its payload"},
		"short":      {Mix{1, 1}, func(p []byte) []byte { return p[1:] }, "a pong's payload has 19 bytes, 20 were sent"},
		"short, all": {Mix{}, func(p []byte) []byte { return p[1:] }, "19 bytes, 20 were sent"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(s *session) {
				n, spoilt := 0, false
				s.echo(func(op parse.Opcode, p []byte) error {
					if n++; op == parse.Pong && n >= 8 && !spoilt {
						p, spoilt = c.spoil(p), true
					}
					_, err := s.Write(frame(parse.FIN, op, p))
					return err
				})
			})
			cfg := config(s.url)
			if cfg.Conns, cfg.Mix = 1, c.mix; c.mix == (Mix{}) {
				cfg.Op = parse.Ping
			}
			r, err := measure(t, s, cfg, 60)
			if err != nil || r.Corrupt != 1 || r.Errors[Corrupted] != 1 || !strings.Contains(r.Corruption.Error(), c.want) {
				t.Errorf("%d corrupted, %v, %v; want 1, %q", r.Corrupt, r.Corruption, err, c.want)
			}
		})
	}
}

// Round trips of pings are told apart to a microsecond, up to 32 ms; every kind of error
// has a unit.
func TestPingResolution(t *testing.T) {
	h := newHistogram(&Config{Op: parse.Ping})
	for _, ns := range []int64{1, 999, 2_000_500, 32_000_500} {
		if h.ValuesAreEquivalent(ns, ns+1024) {
			t.Errorf("%d ns and a microsecond more are one value", ns)
		}
	}
	for _, k := range ErrorKinds {
		if u := results.UnitOf(k.Unit()); u.Meaning == "" {
			t.Errorf("%s is no registered unit", k.Unit())
		}
	}
}

// Connections that are lost are counted by kind, and the others go on.
func TestEndure(t *testing.T) {
	leaks(t)
	var once [3]func(*session)
	once[0] = func(s *session) { s.Write(frame(parse.FIN, parse.Close, nil)); io.Copy(io.Discard, s) }
	once[1] = func(s *session) { s.Write([]byte{0x83, 0x00}); io.Copy(io.Discard, s) }
	turns := make(chan func(*session), len(once))
	for _, f := range once {
		if f == nil {
			f = faithful
		}
		turns <- f
	}
	s := serve(t, func(s *session) { (<-turns)(s) })
	cfg := config(s.url)
	cfg.Endure = true
	r, err := measure(t, s, cfg, 100)
	if err != nil || r.Errors[Closed] != 1 || r.Errors[Protocol] != 1 || r.Messages < 90 || r.Invalid == nil {
		t.Errorf("%d messages, errors %v, %v, %v", r.Messages, r.Errors, err, r.Invalid)
	}
	if v := r.Values(nil); v["errors"] != 2 || v["closed-errors"] != 1 || v["protocol-errors"] != 1 {
		t.Errorf("the line has %v", v)
	}
	for i := range once {
		turns <- once[i%2]
	}
	_, err = measure(t, s, cfg, 100)
	if lost := new(LostError); !errors.As(err, &lost) {
		t.Errorf("all connections are lost: %v", err)
	}
}
