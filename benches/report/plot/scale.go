package plot

import (
	"math"
	"slices"
)

// scale maps values between lo and hi to coordinates.
type scale struct {
	lo, hi   float64
	from, to float64
	log      bool
}

// at returns the coordinate of v, which is kept within the scale.
func (s scale) at(v float64) float64 {
	lo, hi := s.lo, s.hi
	v = min(max(v, lo), hi)
	if s.log {
		lo, hi, v = math.Log(lo), math.Log(hi), math.Log(v)
	}
	if hi == lo {
		return (s.from + s.to) / 2
	}
	return s.from + (s.to-s.from)*(v-lo)/(hi-lo)
}

// Decades reports whether values span so much that a logarithmic axis shows them
// better: all above zero, the greatest 20 times the least or more.
func Decades(values []float64) bool {
	if len(values) == 0 {
		return false
	}
	least, most := slices.Min(values), slices.Max(values)
	return least > 0 && most >= 20*least && !math.IsInf(most, 0)
}

// ticks returns at most about n round values within the scale.
func (s scale) ticks(n int) []float64 {
	if s.log {
		return s.logTicks(n)
	}
	step := roundStep((s.hi - s.lo) / float64(n))
	var list []float64
	if step <= 0 || math.IsInf(step, 0) || math.IsNaN(step) {
		return []float64{s.lo}
	}
	for i := math.Ceil(s.lo/step - 1e-9); i*step <= s.hi+step*1e-9 && len(list) < 50; i++ {
		list = append(list, i*step+0) // +0: no -0
	}
	return list
}

// roundStep returns the least of 1, 2 and 5 times a power of ten that is not below
// v.
func roundStep(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	base := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5} {
		if m*base >= v*(1-1e-9) {
			return m * base
		}
	}
	return 10 * base
}

// logTicks returns powers of ten, and between them as much as there is room for.
func (s scale) logTicks(n int) []float64 {
	for _, m := range [][]float64{{1, 1.5, 2, 3, 4, 5, 6, 8}, {1, 2, 5}, {1, 3}, {1}} {
		if list := s.multiples(m, 1); len(list) <= n {
			return list
		}
	}
	for stride := 2; ; stride++ {
		if list := s.multiples([]float64{1}, stride); len(list) <= n || stride > 60 {
			return list
		}
	}
}

func (s scale) multiples(of []float64, stride int) (list []float64) {
	first := int(math.Floor(math.Log10(s.lo)))
	for e := first; e <= first+700; e++ {
		base := math.Pow(10, float64(e))
		if base > s.hi || base == 0 {
			break
		}
		if e%stride != 0 {
			continue
		}
		for _, m := range of {
			if v := m * base; v >= s.lo*(1-1e-9) && v <= s.hi*(1+1e-9) {
				list = append(list, v)
			}
		}
	}
	return list
}

// fitted returns a scale that holds all values: from zero where that is near, in
// decades if log.
func fitted(values []float64, log bool, from, to float64) scale {
	s := scale{from: from, to: to, log: log, lo: 0, hi: 1}
	if len(values) == 0 {
		return s
	}
	s.lo, s.hi = slices.Min(values), slices.Max(values)
	if log {
		s.lo, s.hi = s.lo/1.15, s.hi*1.15
		return s
	}
	if s.lo > 0 {
		s.lo = 0
	}
	if s.hi <= s.lo {
		s.hi = s.lo + 1
	}
	s.hi += 0.04 * (s.hi - s.lo)
	return s
}
