package micro

import "context"

// SweepSizes are those to look for crossovers at, from least on: the more the
// shorter, then a few large ones. Few is a third of them.
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
	return append(sizes, 1<<10, 4<<10, 16<<10, 64<<10)
}

// A Sweeper compares a candidate with a simpler one at every size.
type Sweeper struct {
	Sizes []int
	Plan  Plan
	// Pair returns their functions for payloads of one size.
	Pair func(size int) (candidate, simpler Func)
	// Seen gets what was measured at each size; nil: nobody.
	Seen func(size int, res *Result) error
}

// Sweep measures; see [Cross] for what to make of the points.
func (s Sweeper) Sweep(ctx context.Context) (points []Point, err error) {
	for i, size := range s.Sizes {
		plan := s.Plan
		plan.Seed += uint64(i) // not the same order at every size
		candidate, simpler := s.Pair(size)
		res, err := Compare(ctx, []Func{candidate, simpler}, plan)
		if err == nil && s.Seen != nil {
			err = s.Seen(size, res)
		}
		if err != nil {
			return nil, err
		}
		points = append(points, Point{size, res.Ratios(0, 1)})
	}
	return points, nil
}
