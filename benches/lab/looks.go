package lab

import (
	"time"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

const (
	// DefaultLooks is how often the comparisons of a session are judged.
	DefaultLooks = 3
	// MostLooks is how often they can be.
	MostLooks = 10
)

// look judges the comparisons before block b, the first of its round, where one of
// the plan's looks is due: each comes after twice the share of the session of the one
// before. Comparisons that are decided leave the plan. The last look is that of who reads
// the file.
func (r *Runner) look(b Block) error {
	if bench, _ := results.BenchOf(r.Plan.Probe.Base()); r.Plan.Looks < 2 || len(bench.Judged) == 0 {
		return nil
	}
	due := 0.0
	share := r.share(b)
	for _, l := range stat.Doubling(r.Plan.Looks) {
		if l <= share {
			due = l
		}
	}
	if n := len(r.looks); due == 0 || share >= 1 || n > 0 && r.looks[n-1].Share >= due {
		return nil
	}
	l := results.Look{Block: b.ID - 1, Share: share}.Written()
	r.looks = append(r.looks, l)
	if err := r.Journal.Look(l); err != nil {
		return err
	}
	r.decide()
	return nil
}

// share returns how much of the session has passed before block b, the first of its
// round.
func (r *Runner) share(b Block) float64 {
	if n := r.Plan.Rounds; n > 0 {
		return float64(b.Round-1) / float64(n)
	}
	return r.Now().Sub(r.began).Seconds() / r.Deadline.Sub(r.began).Seconds()
}

// decide takes out of the plan what is decided by all units: the server under the case,
// and the reference with its second process where it was the last to be compared with
// them.
func (r *Runner) decide() {
	bench, _ := results.BenchOf(r.Plan.Probe.Base())
	terms := r.Terms
	terms.Looks = r.looks
	decided := map[results.Comparison]int{}
	for _, unit := range bench.Judged {
		for _, d := range results.Compare(r.samples, unit, terms).Others {
			if d.Decided && d.Share < 1 {
				decided[results.Comparison{Server: d.Server, Case: d.Case}]++
			}
		}
	}
	for c, k := range r.Plan.Cases {
		for i, s := range r.Plan.Servers {
			if decided[results.Comparison{Server: s.Key, Case: k}] == len(bench.Judged) && !r.leaves(i, c) {
				r.leave(i, c)
			}
		}
		r.release(c)
	}
}

func (r *Runner) leave(i, c int) {
	if r.decided == nil {
		r.decided = map[[2]int]bool{}
	}
	r.decided[[2]int{i, c}] = true
	r.Watch.Say("decided after %s: %s under %s", ClockTime(r.Now().Sub(r.began).Round(time.Second)), r.Plan.Servers[i].Key.Label(), r.Plan.Cases[c])
}

// release takes the reference out of case c where nothing is compared with it any
// more, and something was.
func (r *Runner) release(c int) {
	ref, _ := results.Reference(r.samples)
	left, before := 0, 0
	for i, s := range r.Plan.Servers {
		switch {
		case s.Key == ref || s.Key == ref.Second():
		case r.decided[[2]int{i, c}]:
			before++
		case !r.leaves(i, c):
			left++
		}
	}
	if left > 0 || before == 0 {
		return
	}
	for i := range r.Plan.Servers {
		r.decided[[2]int{i, c}] = true
	}
}

// leaves reports whether server i takes no more runs under case c.
func (r *Runner) leaves(i, c int) bool {
	return r.dead[[2]int{i, c}] || r.decided[[2]int{i, c}]
}

// unused reports whether server i takes no more runs.
func (r *Runner) unused(i int) bool {
	for c := range r.Plan.Cases {
		if !r.leaves(i, c) {
			return false
		}
	}
	return true
}

// active returns how many pairs of server and case take runs.
func (r *Runner) active() (n int) {
	for i := range r.Plan.Servers {
		for c := range r.Plan.Cases {
			if !r.leaves(i, c) {
				n++
			}
		}
	}
	return n
}

// settled reports whether everything was decided, so that nothing is left to run.
func (r *Runner) settled() bool { return len(r.decided) > 0 && r.active() == 0 }
