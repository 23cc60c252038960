package lab

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// crowded is a session of external servers with these faults.
func crowded(t *testing.T, faults ...string) *ConnsSession {
	t.Helper()
	s := &ConnsSession{
		Conns: 3*waveSize + 1, Rounds: 2, Settle: time.Millisecond, Seed: 5,
		Dir: filepath.Join(t.TempDir(), "results", "one"), Progress: NewProgress(&bytes.Buffer{}),
	}
	for i, fault := range faults {
		s.Variants = append(s.Variants, Variant{Server: "echo" + string(rune('a'+i)), Argv: echoCommand(fault)})
	}
	return s
}

func TestConnsMeasuresEveryServerInEveryRound(t *testing.T) {
	s := crowded(t, "", "")
	path, tally, err := s.Run(context.Background())
	if err != nil || tally.Samples != 4 || tally.Failures != 0 {
		t.Fatalf("%+v, %v", tally, err)
	}
	res := readBack(t, path)
	if len(res.Conns) != 4 || len(res.Samples) != 0 || len(res.Components) != 0 || len(res.Warnings) > 0 {
		t.Fatalf("%d samples of connections, %d others, warnings %v", len(res.Conns), len(res.Samples)+len(res.Components), res.Warnings)
	}
	for _, sum := range res.SummarizeConns() {
		cpu, empty := sum.Spread["cpu-ns/open"], sum.Spread["empty-B"]
		if sum.N != 2 || sum.Conns != s.Conns || cpu.Least < 1000 || cpu.Median < cpu.Least || cpu.Most < cpu.Median || empty.Least < 1<<20 {
			t.Errorf("%+v", sum)
		}
		if perConn := sum.Spread["B/conn"]; perConn.Median < 1000 || perConn.Most > 1<<20 {
			t.Errorf("a goroutine a connection takes %+v octets", perConn)
		}
	}
	text, _ := os.ReadFile(path)
	for _, want := range []string{"\nUnit B/conn better=lower\n", "\nUnit cpu-ns/open better=lower\n", "\nseed: 5\n", "\nBenchmarkConns/server=echoa/conns=97 1 "} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestConnsSkipsServersThatAnswerWrongly(t *testing.T) {
	for fault, want := range map[string]string{
		"wrong":  "connection 0: corrupted echo",
		"chatty": "connection 0: ", // with the handshake, or in the echo's place
		"fickle": "idle connection",
		"deaf":   "the server ended: exit status 3: echo: no port today",
	} {
		t.Run(fault, func(t *testing.T) {
			s := crowded(t, "", fault)
			path, tally, err := s.Run(context.Background())
			if err != nil || tally.Failures != 1 || tally.Samples != 2 {
				t.Errorf("%+v, %v", tally, err)
			}
			res := readBack(t, path)
			if len(res.Skipped) != 1 || res.Skipped[0].Name != "BenchmarkConns/server=echob/conns=97" || !strings.Contains(res.Skipped[0].Text, want) {
				t.Errorf("skipped %q, want %q", res.Skipped, want)
			}
		})
	}
}

func TestConnsInterrupted(t *testing.T) {
	for name, s := range map[string]*ConnsSession{"silent server": crowded(t, "mute"), "settling": crowded(t, "")} {
		t.Run(name, func(t *testing.T) {
			s.Settle = time.Minute
			ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
			defer cancel()
			began := time.Now()
			path, tally, err := s.Run(ctx)
			if !errors.Is(err, context.DeadlineExceeded) || tally.Samples != 0 || time.Since(began) > s.Settle/2 {
				t.Errorf("%+v, %v after %v", tally, err, time.Since(began))
			}
			if res := readBack(t, path); res.Interrupted != "after 0 of 2 processes" || len(res.Skipped) > 0 {
				t.Errorf("interrupted %q, skipped %v", res.Interrupted, res.Skipped)
			}
		})
	}
}

func TestCheckDescriptors(t *testing.T) {
	if err := CheckDescriptors(10); err != nil {
		t.Error(err)
	}
	err := CheckDescriptors(50_000_000)
	if err == nil || !strings.Contains(err.Error(), "raise it with ulimit -n, or open ") {
		t.Errorf("%v", err)
	}
}

func TestConnsSampleIsReadBack(t *testing.T) {
	want := ConnsSample{Variant{Server: Own, IO: "uring"}, 9000, map[string]float64{"B/conn": 136, "cpu-ns/open": 31000.5, "empty-B": 6897664}}
	got, ok := connsSampleOf(want.result())
	if !ok || got.Name() != want.Name() || want.Name() != "BenchmarkConns/server=wsbench/io=uring/conns=9000" {
		t.Errorf("%+v, %v", got, ok)
	}
	for unit, v := range want.Values {
		if got.Values[unit] != v {
			t.Errorf("%s: %v, want %v", unit, got.Values[unit], v)
		}
	}
}
