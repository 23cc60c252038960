//go:build linux

package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/parse"
)

// Echoes that are not what was sent are counted, named, and end no run.
func TestCorruption(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(op parse.Opcode, p []byte) []byte
		want  string
		off   bool // seen without verifying payloads
	}{
		"flipped byte": {func(op parse.Opcode, p []byte) []byte { p[17] ^= 0x80; return frame(parse.FIN, op, p) }, "byte 17 of its payload is 0x", false},
		"flipped in a fragment": {func(op parse.Opcode, p []byte) []byte {
			p[17] ^= 0x80
			return append(frame(0, op, p[:10]), frame(parse.FIN, parse.Continuation, p[10:])...)
		}, "byte 17 of its payload is 0x", false},
		"short": {func(op parse.Opcode, p []byte) []byte { return frame(parse.FIN, op, p[1:]) }, "19 bytes, 20 were sent", true},
		"long":  {func(op parse.Opcode, p []byte) []byte { return frame(parse.FIN, op, append(p, 0)) }, "21 bytes, 20 were sent", true},
		"long fragment": {func(op parse.Opcode, p []byte) []byte {
			return append(frame(0, op, append(p, 0)), frame(parse.FIN, 0, nil)...)
		}, "at least 21 bytes, 20 were sent", true},
		"short of fragments": {func(op parse.Opcode, p []byte) []byte {
			return append(frame(0, op, p[:3]), frame(parse.FIN, 0, p[:3])...)
		}, "6 bytes, 20 were sent", true},
		"opcode": {func(op parse.Opcode, p []byte) []byte { return frame(parse.FIN, parse.Text, p) }, "its opcode is text, want binary", true},
	} {
		for _, verify := range []Verify{VerifySample, VerifyAll, VerifyOff} {
			t.Run(fmt.Sprintf("%s/%v", name, verify), func(t *testing.T) {
				t.Parallel()
				s := serve(t, func(s *session) {
					n := 0
					s.echo(func(op parse.Opcode, p []byte) error {
						b := frame(parse.FIN, op, p)
						if n++; n == 65 || n == 129 {
							b = c.spoil(op, p) // messages 1, 65, 129, … of connection 0 are sampled
						}
						_, err := s.Write(b)
						return err
					})
				})
				cfg := config(s.url)
				cfg.Verify, cfg.Conns = verify, 1
				r, err := measure(t, s, cfg, 140)
				if err != nil {
					t.Fatal(err)
				}
				if verify == VerifyOff && !c.off {
					if r.Corrupt != 0 {
						t.Errorf("payload was compared: %v", r.Corruption)
					}
					return
				}
				if r.Corrupt != 2 || r.Corruption == nil {
					t.Fatalf("%d corrupted, %v; want 2", r.Corrupt, r.Corruption)
				}
				if r.Corruption.Conn != 0 || r.Corruption.Message != 65 || !strings.Contains(r.Corruption.Error(), c.want) {
					t.Errorf("%v; want connection 0, message 65, %q", r.Corruption, c.want)
				}
				if len(r.Warnings) == 0 || !strings.Contains(r.Warnings[0], c.want) {
					t.Errorf("warnings %q; want %q", r.Warnings, c.want)
				}
			})
		}
	}
}

// What ends a run says why, and what was measured before is kept.
func TestLost(t *testing.T) {
	after := func(n int, then func(*session)) func(*session) {
		return func(s *session) {
			i := 0
			s.echo(func(op parse.Opcode, p []byte) error {
				if i++; i > n {
					then(s)
					return net.ErrClosed
				}
				_, err := s.Write(frame(parse.FIN, op, p))
				return err
			})
		}
	}
	write := func(b []byte) func(*session) {
		return func(s *session) {
			s.Write(b)
			s.Conn.(*net.TCPConn).CloseWrite()
			io.Copy(io.Discard, s) // a close with bytes unread would be a reset
		}
	}
	closing := parse.AppendClose(nil, parse.CloseGoingAway, "bye")
	for name, c := range map[string]struct {
		then func(*session)
		want string
	}{
		"EOF":         {func(s *session) {}, "EOF"},
		"reset":       {func(s *session) { s.Conn.(*net.TCPConn).SetLinger(0) }, "connection reset"},
		"close frame": {write(frame(parse.FIN, parse.Close, closing)), `closed it with code 1001 "bye"`},
		"bare close":  {write(frame(parse.FIN, parse.Close, nil)), "closed it without a code"},
		"masked":      {write([]byte{0x82, 0x80, 0, 0, 0, 0}), "frame from a server masked"},
		"reserved":    {write([]byte{0x83, 0x00}), "reserved opcode"},
		"amid":        {write(append(frame(0, parse.Binary, nil), frame(0, parse.Binary, nil)...)), "began a message within another"},
		"continued":   {write(frame(parse.FIN, parse.Continuation, nil)), "continued a message that it had not begun"},
		"unasked":     {write(bytes.Repeat(frame(parse.FIN, parse.Binary, make([]byte, 20)), 9)), "while none of ours was in flight"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const echoes = 40
			cfg := config(serve(t, after(echoes, c.then)).url)
			cfg.Conns, cfg.Verify = 1, VerifyOff
			g, err := Open(t.Context(), cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer g.Close()
			r, err := g.Run(t.Context(), 0, endless)
			var lost *LostError
			if !errors.As(err, &lost) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want one with %q", err, c.want)
			}
			if r.Messages < echoes || r.Messages > echoes+1 || lost.Messages < echoes {
				t.Errorf("%d echoes measured, lost after %d; want %d", r.Messages, lost.Messages, echoes)
			}
			if r.Invalid == nil || !strings.Contains(strings.Join(r.Warnings, "\n"), "invalid: the run failed: connection 0 lost after ") {
				t.Errorf("warnings %q do not tell", r.Warnings)
			}
			if _, err := g.Run(t.Context(), 0, time.Millisecond); err == nil || !strings.Contains(err.Error(), "after a failed one") {
				t.Errorf("a run after it: %v", err)
			}
		})
	}
}

// A server that never answers ends the run after the timeout.
func TestSilent(t *testing.T) {
	cfg := config(serve(t, func(s *session) { io.Copy(io.Discard, s) }).url)
	cfg.Timeout = 100 * time.Millisecond
	g, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close()
	r, err := g.Run(t.Context(), 0, 10*time.Millisecond)
	if err == nil || !strings.Contains(err.Error(), "3 messages on 3 connections not echoed within 100ms") || r.Messages != 0 {
		t.Errorf("%d messages, error %v", r.Messages, err)
	}
}

// Who ends a run while it waits for the last echoes does not wait out the timeout.
func TestInterruptedDrain(t *testing.T) {
	b := newBench(t, Config{Depth: 1, Timeout: time.Hour})
	if err := b.launch(); err != nil {
		t.Fatal(err)
	}
	b.drain()
	b.group.halted.Store(true)
	b.wake.Signal()
	b.round(t)
	if left := time.Duration(b.until - b.now); left > hurry {
		t.Errorf("the drain goes on for %v, want %v at most", left, hurry)
	}
	if err := b.unanswered(); !strings.Contains(err.Error(), "of the run's early end") {
		t.Errorf("error %q", err)
	}
}

func TestOpenFails(t *testing.T) {
	leaks(t)
	answer := func(text string) string {
		return listen(t, func(c net.Conn) {
			c.Read(make([]byte, 4096))
			c.Write([]byte(text))
		})
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for name, c := range map[string]struct{ url, want string }{
		"refused":     {"ws://" + l.Addr().String(), "is the server running?"},
		"403":         {answer("HTTP/1.1 403 Forbidden\r\n\r\n"), `"HTTP/1.1 403 Forbidden"`},
		"not HTTP":    {answer("220 smtp.example ESMTP\r\n\r\n"), `"220 smtp.example ESMTP"`},
		"wrong key":   {answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"), "Sec-WebSocket-Accept"},
		"no answer":   {answer(""), "not answered"},
		"no answer 2": {listen(t, func(c net.Conn) { io.Copy(io.Discard, c) }), "no opening handshake within 200ms"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config(c.url)
			cfg.Timeout = 200 * time.Millisecond
			g, err := Open(t.Context(), cfg)
			if err == nil {
				g.Close()
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one with %s", err, c.want)
			}
		})
	}
	if _, err := Open(t.Context(), config("ws://"+l.Addr().String())); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("error %v wraps no ECONNREFUSED", err)
	}
}
