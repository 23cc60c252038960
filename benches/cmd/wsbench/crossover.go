package main

import (
	"context"
	"fmt"

	"wsbench/benches/micro"
	"wsbench/mask"
)

var crossoverExperiment = experiment{
	name:     "crossover",
	summary:  "the sizes at which each mask kernel begins to win on this CPU",
	synopsis: "[flags]",
	examples: "  wsbench crossover -quick\n  wsbench crossover -sets fresh,l2,l3 -rounds 121",
	new: func(c *call) body {
		x := &crossover{}
		x.register(c)
		c.rounds(61, "`samples` per size and kernel; more of them narrow the intervals")
		c.sharing("sets", "where payloads lie, comma-separated `sets`: hot (the same bytes), fresh (others, in the L1), l2 and l3 (a working set larger than that cache)",
			func(s string) (err error) {
				if x.sets, err = micro.ParseSets(s); err != nil {
					return fmt.Errorf("-sets: %w", err)
				}
				return nil
			}, "fresh,l2")
		c.flags.BoolVar(&x.quick, "quick", false, "a third of the sizes and a quarter of the samples, for a first look")
		return x
	},
}

// crossover is one call of wsbench crossover.
type crossover struct {
	microFlags
	quick bool
	sets  []micro.Set
	plan  micro.Plan
	arena *micro.Arena
}

func (x *crossover) check(c *call) error {
	rounds := c.session.Plan.Rounds
	if rounds < micro.MinRounds || rounds > micro.MaxRounds {
		return fmt.Errorf("-rounds %d: want %d to %d", rounds, micro.MinRounds, micro.MaxRounds)
	}
	if x.quick {
		rounds = max(micro.MinRounds, rounds/4)
	}
	x.plan = micro.Plan{Rounds: rounds, Seed: c.session.Plan.Seed}
	return nil
}

func (x *crossover) run(ctx context.Context, c *call) (*outcome, error) {
	x.arena = micro.NewArena(micro.SweepEnd, x.sets, micro.HostCaches())
	var list []micro.Comparison
	for _, part := range []func(mask.Threshold) []micro.Comparison{x.sweeps, x.heads, x.besideFloor} {
		for _, t := range mask.Thresholds() {
			list = append(list, part(t)...)
		}
	}
	r, err := x.measure(ctx, c, append(list, x.far()...))
	if r == nil {
		return nil, err
	}
	return &outcome{results: r, document: crossDocument(r)}, err
}

// sweeps compares a kernel with the simpler one at every size, from the
// threshold on.
func (x *crossover) sweeps(t mask.Threshold) (list []micro.Comparison) {
	for _, set := range x.sets {
		plan := x.plan
		plan.Batch = set.Batch()
		for _, align := range []int{0, 1} {
			for _, size := range micro.SweepSizes(t.From, x.quick) {
				p := takePayloads(x.arena, set, size, align)
				list = append(list, compareMasks(plan, p.kernel(t.Kernel), p.kernel(t.Over)))
			}
		}
	}
	return list
}

// headSpan is how many bytes shorter and longer than a threshold the payloads
// are that are looked at: near it, and of enough lengths that what a loop leaves
// over averages out.
const headSpan = 112

// heads measures around the length from which a head aligns the stores. The
// head is part of the kernels, so that no length can be done with it and without
// it. But it is of use to unaligned payloads only: headGain compares what these
// cost more than aligned ones just below the threshold and just above. That a
// lower threshold would pay does not follow: what the head costs is not seen
// below.
func (x *crossover) heads(t mask.Threshold) (list []micro.Comparison) {
	if t.Align < 2*headSpan {
		return nil // no head, or too short to look below it
	}
	for _, align := range []int{1, 33} {
		var fns []micro.Func // below and above by turns, each aligned and unaligned
		for by := headSpan / 16; by < headSpan; by += headSpan / 8 {
			for _, size := range []int{t.Align - by, t.Align + by} {
				for _, align := range []int{0, align} {
					fns = append(fns, takePayloads(x.arena, micro.Fresh, size, align).kernel(t.Kernel))
				}
			}
		}
		list = append(list, compareMasks(x.plan, fns...))
	}
	return list
}

// besideFloor compares the best kernel with mask.Floor at its thresholds; at
// that of the far way, far does.
func (x *crossover) besideFloor(t mask.Threshold) (list []micro.Comparison) {
	if t.Kernel != mask.Best() {
		return nil
	}
	for _, size := range []int{t.From, t.Align} {
		for _, align := range []int{0, 1} {
			if size > 0 {
				p := takePayloads(x.arena, micro.Fresh, size, align)
				list = append(list, compareMasks(x.plan, p.kernel(t.Kernel), p.floor()))
			}
		}
	}
	return list
}

// far compares the way of payloads that are larger than the caches with calls
// that are too short for it.
func (x *crossover) far() (list []micro.Comparison) {
	k := mask.Best()
	if k != mask.AVX2 && k != mask.AVX512 {
		return nil
	}
	plan := x.plan
	plan.Rounds = max(micro.MinRounds, plan.Rounds/3)
	sizes := []int{mask.FarFrom, 2 * mask.FarFrom}
	if x.quick {
		sizes = sizes[:1]
	}
	arena := micro.NewArena(sizes[len(sizes)-1], nil, micro.HostCaches())
	for _, size := range sizes {
		p := takePayloads(arena, micro.Hot, size, 1)
		list = append(list, compareMasks(plan, p.kernel(k), p.parts(k), p.floor()))
	}
	return list
}
