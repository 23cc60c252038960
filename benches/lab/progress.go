package lab

import (
	"fmt"
	"io"
	"strings"
	"time"

	"wsbench/benches/internal/term"
)

// Progress shows a person how a session goes on: on a terminal one line that
// is redrawn, elsewhere a line a round.
type Progress struct {
	w      io.Writer
	screen func() term.Screen // as wide as it is at the moment
	drawn  int                // columns of the line that is redrawn
	round  int                // last one told, where lines are plain
	warned bool
}

// NewProgress writes to w, which is a terminal or not.
func NewProgress(w io.Writer) *Progress {
	return &Progress{w: w, screen: func() term.Screen { return term.Of(w, term.Never) }}
}

// Say writes a line that stays.
func (p *Progress) Say(format string, args ...any) {
	p.Clear()
	fmt.Fprintf(p.w, format+"\n", args...)
}

// Step draws a line that the next one replaces; where lines stay, nothing. What
// is wider than the terminal is cut: a line that wraps cannot be redrawn.
func (p *Progress) Step(format string, args ...any) {
	if s := p.screen(); s.Control {
		p.draw(s, fmt.Sprintf(format, args...))
	}
}

func (p *Progress) draw(s term.Screen, text string) {
	text = s.Cut(text, s.Columns-1)
	n := term.Columns(text)
	fmt.Fprintf(p.w, "\r%s%s", text, strings.Repeat(" ", max(0, min(p.drawn, s.Columns-1)-n)))
	p.drawn = n
}

// Phase tells what begins: like Step on a terminal, a line elsewhere.
func (p *Progress) Phase(format string, args ...any) {
	if p.screen().Control {
		p.Step(format, args...)
		return
	}
	p.Say(format, args...)
}

// Clear takes the redrawn line away.
func (p *Progress) Clear() {
	if p.drawn > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", min(p.drawn, p.screen().Columns-1), "")
		p.drawn = 0
	}
}

// enough is how many runs show that a host is busy.
const enough = 12

// Run implements Watcher.
func (p *Progress) Run(b Block, so Tally, total int, left time.Duration) {
	if !p.warned && so.Done >= enough && so.Discarded > so.Done/2 {
		p.warned = true
		p.Say("warning: %d runs were discarded so far, %d are samples; the DISCARDED lines say why: stop what else uses the CPUs, or allow more interference with -noise", so.Discarded, so.Samples)
	}
	if s := p.screen(); s.Control {
		bar := term.Bar{Value: float64(so.Done), Full: float64(total)}.Draw(s, 20)
		p.draw(s, fmt.Sprintf("run %d of %d, %s left  [%s]  round %d, %s", so.Done, total, clockTime(left), bar, b.Round, b.Case.Short()))
		return
	}
	if b.Round != p.round || so.Done == total {
		p.round = b.Round
		fmt.Fprintf(p.w, "round %d: run %d of %d, %s left\n", b.Round, so.Done, total, clockTime(left))
	}
}

// clockTime is d in minutes and seconds.
func clockTime(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 60 {
		return fmt.Sprintf("%d s", s)
	}
	return fmt.Sprintf("%d min %02d s", s/60, s%60)
}
