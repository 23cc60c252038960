package stat

import "math"

// walsh is the means of all pairs of some values, each value with itself among
// them, in ascending order. It holds the values only, sorted: n of them have
// n(n+1)/2 means.
type walsh []float64

func newWalsh(xs []float64) walsh { return sorted(xs) }

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

// next returns the least mean above t; +Inf where there is none.
func (w walsh) next(t float64) float64 {
	least := math.Inf(1)
	i := 0
	for j := len(w) - 1; j >= 0; j-- {
		for i < len(w) && w.mean(i, j) <= t {
			i++
		}
		if i <= j {
			least = min(least, w.mean(i, j))
		}
	}
	return least
}

// at returns the k-th least mean, k from 1 to len. It halves the range that
// holds it, and then goes from mean to mean.
func (w walsh) at(k int) float64 {
	lo, hi := math.Nextafter(w[0], math.Inf(-1)), w[len(w)-1]
	for range 50 {
		mid := lo + (hi-lo)/2
		if w.below(mid, true) < k {
			lo = mid
		} else {
			hi = mid
		}
	}
	v := w.next(lo)
	for w.below(v, true) < k {
		v = w.next(v)
	}
	return v
}

// median returns the Hodges–Lehmann shift.
func (w walsh) median() float64 {
	n := w.len()
	if n%2 == 1 {
		return w.at(n/2 + 1)
	}
	lo, hi := w.at(n/2), w.at(n/2+1)
	return lo + (hi-lo)/2
}
