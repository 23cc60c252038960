package report

import (
	"math"
	"slices"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// tinyBytes is how long a frame of one byte is.
const tinyBytes = 7

// chunkSummary is what a server pays per tiny frame of one shape.
type chunkSummary struct {
	server        results.Server
	shape, answer string
	groups        []*results.Group // of both modes

	a, b         *Estimate // CPU time per frame; nil: not measured
	net          *Estimate // of b less the null sink, run by run
	used         [2][]int  // frames of the runs that a and b are of
	sinkB        float64   // of the null sink in mode B
	floor, idle  float64
	exponent     *Estimate // of CPU time over frames
	negative     int       // runs of mode A that took less than idle: without exponent
	wall         *Estimate // of wall time over frames
	survey       [2]any    // by mode: the worst; nil: not measured
	surveySlope  float64   // NaN: not measured
	verdict, why string    // why: what is unknown, or runs that ended early
}

var chunkModes = [2]string{"A", "B"}

// of returns the groups of a mode.
func (s *chunkSummary) of(mode string) (list []*results.Group) {
	for _, g := range s.groups {
		if g.Name.Value("mode") == mode {
			list = append(list, g)
		}
	}
	return list
}

func framesOf(g *results.Group) int { return g.Name.Case().Int("frames") }

func framesIn(groups []*results.Group) (list []int) {
	for _, g := range groups {
		list = append(list, framesOf(g))
	}
	return list
}

// long returns the groups of as many frames as the survey's fewest, if there are;
// else all.
func long(groups []*results.Group) []*results.Group {
	short := func(g *results.Group) bool { return framesOf(g) < results.SurveyFrames[0] }
	if many := slices.DeleteFunc(slices.Clone(groups), short); len(many) > 0 {
		return many
	}
	return groups
}

// commonFrames lists, by shape and answer, the numbers of frames of either mode
// that all servers without a fault were sent: their costs can be compared. They
// are those of both modes, where there are such.
func (v *view) commonFrames(list []*chunkSummary) map[[2]string][2][]int {
	sets := map[[2]string][2][][]int{}
	for _, s := range list {
		if why, _ := v.chunkFault(s); why != "" {
			continue
		}
		of := sets[[2]string{s.shape, s.answer}]
		for i, mode := range chunkModes {
			if frames := framesIn(long(s.of(mode))); len(frames) > 0 {
				of[i] = append(of[i], frames)
			}
		}
		sets[[2]string{s.shape, s.answer}] = of
	}
	common := map[[2]string][2][]int{}
	for key, of := range sets {
		common[key] = [2][]int{inAll(of[0]), inAll(of[1])}
		if both := inAll(slices.Concat(of[0], of[1])); len(both) > 0 {
			common[key] = [2][]int{both, both}
		}
	}
	return common
}

// inAll returns what all of the sets have.
func inAll(sets [][]int) (list []int) {
	if len(sets) == 0 {
		return nil
	}
	for _, n := range sets[0] {
		if !slices.ContainsFunc(sets, func(other []int) bool { return !slices.Contains(other, n) }) {
			list = append(list, n)
		}
	}
	return list
}

// among returns the groups of a mode with these frames; those of many frames, where
// there are none.
func (s *chunkSummary) among(mode string, frames []int) []*results.Group {
	all := s.of(mode)
	some := slices.DeleteFunc(slices.Clone(all), func(g *results.Group) bool { return !slices.Contains(frames, framesOf(g)) })
	if len(some) > 0 {
		return some
	}
	return long(all)
}

// pooledValues returns all values of a unit.
func pooledValues(groups []*results.Group, unit string) (values []float64) {
	for _, g := range groups {
		values = append(values, g.Values(unit)...)
	}
	return values
}

// measure sets the figures, those of A and B from runs of these frames.
func (s *chunkSummary) measure(frames [2][]int) {
	a, b := s.among("A", frames[0]), s.among("B", frames[1])
	s.used = [2][]int{framesIn(a), framesIn(b)}
	s.a, s.b = someEstimate(pooledValues(a, "cpu-ns/frame")), someEstimate(pooledValues(b, "cpu-ns/frame"))
	s.net = someEstimate(beyondSink(b))
	s.sinkB = stat.Median(pooledValues(b, "sink-cpu-ns/frame"))
	s.idle = stat.Median(pooledValues(s.groups, "idle-ns/s"))
	s.floor = stat.Median(pooledValues(a, "floor-ns/frame"))
	s.exponent, s.negative = s.slope("cpu-ns/frame")
	s.wall, _ = s.slope("wall-ns/frame")
	s.surveyed()
}

// someEstimate returns the estimate of values; nil of none.
func someEstimate(values []float64) *Estimate {
	if len(values) == 0 {
		return nil
	}
	e := estimated(values)
	return &e
}

// beyondSink returns what each run took per frame beyond the null sink beside it.
func beyondSink(groups []*results.Group) (values []float64) {
	for _, g := range groups {
		for _, x := range g.Samples {
			cpu, ok := x.Values["cpu-ns/frame"]
			if sink, also := x.Values["sink-cpu-ns/frame"]; ok && also {
				values = append(values, cpu-sink)
			}
		}
	}
	return values
}

// mostPoints is how many samples the exponent is taken from as they are, and not from
// their medians: the number of slopes is the square of it.
const mostPoints = 400

// sloping returns the groups of mode A that tell the exponent: those of many frames,
// unless they have too few numbers of frames.
func (s *chunkSummary) sloping() []*results.Group {
	groups := s.of("A")
	if many := long(groups); len(many) >= results.LadderRungs {
		return many
	}
	return groups
}

// slope returns the exponent with which a cost grows with the frames of mode A. It is nil
// where there are not two numbers of them. Runs of no cost are dropped.
func (s *chunkSummary) slope(unit string) (e *Estimate, dropped int) {
	groups := s.sloping()
	all := pooledValues(groups, unit)
	var xs, ys []float64
	for _, g := range groups {
		values, frames := g.Values(unit), float64(framesOf(g))
		if len(all) > mostPoints {
			values = []float64{stat.Median(values)}
		}
		for _, v := range values {
			if v <= 0 {
				dropped++
				continue
			}
			xs, ys = append(xs, math.Log(frames)), append(ys, math.Log(frames*v))
		}
	}
	slope, iv, ok := stat.TheilSen(xs, ys, results.Confidence)
	if math.IsNaN(slope) {
		return nil, dropped
	}
	e = &Estimate{Value: slope, N: len(xs)}
	if ok {
		e.Interval = &iv
	}
	return e, dropped
}
