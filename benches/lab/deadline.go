package lab

import (
	"cmp"
	"context"
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

// total returns how many runs the session comes to: those of the plan, or as
// many as the time allows.
func (r *Runner) total() int {
	if r.Plan.Rounds > 0 {
		return r.Plan.Runs() - r.fewer
	}
	return r.tally.Done + max(0, int(r.Deadline.Sub(r.Now())/r.each()))
}

// DefaultEpochs is how often servers are started at least in a session that is long
// enough. Each start is another draw of what a start decides, so that there are
// more, up to MostEpochs, while starting takes little of the time.
const (
	DefaultEpochs = 10
	MostEpochs    = 64
)

// startShare is how much of an epoch's time the start of its servers takes at most, of
// more than DefaultEpochs.
const startShare = 0.06

// nextEpoch starts the servers anew where block b, the first of its round,
// begins an epoch.
func (r *Runner) nextEpoch(ctx context.Context, b Block) error {
	if r.Restart == nil || !r.epochEnds(b) {
		return nil
	}
	if err := r.stolen(); err != nil {
		return err
	}
	r.epoch++
	began := r.Now()
	err := r.Restart(ctx)
	r.epochBegan = r.Now()
	r.StartTook = r.epochBegan.Sub(began)
	return err
}

// unit returns the epoch as samples have it: those of one layout are the same.
func (r *Runner) unit() int {
	if n := r.Plan.Layouts; n > 0 {
		return (r.epoch-1)%n + 1
	}
	return r.epoch
}

// epochEnds reports whether as much of the session has passed as the epochs up to this
// one are to have, or enough of it where starts are short.
func (r *Runner) epochEnds(b Block) bool {
	longer := cmp.Or(r.Plan.Longer, 1)
	passed := func(epochs int) bool { return r.share(b)*float64(epochs)*longer > float64(r.epoch)-1e-9 }
	if n := r.Plan.Epochs; n > 0 {
		return passed(n)
	}
	lasted := r.Now().Sub(r.epochBegan)
	return passed(DefaultEpochs) || passed(MostEpochs) && float64(r.StartTook) <= startShare*float64(lasted)
}

// spare reports whether there is time for so many runs more than those to come.
func (r *Runner) spare(runs int) bool {
	pairs := len(r.Plan.Servers)*len(r.Plan.Cases) - len(r.beyond)
	return r.fits(runs + (r.total()-r.tally.Done)*r.active()/pairs)
}

// inTime reports whether b can begin: the first block can, a round if all of it
// ends in time, and within a round every block that does.
func (r *Runner) inTime(b Block) bool {
	runs := len(b.Order)
	if r.begins(b) && b.Round > 1 && r.Plan.Rounds > 0 {
		runs = r.active()
	}
	return b.ID == 1 || r.fits(runs)
}

// begins reports whether b is the first of its round.
func (r *Runner) begins(b Block) bool { return (b.ID-1)%len(r.Plan.Cases) == 0 }

// cut writes what was measured when the time was up at b, if more was planned.
func (r *Runner) cut(b Block) error {
	if r.Plan.Rounds == 0 {
		return nil
	}
	part := ""
	if !r.begins(b) {
		part = fmt.Sprintf(" and %d of %d cases of one more", (b.ID-1)%len(r.Plan.Cases), len(r.Plan.Cases))
	}
	return r.Journal.Note(fmt.Sprintf("%d of %d rounds%s were measured, as the session's time was up",
		b.Round-1, r.Plan.Rounds, part))
}

// left estimates the time that the runs still to come take, from those done.
func (r *Runner) left() time.Duration {
	now := r.Now()
	each := now.Sub(r.began) / time.Duration(max(1, r.tally.Done))
	left := each * time.Duration(r.total()-r.tally.Done)
	if !r.Deadline.IsZero() {
		left = max(0, min(left, r.Deadline.Sub(now)))
	}
	return left
}
