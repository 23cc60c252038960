package main

import (
	"context"

	"wsbench/benches/micro"
	"wsbench/mask"
)

// A crossFloor is the best kernel at one of its thresholds, beside what bounds
// it.
type crossFloor struct {
	kernel      mask.Kernel
	size, align int
	set         micro.Set
	ratio       micro.Ratio // mask.Floor's time by the kernel's
}

// besideFloor compares the best kernel with mask.Floor at its thresholds; at
// that of the far way, far does.
func (r *crossRun) besideFloor(ctx context.Context) error {
	for _, t := range mask.Thresholds() {
		if t.Kernel != mask.Best() {
			continue
		}
		sizes := []int{t.From}
		if t.Align > 0 {
			sizes = append(sizes, t.Align)
		}
		for _, size := range sizes {
			for _, align := range []int{0, 1} {
				if err := r.ofFloor(ctx, t.Kernel, size, align); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (r *crossRun) ofFloor(ctx context.Context, k mask.Kernel, size, align int) error {
	w := r.arena.Walk(micro.Fresh, size, align)
	res, err := micro.Compare(ctx, []micro.Func{unmasking(k, w), flooring(w)}, micro.Plan{Rounds: r.rounds, Seed: r.seed})
	if err != nil {
		return err
	}
	r.floors = append(r.floors, crossFloor{k, size, align, w.Set(), res.Ratio(0, 1)})
	return r.write(res, size, align, w.Set())
}

func flooring(w *micro.Walk) micro.Func {
	return micro.Func{Name: "floor", Run: func(n int) error {
		for range n {
			mask.Floor(w.Next())
		}
		return nil
	}}
}
