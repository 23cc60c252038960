package results

import "wsbench/benches/stat"

// Saving is what one side costs more than another per block, in a unit.
type Saving struct {
	N        int           // blocks in which both have a value; of ByEpoch, epochs
	ByEpoch  bool          // epochs disagree more than blocks allow: each is one
	Value    float64       // Hodges–Lehmann estimate; NaN of none
	Interval stat.Interval // by the same test
	HasCI    bool          // N is enough for the interval's level
}

// SavingLevel is the level of a saving's interval: a quotient of two of them
// has that of Confidence at least.
const SavingLevel = 1 - (1-Confidence)/2

// Saved returns what the samples of costly cost more than those of cheap, in
// pairs of a block.
func Saved(costly, cheap []Sample, unit string) (s Saving) {
	base := map[int]float64{}
	for _, x := range cheap {
		if v, ok := x.Values[unit]; ok {
			base[x.Block] = v
		}
	}
	var values []float64
	var epochs []int
	for _, x := range costly {
		v, ok := x.Values[unit]
		b, both := base[x.Block]
		if ok && both {
			values, epochs = append(values, v-b), append(epochs, x.Epoch)
		}
	}
	values, s.ByEpoch = stat.Units(values, epochs)
	s.N, s.Value = len(values), stat.Shift(values)
	s.Interval, s.HasCI = stat.ShiftInterval(values, SavingLevel)
	return s
}

// Share returns which share of whole s is, with an interval of the level of
// Confidence. ok is false unless whole is known to be above 0.
func (s Saving) Share(whole Saving) (share float64, iv stat.Interval, ok bool) {
	if !s.HasCI || !whole.HasCI || whole.Interval.Lo <= 0 {
		return 0, iv, false
	}
	lo, hi := s.Interval.Lo, s.Interval.Hi
	a, b := whole.Interval.Lo, whole.Interval.Hi
	iv = stat.Interval{Lo: min(lo/a, lo/b), Hi: max(hi/a, hi/b), Level: Confidence}
	return s.Value / whole.Value, iv, true
}
