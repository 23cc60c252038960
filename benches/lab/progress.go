package lab

import (
	"fmt"
	"time"
)

// Progress follows a session, for who watches it.
type Progress interface {
	Say(format string, args ...any)                       // a line that stays
	Phase(format string, args ...any)                     // what begins
	Step(format string, args ...any)                      // what is done now, until the next is
	Clear()                                               // nothing is done now
	Run(b Block, so Tally, total int, left time.Duration) // after every run of total
}

// Quiet is a Progress that shows nothing.
type Quiet struct{}

// Say implements Progress.
func (Quiet) Say(string, ...any) {}

// Phase implements Progress.
func (Quiet) Phase(string, ...any) {}

// Step implements Progress.
func (Quiet) Step(string, ...any) {}

// Clear implements Progress.
func (Quiet) Clear() {}

// Run implements Progress.
func (Quiet) Run(Block, Tally, int, time.Duration) {}

// ClockTime returns d in minutes and seconds.
func ClockTime(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s < 60 {
		return fmt.Sprintf("%d s", s)
	}
	return fmt.Sprintf("%d min %02d s", s/60, s%60)
}
