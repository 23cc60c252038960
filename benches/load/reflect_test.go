package load

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/wsclient"
	"wsbench/parse"
)

func TestReflect(t *testing.T) {
	leaks(t)
	for name, c := range map[string]struct {
		behave func(t *testing.T, s *session)
		want   string // in the error
	}{
		"messages": {func(t *testing.T, s *session) {
			for _, p := range []string{"", "hello", strings.Repeat("long ", 40_000)} {
				s.Write(frame(parse.FIN, parse.Text, []byte(p)))
				s.Write(frame(parse.FIN, parse.Ping, nil))
				if op, got, err := s.next(nil); op != parse.Text || string(got) != p || err != nil {
					t.Errorf("%d bytes: %v of %d bytes, %v", len(p), op, len(got), err)
				}
				if op, _, err := s.next(nil); op != parse.Pong || err != nil {
					t.Errorf("%v, %v; want a pong", op, err)
				}
			}
			s.Write(frame(parse.FIN, parse.Close, []byte("\x03\xE8")))
			if op, got, err := s.next(nil); op != parse.Close || string(got) != "\x03\xE8" || err != nil {
				t.Errorf("%v %x, %v; want the close frame", op, got, err)
			}
		}, ""},
		"violation": {func(t *testing.T, s *session) {
			s.Write(frame(parse.FIN, parse.Text, []byte("\xC0")))
			if op, got, err := s.next(nil); op != parse.Close || string(got) != "\x03\xEF" || err != nil {
				t.Errorf("%v %x, %v; want close code 1007", op, got, err)
			}
		}, "not UTF-8"},
		"no close frame": {func(t *testing.T, s *session) {}, "without a close frame"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, func(s *session) { c.behave(t, s) })
			err := Reflect(t.Context(), s.url, wsclient.Offer{})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestReflectEnds(t *testing.T) {
	leaks(t)
	s := serve(t, func(s *session) { s.next(nil) })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := Reflect(ctx, s.url, wsclient.Offer{}); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for url, want := range map[string]string{"ws://" + l.Addr().String(): "is the server running?", "http://127.0.0.1": "does not begin with ws://"} {
		if err := Reflect(t.Context(), url, wsclient.Offer{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", url, err)
		}
	}
}
