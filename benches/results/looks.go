package results

import (
	"math"
	"slices"

	"wsbench/benches/stat"
)

// Look is a time at which the comparisons of a session were judged while it ran.
// Those that were decided were measured no further.
type Look struct {
	Block int     // the last before it
	Share float64 // of the session that had passed
}

// Terms are how comparisons are judged.
type Terms struct {
	Margin float64   // the share that does not matter
	Limits []float64 // shares by which SlowerBy has to be decided, too
	Looks  []Look    // before the last one, which is at the end
}

// Terms returns those of a session.
func (res *Results) Terms() Terms {
	t := Terms{Margin: res.Margin(), Looks: res.Looks}
	if limit, err := ParseFailOn(res.Config["fail-on"]); err == nil {
		t.Limits = []float64{limit}
	}
	return t
}

// judge judges comparisons, each by its pairs, at every look and at the end. A
// comparison is decided by the first look at which neither it nor a limit of t is
// undecided, and stays as it was judged there; so does one that gains no pair after a look. better is the
// direction of the unit.
func (t Terms) judge(sets [][]pair, better string) []Difference {
	q := sequence{terms: t, better: better, sets: sets, list: make([]Difference, len(sets)), pairs: make([]int, len(sets))}
	for _, l := range append(slices.Clone(t.Looks), Look{Block: math.MaxInt, Share: 1}) {
		if l.Share > 0 && (len(q.shares) == 0 || l.Share > q.shares[len(q.shares)-1]) && q.ready(l) {
			q.look(l)
		}
	}
	return q.list
}

// sequence is comparisons that are judged look by look.
type sequence struct {
	terms  Terms
	better string
	sets   [][]pair
	shares stat.Looks // up to now
	list   []Difference
	pairs  []int // of each, at the look before
}

// ready reports whether anything can be judged at l. Where nothing can, the look
// spends no error.
func (q *sequence) ready(l Look) bool {
	return l.Share >= 1 || slices.ContainsFunc(q.sets, func(set []pair) bool { return !fewEpochs(set, until(set, l)) })
}

// until returns how many of the pairs a look has.
func until(set []pair, l Look) int {
	if i := slices.IndexFunc(set, func(p pair) bool { return p.block > l.Block }); i >= 0 {
		return i
	}
	return len(set)
}

func (q *sequence) look(l Look) {
	q.shares = append(q.shares, l.Share)
	f := stat.Family{Alpha: 1 - Confidence, Margin: q.terms.Margin, Looks: slices.Clone(q.shares), Size: len(q.sets)}
	var open []int
	var units [][]float64
	for i, set := range q.sets {
		n := until(set, l)
		gained := n > q.pairs[i] || q.list[i].Look == 0
		q.pairs[i] = n
		switch d := q.list[i]; {
		case d.Decided && d.Verdict.Kind != Equivalent:
			f.Size--
		case d.Decided || l.Share < 1 && fewEpochs(set, n):
		case gained:
			own, byEpoch := unitsAt(l, set[:n])
			q.list[i].ByEpoch, open, units = byEpoch, append(open, i), append(units, own)
		}
	}
	for n, d := range f.Ratios(units) {
		now := difference(d, q.better, q.terms.Margin)
		now.ByEpoch, now.Look, now.Share = q.list[open[n]].ByEpoch, len(q.shares), l.Share
		now.Decided = q.terms.decides(now, q.better)
		q.list[open[n]] = now
	}
}

// unitsAt returns what the test counts as one at a look: before the end always epochs.
// With batches within epochs, wherever these were not seen to differ, 6.9 % of 2,000
// families of ten without a difference had a false alarm.
func unitsAt(l Look, set []pair) (units []float64, byEpoch bool) {
	values, epochs := ratios(set)
	if l.Share >= 1 {
		return stat.RatioUnits(values, epochs)
	}
	units = stat.RatioEpochs(values, epochs)
	return units, len(units) < len(values)
}

// leastEpochs is how many starts of the servers a look needs before the end: with fewer,
// the test of a single comparison cannot reach its level.
const leastEpochs = 10

// fewEpochs reports whether the first n pairs are of too few epochs for a look before
// the end.
func fewEpochs(set []pair, n int) bool {
	seen := map[int]bool{}
	for _, p := range set[:n] {
		seen[p.epoch] = true
	}
	return len(seen) < leastEpochs
}

// decides reports whether a comparison needs no more pairs.
func (t Terms) decides(d Difference, better string) bool {
	open := func(limit float64) bool { return d.SlowerBy(limit, better) == Undecided }
	return d.Verdict.Kind != Undecided && !slices.ContainsFunc(t.Limits, open)
}
