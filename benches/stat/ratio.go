package stat

import "math"

// Ratios judges sets of ratios, each above 0, by their logarithms: 1 is no
// difference, and 2 is as far from it as one half. Shift, Interval and
// Detectable of the result are ratios, or of Detectable how far above 1; the
// family's Margin is a share: 0.02 for 2 %.
func (f Family) Ratios(sets [][]float64) []Difference {
	logs := make([][]float64, len(sets))
	for i, ratios := range sets {
		logs[i] = make([]float64, len(ratios))
		for j, r := range ratios {
			logs[i][j] = math.Log(r)
		}
	}
	f.Margin = math.Log1p(f.Margin)
	list := f.Judge(logs)
	for i := range list {
		d := &list[i]
		d.Shift, d.Detectable = math.Exp(d.Shift), math.Expm1(d.Detectable)
		d.Interval.Lo, d.Interval.Hi = math.Exp(d.Interval.Lo), math.Exp(d.Interval.Hi)
	}
	return list
}
