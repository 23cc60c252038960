package lab

import (
	"fmt"
	"io"
	"time"

	"golang.org/x/sys/unix"
)

// Progress tells a person how a session goes on: on a terminal one line that
// is redrawn, elsewhere a line a round.
type Progress struct {
	w        io.Writer
	terminal bool
	drawn    int // characters on the line that is redrawn
	round    int // last one told, where lines are plain
	warned   bool
}

// NewProgress writes to w, which is a terminal or not.
func NewProgress(w io.Writer) *Progress {
	return &Progress{w: w, terminal: IsTerminal(w)}
}

// IsTerminal tells whether w is one.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// Say writes a line that stays.
func (p *Progress) Say(format string, args ...any) {
	p.Clear()
	fmt.Fprintf(p.w, format+"\n", args...)
}

// Step draws a line that the next one replaces; where lines stay, nothing.
func (p *Progress) Step(format string, args ...any) {
	if !p.terminal {
		return
	}
	text := fmt.Sprintf(format, args...)
	fmt.Fprintf(p.w, "\r%-*s", p.drawn, text)
	p.drawn = len(text)
}

// Phase tells what begins: like Step on a terminal, a line elsewhere.
func (p *Progress) Phase(format string, args ...any) {
	if p.terminal {
		p.Step(format, args...)
		return
	}
	p.Say(format, args...)
}

// Clear takes the redrawn line away.
func (p *Progress) Clear() {
	if p.drawn > 0 {
		fmt.Fprintf(p.w, "\r%*s\r", p.drawn, "")
		p.drawn = 0
	}
}

// enough turns to tell a busy host by.
const enough = 12

// Turn implements Watcher.
func (p *Progress) Turn(b Block, so Tally, total int, left time.Duration) {
	if !p.warned && so.Done >= enough && so.LeftOut > so.Done/2 {
		p.warned = true
		p.Say("warning: %d turns were left out so far, %d are samples; see the LEFTOUT lines: if something else uses the CPUs, stop it, or allow more of it with -noise", so.LeftOut, so.Samples)
	}
	if p.terminal {
		p.Step("round %d, %s: turn %d of %d, %s left", b.Round, b.Case.Short(), so.Done, total, clockTime(left))
		return
	}
	if b.Round != p.round || so.Done == total {
		p.round = b.Round
		fmt.Fprintf(p.w, "round %d: turn %d of %d, %s left\n", b.Round, so.Done, total, clockTime(left))
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
