package lab

import (
	"context"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// counters are what wsbench's server counts itself, by name; what its io does
// not count is absent.
type counters map[string]float64

const countersMark = "counters "

// parseCounters reads the line of a server: "counters accepted=820 …".
func parseCounters(line string) (counters, bool) {
	rest, ok := strings.CutPrefix(line, countersMark)
	if !ok {
		return nil, false
	}
	c := counters{}
	for _, f := range strings.Fields(rest) {
		key, value, _ := strings.Cut(f, "=")
		if v, err := strconv.ParseFloat(value, 64); err == nil {
			c[key] = v
		}
	}
	return c, true
}

// values returns the counters' units for what was counted since then.
func (c counters) values(then counters) map[string]float64 {
	since := func(key string) float64 { return c[key] - then[key] }
	frames := since("frames")
	out := map[string]float64{}
	if frames <= 0 {
		return out
	}
	if _, whole := c["wait"]; whole { // package net hides its waiting
		out["syscalls/msg"] = since("calls") / frames
	}
	if recv := since("recv"); recv > 0 {
		out["frames/recv"] = frames / recv
	}
	return out
}

// counterLimit bounds the wait for a server's counters.
const counterLimit = 2 * time.Second

// count asks a wsbench server for its counters. nil where it is another server
// or does not answer: then the samples lack what they would tell.
func (p *Process) count(ctx context.Context) counters {
	if !p.own {
		return nil
	}
	for len(p.lines) > 0 { // what it wrote before is not the answer
		<-p.lines
	}
	p.signal(syscall.SIGUSR1)
	line, err := p.next(ctx, counterLimit, func(s string) bool { return strings.HasPrefix(s, countersMark) })
	if err != nil {
		return nil
	}
	c, _ := parseCounters(line)
	return c
}
