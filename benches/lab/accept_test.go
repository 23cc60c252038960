//go:build linux

package lab

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/results"
)

// acceptSession is a session of requests to an external server with a fault.
func acceptSession(t *testing.T, fault string, cases ...results.Case) *Session {
	t.Helper()
	return &Session{
		Plan: Plan{
			Probe: &Accept{Bucket: 20 * time.Millisecond, Drain: time.Second, Rise: 3}, Cases: cases, Window: 100 * time.Millisecond, Rounds: 2, Seed: 5,
			Servers: []Server{{Key: external("echo").Key, Argv: echoCommand(fault)}},
		},
		Noise: 1000, // other tests run beside this one
		Dir:   filepath.Join(t.TempDir(), "results", "one"), Progress: Quiet{},
	}
}

// A run has a sample and the points of its series, in which nothing goes back.
func TestAcceptSeries(t *testing.T) {
	path, tally, err := acceptSession(t, "", AcceptCase(100, RequestOpening)).Run(context.Background())
	res := readBack(t, path)
	if err != nil || tally.Samples != 2 || tally.Failures != 0 {
		t.Fatalf("%+v, %v, discarded %v, skipped %v", tally, err, res.Discarded, res.Skipped)
	}
	for _, s := range res.Of("Accept") {
		for _, unit := range []string{"p99-ns", "offered/s", "cpus"} {
			if s.Values[unit] <= 0 {
				t.Errorf("%s: %s is %v", s.Name, unit, s.Values[unit])
			}
		}
		if s.Iters < 1 || s.Iters > 10 {
			t.Errorf("%d of 10 requests are done", s.Iters)
		}
	}
	points := res.Of(SeriesBase)
	if len(points) < 2 || len(points) > 10 || len(res.Warnings) > 0 {
		t.Fatalf("%d points, warnings %v", len(points), res.Warnings)
	}
	for i, p := range points {
		v := p.Values
		if v["done-conns"] > v["accepted-conns"] || v["accepted-conns"]+v["waiting-conns"] > v["offered-conns"] {
			t.Errorf("%s: %v", p.Name, v)
		}
		if i > 0 && p.Name.Case().Int("ms") > 20 && v["offered-conns"] < points[i-1].Values["offered-conns"] {
			t.Errorf("%s: %v after %v", p.Name, v, points[i-1].Values)
		}
	}
}

// A server that answers otherwise ends the session before its first run.
func TestAcceptRefusesServers(t *testing.T) {
	const want = "-path names what the server answers with 200"
	path, tally, err := acceptSession(t, "", AcceptCase(50, RequestHTTP)).Run(context.Background())
	if tally.Samples != 0 || err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%+v, %v", tally, err)
	}
	if res := readBack(t, path); len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Text, want) {
		t.Errorf("skipped %v", res.Skipped)
	}
}

// plainTo returns a plain request to a server.
func plainTo(addr netip.AddrPort) acceptRequest {
	return acceptRequest{addr: addr, wire: plainRequest(addr.String(), "/")}
}

// What a request is answered with is judged alike however its bytes arrive.
func TestAcceptAnswered(t *testing.T) {
	r := plainTo(netip.MustParseAddrPort("127.0.0.1:1"))
	for _, tt := range []struct {
		text  string
		eof   bool
		whole bool
		wrong string
	}{
		{"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", false, true, ""},
		{"HTTP/1.1 204 No Content\r\n\r\n", true, true, ""},
		{"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", true, false, "2 bytes of an answer of 3"},
		{"HTTP/1.1 200 OK\r\n", true, false, "closed the connection"},
		{"", true, false, "closed the connection"},
		{"HTTP/1.1 404 Not Found\r\n\r\n", false, false, "-path names"},
		{"nonsense\r\n\r\n", false, false, "-path names"},
	} {
		if whole, err := r.answered([]byte(tt.text), tt.eof); whole != tt.whole || (err == nil) != (tt.wrong == "") || err != nil && !strings.Contains(err.Error(), tt.wrong) {
			t.Errorf("%q: %v, %v", tt.text, whole, err)
		}
		for n := range tt.text {
			if whole, err := r.answered([]byte(tt.text[:n]), false); whole || err != nil && tt.wrong == "" {
				t.Errorf("%q: %v, %v", tt.text[:n], whole, err)
			}
		}
	}
}

// A generator whose table of descriptors is full tells so, and sends the rest.
func TestAcceptLacksDescriptors(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close() // it answers nothing
	l := &acceptLoad{acceptRequest: plainTo(ln.Addr().(*net.TCPAddr).AddrPort()), rate: 1000, window: 20 * time.Millisecond, drain: time.Millisecond, most: 5}
	if err := l.run(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	if n := l.count.unsent.Load(); n != 15 || l.latency.TotalCount() != 5 {
		t.Errorf("%d of 20 requests were not sent, %d latencies", n, l.latency.TotalCount())
	}
	if why := l.lacking(); !strings.Contains(why, "for 15 of 20 requests (5 connections at a time): raise ulimit -n") {
		t.Errorf("%q", why)
	}
}

// A server that is not there refuses, and a context ends a run.
func TestAcceptRefused(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().(*net.TCPAddr).AddrPort()
	ln.Close()
	l := &acceptLoad{acceptRequest: plainTo(addr), rate: 1000, window: 5 * time.Millisecond, drain: time.Second}
	if err := l.run(context.Background(), nil); err != nil || l.count.refused.Load() != 5 {
		t.Errorf("%d of 5 requests were refused, %v, %v", l.count.refused.Load(), err, l.wrong)
	}
	if l.wrong == nil || !strings.Contains(l.wrong.Error(), syscall.ECONNREFUSED.Error()) {
		t.Error(l.wrong)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	l = &acceptLoad{acceptRequest: l.acceptRequest, rate: 1, window: time.Hour, drain: time.Second}
	if err := l.run(ctx, nil); err != context.Canceled {
		t.Error(err)
	}
}

// A search ends with two rates that are near each other, one on each side of the
// one from which the latency rises, in few steps.
func TestRising(t *testing.T) {
	for _, knee := range []int{26, 50, 51, 99, 250, 1300, mostSearched} {
		steps := 0
		low, high, err := rising(SearchFrom, func(rate int) (bool, error) { steps++; return rate >= knee, nil })
		if err != nil || low >= knee || high < knee || float64(high) > searchStep*float64(low) && high-low > 1 || steps > 16 {
			t.Errorf("%d: between %d and %d after %d steps, %v", knee, low, high, steps, err)
		}
	}
	if low, high, err := rising(SearchFrom, func(int) (bool, error) { return false, nil }); low < mostSearched || high != 0 || err != nil {
		t.Errorf("where nothing rises: %d, %d, %v", low, high, err)
	}
	broken := errors.New("broken")
	for _, fails := range []int{50, 35} {
		if _, _, err := rising(SearchFrom, func(rate int) (bool, error) {
			if rate == fails {
				return false, broken
			}
			return true, nil
		}); err != broken {
			t.Errorf("%d: %v", fails, err)
		}
	}
}
