package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

func TestProgressOffATerminalIsALineARound(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	p.Step("never seen")
	for i := range 6 {
		p.Run(lab.Block{Round: 1 + i/3, Case: results.EchoCase(100, 20, 1)}, lab.Tally{Done: i + 1}, 6, time.Duration(125-20*i)*time.Second)
	}
	p.Say("the end")
	want := "round 1: run 1 of 6, 2 min 05 s left\nround 2: run 4 of 6, 1 min 05 s left\nround 2: run 6 of 6, 25 s left\nthe end\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestProgressOnATerminalIsRedrawn(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, screen: func() term.Screen { return term.Screen{Columns: 60, Control: true} }}
	p.Run(lab.Block{Round: 1, Case: results.EchoCase(100, 20, 1)}, lab.Tally{Done: 9}, 10, 59*time.Second)
	p.Step("short")
	p.Say("stays")
	out := b.String()
	if strings.Count(out, "\n") != 1 || !strings.HasSuffix(out, "\rstays\n") {
		t.Errorf("%q", out)
	}
	// What is drawn over a longer line covers it.
	lines := strings.Split(out, "\r")
	if term.Columns(lines[2]) < term.Columns(lines[1]) {
		t.Errorf("%q leaves the end of %q", lines[2], lines[1])
	}
}

func TestProgressHasNoControlCharacters(t *testing.T) {
	var out strings.Builder
	newProgress(&out).Say("skipped %s", "\x1b[2J\a")
	if out.String() != "skipped ?[2J?\n" {
		t.Errorf("%q", &out)
	}
}

func TestProgressWarnsOnceOfABusyHost(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	for i := 1; i <= 40; i++ {
		p.Run(lab.Block{Round: 1, Case: results.EchoCase(100, 20, 1)}, lab.Tally{Done: i, Discarded: i}, 99, 0)
	}
	if got := b.String(); strings.Count(got, "warning: 12 runs were discarded so far, 0 are samples") != 1 || strings.Count(got, "warning") != 1 {
		t.Errorf("%q", got)
	}
}

// A line that wraps cannot be redrawn; and a name is not the terminal's orders.
func TestProgressKeepsToTheLine(t *testing.T) {
	var b bytes.Buffer
	columns := 60
	p := &progress{w: &b, screen: func() term.Screen { return term.Screen{Columns: columns, Control: true} }}
	for _, columns = range []int{60, 40, 100} {
		b.Reset()
		p.Step("%s", strings.Repeat("wide µ ", 40)+"\x1b[2J")
		p.Step("short")
		p.Clear()
		for line := range strings.SplitSeq(b.String(), "\r") {
			if n := term.Columns(line); n >= columns || strings.ContainsAny(line, "\n\x1b") {
				t.Errorf("%d columns: a line of %d: %q", columns, n, line)
			}
		}
	}
}
