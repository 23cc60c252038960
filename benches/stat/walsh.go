package stat

import (
	"math"
	"slices"
)

// walsh is the means of all pairs of some values, each value with itself among
// them, in ascending order. It holds the values only, sorted: n of them have
// n(n+1)/2 means.
type walsh []float64

// newWalsh leaves out what is not finite, such as the logarithm of a ratio of 0:
// it is no measurement.
func newWalsh(xs []float64) walsh {
	return slices.DeleteFunc(sorted(xs), func(x float64) bool { return math.IsNaN(x) || math.IsInf(x, 0) })
}

// len returns how many means there are.
func (w walsh) len() int { return len(w) * (len(w) + 1) / 2 }

func (w walsh) mean(i, j int) float64 { return w[i]/2 + w[j]/2 }

// below returns how many means are less than t, and with orEqual how many are
// at most t.
func (w walsh) below(t float64, orEqual bool) (n int) {
	i := 0
	for j := len(w) - 1; j >= 0; j-- { // pairs i <= j: the larger j is, the fewer i stay below
		for i < len(w) && (w.mean(i, j) < t || orEqual && w.mean(i, j) == t) {
			i++
		}
		n += min(i, j+1)
	}
	return n
}

// at returns the k-th least mean, k from 1 to len: the least number that k means
// do not exceed. It halves the floating-point numbers between the ends and not
// the distance, so it takes at most 64 steps however far apart the values are.
func (w walsh) at(k int) float64 {
	lo, hi := toOrder(w[0]), toOrder(w[len(w)-1])
	for lo < hi {
		mid := lo + (hi-lo)/2
		if w.below(fromOrder(mid), true) < k {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return fromOrder(lo) + 0 // not -0
}

const signBit = 1 << 63

// toOrder returns x's place in the order of all floating-point numbers.
func toOrder(x float64) uint64 {
	b := math.Float64bits(x)
	if b&signBit != 0 {
		return ^b
	}
	return b | signBit
}

// fromOrder inverts toOrder.
func fromOrder(o uint64) float64 {
	if o&signBit != 0 {
		return math.Float64frombits(o &^ signBit)
	}
	return math.Float64frombits(^o)
}

// median returns the Hodges–Lehmann shift.
func (w walsh) median() float64 {
	n := w.len()
	if n%2 == 1 {
		return w.at(n/2 + 1)
	}
	lo, hi := w.at(n/2), w.at(n/2+1)
	return lo/2 + hi/2
}
