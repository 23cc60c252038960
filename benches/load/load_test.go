package load

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/parse"
)

// endless is the window of a run that something else ends.
const endless = time.Minute

// config is a closed loop of 20 bytes on 3 connections, verified whole.
func config(url string) Config {
	return Config{URL: url, Conns: 3, Size: 20, Depth: 1, Op: parse.Binary, Verify: VerifyAll, Seed: 1, Timeout: waiting.Bound}
}

// measure opens, runs until s has echoed n messages, and closes.
func measure(t *testing.T, s *server, cfg Config, n int) (Result, error) {
	t.Helper()
	g, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	r, err := runUntil(t, g, s, n)
	if e := g.Close(); e != nil && err == nil {
		t.Errorf("Close: %v", e)
	}
	return r, err
}

// runUntil runs g until s has echoed n messages more: how fast the machine is
// must not matter.
func runUntil(t *testing.T, g *Group, s *server, n int) (Result, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan struct{})
	defer func() { <-ended }()
	enough := s.echoed.Load() + int64(n)
	go func() {
		defer close(ended)
		for s.echoed.Load() < enough && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	r, err := g.Run(ctx, 0, endless)
	if errors.Is(err, context.Canceled) {
		err = nil
	}
	cancel()
	return r, err
}

// good runs cfg and wants echoes and nothing else.
func good(t *testing.T, s *server, cfg Config) Result {
	t.Helper()
	r, err := measure(t, s, cfg, max(50, 3*cfg.Conns*cfg.Depth))
	if err != nil {
		t.Fatal(err)
	}
	if r.Corrupt != 0 {
		t.Errorf("corrupt: %v", r.Corruption)
	}
	if r.Messages == 0 || r.Bytes != r.Messages*int64(cfg.Size) {
		t.Errorf("%d messages, %d bytes", r.Messages, r.Bytes)
	}
	// What was in flight while the hook ran is counted, not timed.
	if n := r.Latency.TotalCount(); n > r.Messages || n < r.Messages-int64(cfg.Conns*cfg.Depth) {
		t.Errorf("%d latencies of %d messages", n, r.Messages)
	}
	if r.Elapsed <= 0 || r.Elapsed >= endless {
		t.Errorf("window of %v", r.Elapsed)
	}
	return r
}

func TestEcho(t *testing.T) {
	leaks(t)
	s := serve(t, faithful)
	for _, op := range []parse.Opcode{parse.Binary, parse.Text, parse.Ping} {
		for _, size := range []int{0, 1, 20, 125, 126, 1024, 65535, 65536, 70_000} {
			if op == parse.Ping && size > parse.MaxControl {
				continue
			}
			for _, depth := range []int{1, 5, 16} {
				t.Run(fmt.Sprintf("op=%v/size=%d/depth=%d", op, size, depth), func(t *testing.T) {
					cfg := config(s.url)
					cfg.Op, cfg.Size, cfg.Depth = op, size, depth
					good(t, s, cfg)
				})
			}
		}
	}
}

func TestThreads(t *testing.T) {
	if runtime.NumCPU() < 2 {
		t.Skip("one CPU")
	}
	s := serve(t, faithful)
	cfg := config(s.url)
	cfg.Threads, cfg.Conns, cfg.Depth = 2, 7, 4
	if r := good(t, s, cfg); r.Config.Threads != 2 || r.Waits == 0 || r.Recvs == 0 || r.Sends == 0 {
		t.Errorf("result %+v", r)
	}
}

// Every way to send an echo that RFC 6455 allows and a kernel may cut up.
func TestLegalEchoes(t *testing.T) {
	octets := func(s *session, b []byte) error {
		for i := range b {
			if _, err := s.Write(b[i : i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	fragments := func(s *session, op parse.Opcode, p []byte, between []byte) (b []byte) {
		half := len(p) / 2
		b = append(b, frame(0, op, p[:half])...)
		b = append(b, between...)
		b = append(b, frame(0, parse.Continuation, nil)...)
		b = append(b, frame(0, parse.Continuation, p[half:])...)
		b = append(b, between...)
		return append(b, frame(parse.FIN, parse.Continuation, nil)...)
	}
	ping := append(frame(parse.FIN, parse.Ping, []byte("are you there")), frame(parse.FIN, parse.Pong, nil)...)
	for name, answer := range map[string]func(s *session, op parse.Opcode, p []byte) []byte{
		"plain":     func(s *session, op parse.Opcode, p []byte) []byte { return frame(parse.FIN, op, p) },
		"fragments": func(s *session, op parse.Opcode, p []byte) []byte { return fragments(s, op, p, nil) },
		"ping before": func(s *session, op parse.Opcode, p []byte) []byte {
			return append(ping[:len(ping):len(ping)], frame(parse.FIN, op, p)...)
		},
		"ping amid fragments": func(s *session, op parse.Opcode, p []byte) []byte { return fragments(s, op, p, ping) },
	} {
		for _, size := range []int{0, 20, 130} {
			t.Run(fmt.Sprintf("%s/size=%d/whole", name, size), func(t *testing.T) {
				t.Parallel()
				s := serve(t, func(s *session) {
					s.echo(func(op parse.Opcode, p []byte) error { _, err := s.Write(answer(s, op, p)); return err })
				})
				cfg := config(s.url)
				cfg.Size, cfg.Depth = size, 3
				good(t, s, cfg)
			})
			t.Run(fmt.Sprintf("%s/size=%d/bytes", name, size), func(t *testing.T) {
				t.Parallel()
				s := serve(t, func(s *session) {
					s.echo(func(op parse.Opcode, p []byte) error { return octets(s, answer(s, op, p)) })
				})
				cfg := config(s.url)
				cfg.Size, cfg.Depth = size, 3
				good(t, s, cfg)
			})
		}
	}
}

// A ping of the server is answered by a pong with its payload.
func TestPong(t *testing.T) {
	var pongs, wrong atomic.Int64
	s := serve(t, func(s *session) {
		buf := make([]byte, 1<<10)
		for {
			op, p, err := s.next(buf)
			switch {
			case err != nil:
				return
			case op == parse.Pong && string(p) == "payload":
				pongs.Add(1)
			case op == parse.Pong:
				wrong.Add(1)
			case op == parse.Close:
				s.Write(frame(parse.FIN, parse.Close, p))
				return
			default:
				s.Write(append(frame(parse.FIN, parse.Ping, []byte("payload")), frame(parse.FIN, op, p)...))
				s.server.echoed.Add(1)
			}
		}
	})
	good(t, s, config(s.url))
	if pongs.Load() == 0 || wrong.Load() != 0 {
		t.Errorf("%d pongs, %d with another payload", pongs.Load(), wrong.Load())
	}
}
