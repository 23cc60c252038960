package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Units returns what a test of differences is to count as one: the values
// themselves, or the mean of each epoch where epochs differ by more than the
// values within them allow. Values of one epoch, such as those of one start of a
// server, share what that start came to (the layout of memory, for one), and are
// then not independent. epochs holds the epoch of each value.
//
// Whether epochs differ is judged by a permutation test of the variance between
// them at 5 %, from a seed that is fixed.
func Units(values []float64, epochs []int) (units []float64, coarse bool) {
	groups := byEpoch(values, epochs)
	if len(groups) < 2 || len(groups) == len(values) || !differ(values, groups) {
		return values, false
	}
	for _, g := range groups {
		units = append(units, mean(g))
	}
	return units, true
}

// byEpoch returns the values of each epoch, in the order of the epochs.
func byEpoch(values []float64, epochs []int) (groups [][]float64) {
	all := map[int][]float64{}
	for i, v := range values {
		all[epochs[i]] = append(all[epochs[i]], v)
	}
	for _, e := range sortedKeys(all) {
		groups = append(groups, all[e])
	}
	return groups
}

func sortedKeys(m map[int][]float64) (keys []int) {
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// permutations is how many are drawn: the p-value 0.05 is then known to 0.01.
const permutations = 499

// differ reports whether the groups' means differ at 5 %.
func differ(values []float64, groups [][]float64) bool {
	var sizes []int
	for _, g := range groups {
		sizes = append(sizes, len(g))
	}
	seen := between(flat(groups), sizes)
	rng := rand.New(rand.NewPCG(1, uint64(len(values))))
	shuffled := slices.Clone(values)
	as := 1
	for range permutations {
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if between(shuffled, sizes) >= seen {
			as++
		}
	}
	return float64(as)/(permutations+1) <= 0.05
}

func flat(groups [][]float64) []float64 { return slices.Concat(groups...) }

// between returns the sum of the squares between the groups that values are cut
// into, but for what is the same for every cut.
func between(values []float64, sizes []int) (sum float64) {
	for _, n := range sizes {
		total := 0.0
		for _, v := range values[:n] {
			total += v
		}
		sum += total * total / float64(n)
		values = values[n:]
	}
	return sum
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// RatioUnits returns Units of the logarithms of ratios.
func RatioUnits(ratios []float64, epochs []int) (units []float64, coarse bool) {
	logs := make([]float64, len(ratios))
	for i, r := range ratios {
		logs[i] = math.Log(r)
	}
	units, coarse = Units(logs, epochs)
	out := make([]float64, len(units))
	for i, u := range units {
		out[i] = math.Exp(u)
	}
	return out, coarse
}
