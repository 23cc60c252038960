package main

import (
	"context"
	"fmt"
	"math"

	"wsbench/benches/lab"
	"wsbench/benches/micro"
	"wsbench/benches/stat"
	"wsbench/mask"
)

// A crossCheck is a threshold that cannot be moved at run time, judged by what
// happens at it.
type crossCheck struct {
	what string
	at   int         // octets, in use
	gain micro.Ratio // above 1: what begins at the threshold is the faster way
	few  string      // the advice if it is not
}

// verdict in words.
func (c crossCheck) verdict() string {
	switch c.gain.Judge(tolerance) {
	case micro.Agrees:
		return "agrees"
	case micro.Disagrees:
		return c.few
	}
	return fmt.Sprintf("cannot tell [%.3f,%.3f]: more rounds", c.gain.Interval.Lo, c.gain.Interval.Hi)
}

// headSpan is the octets of lengths looked at on either side of a threshold:
// near it, and enough lengths that what a loop leaves over averages out.
const headSpan = 112

// heads judges the lengths from which a head aligns the stores. The head is
// part of the kernels, so that no length can be done with it and without it.
// But it is of use to unaligned payloads only: what these cost more than
// aligned ones of the same length just below the threshold, without a head, is
// compared with what they cost more just above, with one. That a lower
// threshold would pay does not follow: what the head costs is not seen below.
func (r *crossRun) heads(ctx context.Context) (list []crossCheck, err error) {
	for _, t := range mask.Thresholds() {
		if t.Align < 2*headSpan {
			continue // none, or too short to look below it
		}
		for _, align := range []int{1, 33} {
			gain, err := r.head(ctx, t, align)
			if err != nil {
				return nil, err
			}
			list = append(list, crossCheck{
				what: fmt.Sprintf("%v: head that aligns, align %d", t.Kernel, align), at: t.Align, gain: gain,
				few: "this CPU would rather use a higher one",
			})
		}
	}
	return list, nil
}

func (r *crossRun) head(ctx context.Context, t mask.Threshold, align int) (micro.Ratio, error) {
	var fns []micro.Func // below and above by turns, each aligned and unaligned
	var writes []func(res *micro.Result) error
	for by := headSpan / 16; by < headSpan; by += headSpan / 8 {
		for _, size := range []int{t.Align - by, t.Align + by} {
			for _, align := range []int{0, align} {
				i, w := len(fns), r.arena.Walk(micro.Fresh, size, align)
				fns = append(fns, unmasking(t.Kernel, w))
				writes = append(writes, func(res *micro.Result) error {
					one := &micro.Result{Names: res.Names[i : i+1], Iters: res.Iters[i : i+1], Samples: res.Samples[i : i+1]}
					return r.write(one, size, align, w.Set())
				})
			}
		}
	}
	res, err := micro.Compare(ctx, fns, micro.Plan{Rounds: r.rounds, Seed: r.seed})
	if err != nil {
		return micro.Ratio{}, err
	}
	for _, write := range writes {
		if err := write(res); err != nil {
			return micro.Ratio{}, err
		}
	}
	ratios := make([]float64, res.Rounds())
	for round := range ratios {
		ratios[round] = headGain(res, round)
	}
	iv, _ := stat.MedianInterval(ratios, lab.Confidence)
	return micro.Ratio{Median: stat.Median(ratios), Interval: iv}, nil
}

// headGain is the factor that unaligned payloads cost more below, by that
// above: geometric means over the lengths.
func headGain(res *micro.Result, round int) float64 {
	sum, sign := 0.0, 1.0
	for i := 0; i < len(res.Samples); i += 2 {
		sum += sign * math.Log(res.Samples[i+1][round]/res.Samples[i][round])
		sign = -sign
	}
	return math.Exp(sum / float64(len(res.Samples)/4))
}

// far judges the length from which a payload is taken to be larger than the
// caches: the same octets in one call, and in calls that are too short for it.
func (r *crossRun) far(ctx context.Context) (list []crossCheck, err error) {
	k := mask.Best()
	if k != mask.AVX2 && k != mask.AVX512 {
		return nil, nil
	}
	sizes, rounds := []int{mask.FarFrom, 2 * mask.FarFrom}, max(micro.MinRounds, r.rounds/3)
	if r.quick {
		sizes = sizes[:1]
	}
	arena := micro.NewArena(sizes[len(sizes)-1], nil, micro.HostCaches())
	for _, size := range sizes {
		w := arena.Walk(micro.Hot, size, 1)
		plan := micro.Plan{Rounds: rounds, Seed: r.seed}
		res, err := micro.Compare(ctx, []micro.Func{unmasking(k, w), inParts(k, w), flooring(w)}, plan)
		if err != nil {
			return nil, err
		}
		if err := r.write(res, size, 1, w.Set()); err != nil {
			return nil, err
		}
		list = append(list, crossCheck{
			what: fmt.Sprintf("%v: far way, at %s", k, micro.SizeName(size)), at: mask.FarFrom, gain: res.Ratio(0, 1),
			few: "this CPU would rather use a higher one, or none",
		})
		r.floors = append(r.floors, crossFloor{k, size, 1, w.Set(), res.Ratio(0, 2)})
	}
	return list, nil
}

// inParts unmasks in calls that are shorter than the far way begins.
func inParts(k mask.Kernel, w *micro.Walk) micro.Func {
	const most = mask.FarFrom / 2
	return micro.Func{Name: k.String() + "-parts", Run: func(n int) error {
		for range n {
			key := floorKey
			for b := w.Next(); len(b) > 0; {
				part := b[:min(len(b), most)]
				key, b = k.Unmask(part, key), b[len(part):]
			}
		}
		return nil
	}}
}
