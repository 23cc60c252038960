package stat

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Units returns what a test of differences is to count as one, so that it counts nothing
// twice. Values of one epoch, such as those of one start of a server, share what that
// start came to (the layout of memory, for one), and neighbors share what the host did. So a
// unit is the shift of an epoch, where there are many epochs; else that of a batch of
// neighbors within one, unless batches show that epochs differ. epochs holds the epoch of
// each value; coarse reports whether epochs are the units.
//
// Whether epochs differ is judged by a permutation test of the variance between
// them at 20 %, from a seed that is fixed. At 50 %, 25 instead of 35 of 600 recorded
// families of ten with 11 epochs had a false alarm, and as many differences of 2 % were
// found (41 %); but of simulated ones with 10 epochs that do not differ, 41 % instead of
// 54 % were found.
func Units(values []float64, epochs []int) (units []float64, coarse bool) {
	groups := byEpoch(values, epochs)
	if len(groups) == len(values) {
		return values, false
	}
	if len(groups) >= manyUnits {
		return shifts(groups), true
	}
	var of []int
	for i, g := range groups {
		cut := batches(g, (mostUnits+len(groups)-1)/len(groups))
		for range cut {
			of = append(of, i)
		}
		units = append(units, shifts(cut)...)
	}
	if parts := byEpoch(units, of); len(parts) > 1 && len(parts) < len(units) && differ(units, parts) {
		return shifts(groups), true
	}
	return units, false
}

const (
	// manyUnits is how many epochs test nearly as well as their values.
	manyUnits = 20
	// mostUnits is about how many batches are made: fewer are longer, and depend less
	// on each other. Of 175 values correlated by 0.3 with their neighbors, families of ten
	// then have false alarms in 6 %, where single values have them in 29 %.
	mostUnits = 30
)

// batches cuts values into at most n batches of neighbors, of nearly equal length.
func batches(values []float64, n int) (list [][]float64) {
	n = min(n, len(values))
	for i := range n {
		list = append(list, values[i*len(values)/n:(i+1)*len(values)/n])
	}
	return list
}

func shifts(groups [][]float64) (list []float64) {
	for _, g := range groups {
		list = append(list, Shift(g))
	}
	return list
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

// permutations is how many are drawn: the p-value 0.2 is then known to 0.03.
const permutations = 199

// differ reports whether the groups' means differ at 20 %.
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
	return float64(as)/(permutations+1) <= 0.2
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

// RatioUnits returns Units of the logarithms of ratios.
func RatioUnits(ratios []float64, epochs []int) (units []float64, coarse bool) {
	units, coarse = Units(each(ratios, math.Log), epochs)
	return each(units, math.Exp), coarse
}

// RatioEpochs returns one ratio for each epoch, whether or not Units would count them
// so: few epochs do not show that they differ.
func RatioEpochs(ratios []float64, epochs []int) []float64 {
	return each(shifts(byEpoch(each(ratios, math.Log), epochs)), math.Exp)
}

func each(values []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = f(v)
	}
	return out
}
