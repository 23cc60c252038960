package report

import (
	"math"
	"slices"
	"strings"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Thresholds of the verdicts on tiny frames, CPU time in ns per frame.
const (
	perFrameAbove = 1000  // mode A
	perRecvAbove  = 10000 // mode B, beyond what the null sink takes
	quadraticFrom = 1.5   // the least exponent that its interval holds
)

// tinyBytes is how long a frame of one byte is.
const tinyBytes = 7

// Thresholds of the published survey: µs per frame in ns, and the exponent.
const (
	surveyAbove     = 5000
	surveyQuadratic = 1.7
)

const chunkThresholds = "Verdicts, by the server's CPU time: crashes: the server ended during a run. quadratic: the exponent's interval lies above 1.5. per frame: a frame costs more than 1 µs in mode A. per recv: not that, but more than 10 µs in mode B, beyond what the null sink takes. batches: neither. unknown: something was not measured, or an interval holds the threshold."

const surveyThresholds = "The survey's cost is wall time per frame, of mode B less the gaps, so the prober's own cost is in it; its exponent is the ordinary fit over three numbers of frames, its verdict by its own rule: QUADRATIC from an exponent of 1.7, PER-FRAME where the worst of A and B is over 5 µs, else BATCHES. Its page does not keep to that rule: it calls servers of 7.12 and 12.1 µs BATCHES."

// chunkSummary is what a server pays per tiny frame of one shape.
type chunkSummary struct {
	server        results.Server
	shape, answer string
	groups        []*results.Group // of both modes

	a, b         *Estimate // CPU time per frame; nil: not measured
	sinkB        float64   // of the null sink in mode B
	floor, idle  float64
	exponent     *Estimate // of CPU time over frames
	wall         *Estimate // of wall time over frames
	survey       [2]any    // by mode: the worst; nil: not measured
	surveySlope  float64
	verdict, why string // why: of unknown and crashes
}

// chunkSummaries judges every server under every shape.
func (v *view) chunkSummaries(groups []*results.Group) (list []*chunkSummary) {
	at := map[[3]string]*chunkSummary{}
	for _, g := range groups {
		key := [3]string{string(g.Name.Server()), g.Name.Value("shape"), g.Name.Value("answer")}
		if at[key] == nil {
			at[key] = &chunkSummary{server: g.Name.Server(), shape: key[1], answer: key[2]}
			list = append(list, at[key])
		}
		at[key].groups = append(at[key].groups, g)
	}
	for _, r := range v.res.Skipped {
		n := results.ParseName(r.Name)
		measured := slices.ContainsFunc(list, func(s *chunkSummary) bool { return s.server == n.Server() })
		if n.Base == "Chunk" && n.Server() != "" && !measured {
			list = append(list, &chunkSummary{server: n.Server(), shape: n.Value("shape"), answer: n.Value("answer")})
		}
	}
	for _, s := range list {
		s.measure()
		s.judge(v.chunkFault(s))
	}
	return list
}

// chunkFault returns why runs of s ended early, and whether the server ended.
func (v *view) chunkFault(s *chunkSummary) (why string, ended bool) {
	for _, r := range v.res.Skipped {
		n := results.ParseName(r.Name)
		if n.Base != "Chunk" || n.Server() != s.server || n.Case() != "" && n.Value("shape") != s.shape {
			continue
		}
		why = r.Text
		if ended = strings.HasPrefix(r.Text, "the server ended"); ended {
			break
		}
	}
	return why, ended
}

// stretched is from how many frames on a run tells the cost of a frame, where
// there are such runs: what a connection costs is then no part of it.
const stretched = 50_000

// of returns the groups of a mode; long, those of many frames if there are.
func (s *chunkSummary) of(mode string, long bool) (list []*results.Group) {
	for _, g := range s.groups {
		if g.Name.Value("mode") == mode {
			list = append(list, g)
		}
	}
	frames := func(g *results.Group) bool { return g.Name.Case().Int("frames") < stretched }
	if long && slices.ContainsFunc(list, func(g *results.Group) bool { return !frames(g) }) {
		list = slices.DeleteFunc(list, frames)
	}
	return list
}

// pooledValues returns all values of a unit.
func pooledValues(groups []*results.Group, unit string) (values []float64) {
	for _, g := range groups {
		values = append(values, g.Values(unit)...)
	}
	return values
}

func (s *chunkSummary) measure() {
	a, b := s.of("A", true), s.of("B", true)
	cost := func(groups []*results.Group) *Estimate {
		values := pooledValues(groups, "cpu-ns/frame")
		if len(values) == 0 {
			return nil
		}
		e := estimated(values)
		return &e
	}
	s.a, s.b = cost(a), cost(b)
	s.sinkB = stat.Median(pooledValues(b, "sink-cpu-ns/frame"))
	s.idle = stat.Median(pooledValues(s.groups, "idle-ns/s"))
	s.floor = stat.Median(pooledValues(a, "floor-ns/frame"))
	s.exponent, s.wall = s.slope("cpu-ns/frame"), s.slope("wall-ns/frame")
	s.surveyed()
}

// mostPoints is how many samples the exponent is taken from as they are, and not
// from their medians.
const mostPoints = 60

// slope returns the exponent with which a cost grows with the frames of mode A;
// nil where there are not two numbers of them.
func (s *chunkSummary) slope(unit string) *Estimate {
	var xs, ys []float64
	add := func(frames int, each float64) {
		if each > 0 {
			xs, ys = append(xs, math.Log(float64(frames))), append(ys, math.Log(float64(frames)*each))
		}
	}
	groups := s.of("A", true)
	for _, g := range groups {
		values := g.Values(unit)
		if len(pooledValues(groups, unit)) > mostPoints {
			values = []float64{stat.Median(values)}
		}
		for _, v := range values {
			add(g.Name.Case().Int("frames"), v)
		}
	}
	slope, iv, ok := stat.TheilSen(xs, ys, results.Confidence)
	if math.IsNaN(slope) {
		return nil
	}
	e := &Estimate{Value: slope, N: len(xs)}
	if ok {
		e.Interval = &iv
	}
	return e
}

// surveyFrames are the numbers of frames of the published survey.
var surveyFrames = []int{50_000, 100_000, 250_000}

// surveyed applies the survey's formulas.
func (s *chunkSummary) surveyed() {
	var xs, ys []float64
	for i, mode := range []string{"A", "B"} {
		groups := s.of(mode, false)
		published := func(g *results.Group) bool { return slices.Contains(surveyFrames, g.Name.Case().Int("frames")) }
		if slices.ContainsFunc(groups, published) {
			groups = slices.DeleteFunc(groups, func(g *results.Group) bool { return !published(g) })
		}
		for _, g := range groups {
			each := g.Median("survey-ns/frame")
			if worst, ok := s.survey[i].(float64); !ok || each > worst {
				s.survey[i] = each
			}
			if mode == "A" {
				frames := float64(g.Name.Case().Int("frames"))
				xs, ys = append(xs, math.Log(frames)), append(ys, math.Log(frames*each))
			}
		}
	}
	s.surveySlope = stat.LeastSquares(xs, ys)
}

// surveyVerdict returns the survey's verdict by its own rule.
func (s *chunkSummary) surveyVerdict() string {
	worst := 0.0
	for _, cell := range s.survey {
		if each, ok := cell.(float64); ok {
			worst = max(worst, each)
		}
	}
	switch {
	case s.verdict == "crashes":
		return "CRASHES"
	case s.survey[0] == nil || s.survey[1] == nil:
		return "UNKNOWN"
	case s.surveySlope >= surveyQuadratic:
		return "QUADRATIC"
	case worst > surveyAbove:
		return "PER-FRAME"
	}
	return "BATCHES"
}

// beside compares an estimate with a threshold: 1 above, -1 below, 0 where its
// interval holds it.
func beside(e *Estimate, threshold float64) int {
	lo, hi := e.Value, e.Value
	if e.Interval != nil {
		lo, hi = e.Interval.Lo, e.Interval.Hi
	}
	switch {
	case lo > threshold:
		return 1
	case hi <= threshold:
		return -1
	}
	return 0
}

// judge sets the verdict; fault is why runs ended early.
func (s *chunkSummary) judge(fault string, ended bool) {
	unknown := func(why string) { s.verdict, s.why = "unknown", why }
	switch {
	case ended:
		s.verdict, s.why = "crashes", fault
	case fault != "":
		unknown(fault)
	case s.shape == "bytes":
		unknown("the shape bytes has no frames that come many in one segment")
	case s.a == nil:
		unknown("mode A was not measured")
	case s.exponent != nil && s.exponent.Interval != nil && s.exponent.Interval.Lo > quadraticFrom:
		s.verdict = "quadratic"
	case beside(s.a, perFrameAbove) > 0:
		s.verdict = "per frame"
	case beside(s.a, perFrameAbove) == 0:
		unknown("the interval of mode A holds 1 µs: more runs (-rounds) tell")
	case s.b == nil:
		unknown("mode B was not measured")
	case beside(s.b, s.sinkB+perRecvAbove) > 0:
		s.verdict = "per recv"
	case beside(s.b, s.sinkB+perRecvAbove) == 0:
		unknown("the interval of mode B holds 10 µs beyond the null sink: more runs (-rounds) tell")
	default:
		s.verdict = "batches"
	}
}
