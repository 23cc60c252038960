package lab

import (
	"fmt"
	"time"
)

// each returns how long a run takes: what was planned, until there was one.
func (r *Runner) each() time.Duration {
	if r.taken == 0 {
		return r.Plan.Warmup + r.Plan.Window + runCost
	}
	return r.spent / time.Duration(r.taken)
}

// fits reports whether so many runs end before the deadline.
func (r *Runner) fits(runs int) bool {
	return r.Deadline.IsZero() || !r.Now().Add(time.Duration(runs)*r.each()).After(r.Deadline)
}

// spare reports whether there is time for one more run than those to come.
func (r *Runner) spare() bool {
	pairs := len(r.Plan.Servers) * len(r.Plan.Cases)
	return r.fits(1 + (r.Plan.Runs()-r.tally.Done)*r.alive()/pairs)
}

// inTime reports whether b can begin: the first block can, a round if all of it
// ends in time, and within a round every block that does.
func (r *Runner) inTime(b Block) bool {
	runs := len(b.Order)
	if r.begins(b) && b.Round > 1 {
		runs = r.alive()
	}
	return b.ID == 1 || r.fits(runs)
}

// begins reports whether b is the first of its round.
func (r *Runner) begins(b Block) bool { return (b.ID-1)%len(r.Plan.Cases) == 0 }

// cut returns what was measured when the time was up at b.
func (r *Runner) cut(b Block) string {
	part := ""
	if !r.begins(b) {
		part = fmt.Sprintf(" and %d of %d cases of one more", (b.ID-1)%len(r.Plan.Cases), len(r.Plan.Cases))
	}
	return fmt.Sprintf("%d of %d rounds%s were measured, as the session's time was up; with -rounds %d it takes the time it needs",
		b.Round-1, r.Plan.Rounds, part, r.Plan.Rounds)
}

// left estimates the time that the runs still to come take, from those done.
func (r *Runner) left() time.Duration {
	now := r.Now()
	each := now.Sub(r.began) / time.Duration(max(1, r.tally.Done))
	left := each * time.Duration(r.Plan.Runs()-r.tally.Done)
	if !r.Deadline.IsZero() {
		left = max(0, min(left, r.Deadline.Sub(now)))
	}
	return left
}
