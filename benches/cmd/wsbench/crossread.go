package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"wsbench/benches/micro"
	"wsbench/benches/results"
	"wsbench/mask"
)

// crossed is what samples of wsbench crossover are of.
type crossed struct {
	sweeps     [][]sweep // by kernel; those that are whole
	unfinished string    // the kernel that was measured last, if an interruption can have kept conditions from it
	checks     []crossCheck
	floors     []crossFloor
}

// sweep is a kernel beside the next simpler one at every size, under one
// condition.
type sweep struct {
	kernel, over, set string
	align             int
	points            []micro.Point
}

// from returns the threshold in use, at which a sweep begins.
func (s sweep) from() int { return s.points[0].Size }

// crossCheck is a threshold that cannot be moved at run time, judged by what
// happens at it.
type crossCheck struct {
	what      string
	at        int            // bytes, in use
	gain      micro.Estimate // above 1: what begins at the threshold is the faster way
	disagrees string         // the advice if it is not
}

// crossFloor is a kernel beside what bounds it.
type crossFloor struct {
	unmasked
	ratio micro.Estimate // mask.Floor's time divided by the kernel's
}

// unmasked is what the name of a benchmark of Unmask says.
type unmasked struct {
	impl, set   string
	size, align int
}

func unmaskedOf(name string) (u unmasked) {
	n := results.ParseName(name)
	u.impl, u.set = n.Value("impl"), n.Value("set")
	u.align, _ = strconv.Atoi(n.Value("align"))
	if sizes, err := results.ParseSizes(n.Value("size")); err == nil {
		u.size = sizes[0]
	}
	return u
}

// readCrossed separates comparisons by what the kernel is compared with.
func readCrossed(samples []results.Sample) *crossed {
	m := &crossed{}
	var all []sweep
	for _, res := range micro.Read(samples) {
		if len(res.Names) < 2 {
			continue
		}
		first, second := unmaskedOf(res.Names[0]), unmaskedOf(res.Names[1])
		switch {
		case second.impl == floorImpl:
			m.floors = append(m.floors, crossFloor{first, res.Ratio(0, 1)})
		case strings.HasSuffix(second.impl, partsMark):
			m.far(res, first)
		case second.impl == first.impl:
			m.head(res, second)
		default:
			all = addPoint(all, first, second.impl, res)
		}
	}
	if len(all) > 0 && len(m.checks)+len(m.floors) == 0 {
		m.unfinished = all[len(all)-1].kernel
	}
	for _, s := range all {
		if s.points[len(s.points)-1].Size != micro.SweepEnd {
			continue // interrupted
		}
		if last := len(m.sweeps) - 1; last >= 0 && m.sweeps[last][0].kernel == s.kernel {
			m.sweeps[last] = append(m.sweeps[last], s)
		} else {
			m.sweeps = append(m.sweeps, []sweep{s})
		}
	}
	return m
}

// addPoint adds a size to the last sweep, or begins the next: sizes grow within
// one.
func addPoint(list []sweep, at unmasked, over string, res *micro.Result) []sweep {
	last := len(list) - 1
	if last < 0 || list[last].kernel != at.impl || list[last].align != at.align || at.size <= list[last].points[len(list[last].points)-1].Size {
		list = append(list, sweep{kernel: at.impl, over: over, set: at.set, align: at.align})
		last++
	}
	list[last].points = append(list[last].points, micro.Point{Size: at.size, Ratios: res.Ratios(0, 1)})
	return list
}

func (m *crossed) far(res *micro.Result, at unmasked) {
	m.checks = append(m.checks, crossCheck{
		what: fmt.Sprintf("%s: far way, at %s", at.impl, results.SizeName(at.size)), at: mask.FarFrom, gain: res.Ratio(0, 1),
		disagrees: "this CPU would rather use a higher one, or none",
	})
	if i := slices.IndexFunc(res.Names, func(name string) bool { return unmaskedOf(name).impl == floorImpl }); i > 0 {
		m.floors = append(m.floors, crossFloor{at, res.Ratio(0, i)})
	}
}

// head judges the head that aligns stores; see crossover.heads. The second
// variant is below the threshold as far as the third is above it.
func (m *crossed) head(res *micro.Result, below unmasked) {
	if len(res.Names)%4 != 0 {
		return
	}
	gains := make([]float64, res.Rounds())
	for round := range gains {
		gains[round] = headGain(res, round)
	}
	m.checks = append(m.checks, crossCheck{
		what: fmt.Sprintf("%s: head that aligns, align %d", below.impl, below.align), at: (below.size + unmaskedOf(res.Names[2]).size) / 2,
		gain: micro.EstimateOf(gains), disagrees: "this CPU would rather use a higher one",
	})
}

// headGain returns the factor that unaligned payloads cost more below the
// threshold, divided by that above: geometric means over the lengths.
func headGain(res *micro.Result, round int) float64 {
	sum, sign := 0.0, 1.0
	for i := 0; i < len(res.Samples); i += 2 {
		sum += sign * math.Log(res.Samples[i+1][round]/res.Samples[i][round])
		sign = -sign
	}
	return math.Exp(sum / float64(len(res.Samples)/4))
}
