//go:build linux

package lab

import (
	"context"
	"strings"
	"testing"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/benches/results"
)

// A server that the session has started is at wss:// and trusted, whatever its
// certificate, in every probe of WebSockets.
func TestTLS(t *testing.T) {
	frames := func(shape string) results.Case { return ChunkCase(40, Coalesced, shape, AnswerEcho) }
	idle := idling(t, time.Millisecond, "tls")
	idle.Plan.Cases = []results.Case{"conns=10"}
	for name, s := range map[string]*Session{
		"Echo":    tiny(t, "tls"),
		"Idle":    idle,
		"Profile": profiled(t, "echo-ws-pipeline", "tls"),
		"Chunk":   tinyFrames(t, []results.Case{frames(ShapeFrames), frames(ShapeFragments), frames(ShapeBytes), ChunkCase(40, Paced, ShapePings, AnswerEcho)}, "tls"),
	} {
		t.Run(name, func(t *testing.T) {
			s.Plan.Rounds = 1
			path, tally, err := s.Run(context.Background())
			if res := readBack(t, path); err != nil || tally.Done == 0 || tally.Failures != 0 {
				t.Errorf("%+v, %v, skipped %v", tally, err, res.Skipped)
			}
		})
	}
}

// opens has a probe open its client of a case to a server.
func opens(t *testing.T, s Server, probe Probe, c results.Case) error {
	t.Helper()
	stage := NewStage(Plan{Probe: probe, Servers: []Server{s}, Cases: []results.Case{c}}, host.Placement{})
	defer stage.Close()
	if err := stage.Start(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	p := stage.process(0)
	p.resume()
	client, err := probe.Open(t.Context(), p, c)
	if err == nil {
		client.Close()
	}
	return err
}

// What does not go over TLS is refused with what to use.
func TestTLSRefused(t *testing.T) {
	limited, err := ProfileCases("echo-ws-limited", []int{3})
	if err != nil {
		t.Fatal(err)
	}
	for want, of := range map[string]struct {
		Probe
		c results.Case
	}{
		"'wsbench load -profile tls-handshake' measures": {&Accept{}, AcceptCase(50, RequestOpening)},
		"use a ws:// address":                            {Profile{}, limited[0]},
	} {
		if err := opens(t, Server{Key: external("echo").Key, Argv: echoCommand("tls")}, of, of.c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

// A command with the wrong mark is told the right one.
func TestTLSAdvice(t *testing.T) {
	argv := echoCommand("tls")
	argv[2] = strings.Replace(argv[2], securePortMark, portMark, 1)
	err := opens(t, Server{Key: external("echo").Key, Argv: argv}, Echo{}, results.EchoCase(1, 20, 1))
	if got := advice(err); !strings.Contains(got, "has {tls-port} in the place of {port}") {
		t.Errorf("%v: advice %q", err, got)
	}
	if got := advice(&wsclient.SchemeError{Scheme: "ws"}); !strings.Contains(got, "has {port} in the place of {tls-port}") {
		t.Errorf("advice %q", got)
	}
}

// Of a server that ran before the session the certificate counts.
func TestTLSOfRunningServers(t *testing.T) {
	s := Server{Key: external("echo").Key, Argv: echoCommand("tls")}
	err := Serve(t.Context(), s, func(url string, offer wsclient.Offer) error {
		if !strings.HasPrefix(url, "wss://127.0.0.1:") || !offer.TLS.Insecure {
			t.Errorf("%s, %+v", url, offer)
		}
		other, err := AtURL("other="+url, 0)
		if err != nil {
			return err
		}
		if !other.RunsSecure() {
			t.Errorf("%s speaks TLS", url)
		}
		for _, insecure := range []bool{false, true} {
			other.Offer.TLS.Insecure = insecure
			err := opens(t, other, Echo{}, results.EchoCase(1, 20, 1))
			if (err == nil) != insecure || err != nil && !strings.Contains(err.Error(), "-insecure takes any certificate") {
				t.Errorf("insecure %v: %v", insecure, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
