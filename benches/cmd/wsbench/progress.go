package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
)

// progress shows a person how a session goes on: on a terminal one line that
// is redrawn, elsewhere a line per round. It implements lab.Progress.
type progress struct {
	w      io.Writer
	screen func() term.Screen // as wide as it is at the moment
	drawn  int                // columns of the line that is redrawn
	round  int                // last one shown, where lines are plain
	warned bool
}

// newProgress writes to w, which is a terminal or not.
func newProgress(w io.Writer) *progress {
	return &progress{w: w, screen: func() term.Screen { return term.Of(w, term.Never) }}
}

// Say writes a line that stays, without the control characters that a server may
// have written.
func (p *progress) Say(format string, args ...any) {
	p.Clear()
	page := p.screen().Page()
	page.Line(format, args...)
	page.Flush(p.w)
}

// Step draws a line that the next one replaces; where lines stay, nothing. What
// is wider than the terminal is cut: a line that wraps cannot be redrawn.
func (p *progress) Step(format string, args ...any) {
	if s := p.screen(); s.Control {
		p.draw(s, fmt.Sprintf(format, args...))
	}
}

func (p *progress) draw(s term.Screen, text string) {
	text = s.Cut(text, s.Columns-1)
	n := term.Columns(text)
	fmt.Fprintf(p.w, "\r%s%s", text, strings.Repeat(" ", max(0, min(p.drawn, s.Columns-1)-n)))
	p.drawn = n
}

// Phase announces what begins: like Step on a terminal, a line elsewhere.
func (p *progress) Phase(format string, args ...any) {
	if p.screen().Control {
		p.Step(format, args...)
		return
	}
	p.Say(format, args...)
}

// Clear takes the redrawn line away.
func (p *progress) Clear() {
	if p.drawn > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", min(p.drawn, p.screen().Columns-1), "")
		p.drawn = 0
	}
}

// enough is how many runs show that a host is busy.
const enough = 12

// Run implements lab.Progress.
func (p *progress) Run(b lab.Block, so lab.Tally, total int, left time.Duration) {
	if !p.warned && so.Done >= enough && so.Discarded > so.Done/2 {
		p.warned = true
		p.Say("warning: %d runs were discarded so far, %d are samples; the DISCARDED lines say why: stop what else uses the CPUs, or allow more interference with -noise", so.Discarded, so.Samples)
	}
	if s := p.screen(); s.Control {
		bar := term.Bar{Value: float64(so.Done), Full: float64(total)}.Draw(s, 20)
		p.draw(s, fmt.Sprintf("run %d of %d, %s left  [%s]  round %d, %s", so.Done, total, lab.ClockTime(left), bar, b.Round, b.Case))
		return
	}
	if b.Round != p.round || so.Done == total {
		p.round = b.Round
		fmt.Fprintf(p.w, "round %d: run %d of %d, %s left\n", b.Round, so.Done, total, lab.ClockTime(left))
	}
}
