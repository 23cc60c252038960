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

// all returns the looks that a file can have, in ascending order, and that at the end.
func (t Terms) all() (list []Look) {
	last := 0.0
	for _, l := range append(slices.Clone(t.Looks), Look{Block: math.MaxInt, Share: 1}) {
		if l.Share > last {
			list, last = append(list, l), l.Share
		}
	}
	return list
}

// Series is what the pairs of one comparison come to at each look.
type Series []standing

type standing struct {
	pairs   int       // up to the look
	few     bool      // of too few starts of the servers to be judged there
	units   []float64 // what the test counts as one
	byEpoch bool
}

// Series returns what pairs, in the order of their blocks, come to at the looks of t.
func (t Terms) Series(set []Pair) (s Series) {
	for _, l := range t.all() {
		now := standing{pairs: until(set, l)}
		if now.few = l.Share < 1 && fewEpochs(set[:now.pairs]); !now.few {
			now.units, now.byEpoch = unitsAt(l, set[:now.pairs])
		}
		s = append(s, now)
	}
	return s
}

// until returns how many of the pairs a look has.
func until(set []Pair, l Look) int {
	if i := slices.IndexFunc(set, func(p Pair) bool { return p.Block > l.Block }); i >= 0 {
		return i
	}
	return len(set)
}

// unitsAt returns what the test counts as one at a look: before the end always epochs.
// With batches within epochs, wherever these were not seen to differ, 6.9 % of 2,000
// families of ten without a difference had a false alarm.
func unitsAt(l Look, set []Pair) (units []float64, byEpoch bool) {
	values, epochs := ratios(set)
	if l.Share >= 1 {
		return stat.RatioUnits(values, epochs)
	}
	units = stat.RatioEpochs(values, epochs)
	return units, len(units) < len(values)
}

// judge judges comparisons, each by its pairs; see Judge.
func (t Terms) judge(sets [][]Pair, better string) []Difference {
	var list []Series
	for _, set := range sets {
		list = append(list, t.Series(set))
	}
	return t.Judge(list, better)
}

// Judge judges comparisons, each by its Series of t, at every look and at the end. A
// comparison is decided by the first look at which neither it nor a limit of t is
// undecided, and stays as it was judged there; so does one that gains no pair after a
// look. A look at which nothing can be judged spends no error. better is the direction of
// the unit.
func (t Terms) Judge(sets []Series, better string) []Difference {
	q := sequence{terms: t, better: better, sets: sets, list: make([]Difference, len(sets)), pairs: make([]int, len(sets))}
	for k, l := range t.all() {
		if l.Share >= 1 || slices.ContainsFunc(sets, func(s Series) bool { return !s[k].few }) {
			q.look(k, l)
		}
	}
	return q.list
}

// sequence is comparisons that are judged look by look.
type sequence struct {
	terms  Terms
	better string
	sets   []Series
	shares stat.Looks // up to now
	list   []Difference
	pairs  []int // of each, at the look before
}

// look judges at look k.
func (q *sequence) look(k int, l Look) {
	q.shares = append(q.shares, l.Share)
	f := stat.Family{Alpha: 1 - Confidence, Margin: q.terms.Margin, Looks: slices.Clone(q.shares), Size: len(q.sets)}
	var open []int
	var units [][]float64
	for i, set := range q.sets {
		now, d := set[k], q.list[i]
		gained := now.pairs > q.pairs[i] || d.Look == 0
		q.pairs[i] = now.pairs
		switch {
		case d.Decided && d.Verdict.Kind != Equivalent:
			f.Size--
		case !d.Decided && !now.few && gained:
			q.list[i].ByEpoch, open, units = now.byEpoch, append(open, i), append(units, now.units)
		}
	}
	for n, d := range f.Ratios(units) {
		now := difference(d, q.better, q.terms.Margin)
		now.ByEpoch, now.Look, now.Share = q.list[open[n]].ByEpoch, len(q.shares), l.Share
		now.Decided = q.terms.decides(now, q.better)
		q.list[open[n]] = now
	}
}

// leastEpochs is how many starts of the servers a look needs before the end: with fewer,
// the test of a single comparison cannot reach its level.
const leastEpochs = 10

// fewEpochs reports whether pairs are of too few epochs for a look before the end.
func fewEpochs(set []Pair) bool {
	seen := map[int]bool{}
	for _, p := range set {
		seen[p.Epoch] = true
	}
	return len(seen) < leastEpochs
}

// decides reports whether a comparison needs no more pairs.
func (t Terms) decides(d Difference, better string) bool {
	open := func(limit float64) bool { return d.SlowerBy(limit, better) == Undecided }
	return d.Verdict.Kind != Undecided && !slices.ContainsFunc(t.Limits, open)
}
