package micro

// SweepEnd is the last of SweepSizes.
const SweepEnd = 64 << 10

// SweepSizes returns the sizes to look for crossovers at, from least on: the
// more the shorter, then a few large ones. Few is a third of them.
func SweepSizes(least int, few bool) (sizes []int) {
	step := func(n int) int {
		switch {
		case n < 32:
			return 1
		case n < 64:
			return 3
		case n < 128:
			return 7
		case n < 512:
			return 29
		}
		return n
	}
	factor := 1
	if few {
		factor = 3
	}
	for n := least; n <= 512; n += factor * step(n) {
		sizes = append(sizes, n)
	}
	return append(sizes, 1<<10, 4<<10, 16<<10, SweepEnd)
}
