package report

import (
	"math"
	"slices"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Thresholds of the published survey: µs per frame in ns, and the exponents.
const (
	surveyAbove         = 5000
	surveyQuadratic     = 1.7
	surveyMostQuadratic = 2.0
)

const surveyThresholds = "The survey's cost is wall time per frame, of mode B less the gaps, so the prober's own cost is in it: the mean over the runs, the worst of its numbers of frames (50,000, 100,000 and 250,000). Its exponent is the ordinary fit over these three, its verdict by its own rule: QUADRATIC with an exponent of 1.7 to 2.0, PER-FRAME where the worst of A and B is over 5 µs, else BATCHES. Its PER-RECV-ONLY (A slow and B the same) is left out: PER-FRAME has all of it. It measures messages of one byte (-shape frames) that are counted (-answer count), and nothing else. Its page does not keep to that rule: it calls servers of 7.12 and 12.1 µs BATCHES."

// surveys reports whether the survey measures such frames.
func (s *chunkSummary) surveys() bool { return s.shape == "frames" && s.answer == "count" }

// surveyed applies the survey's formulas where all of its runs are there.
func (s *chunkSummary) surveyed() {
	s.surveySlope = math.NaN()
	if !s.surveys() {
		return
	}
	for i, mode := range chunkModes {
		groups := slices.DeleteFunc(s.of(mode), func(g *results.Group) bool { return !slices.Contains(results.SurveyFrames, framesOf(g)) })
		if len(groups) < len(results.SurveyFrames) {
			continue
		}
		var xs, ys []float64
		worst := math.Inf(-1)
		for _, g := range groups {
			each, frames := mean(g.Values("survey-ns/frame")), float64(framesOf(g))
			worst = max(worst, each)
			xs, ys = append(xs, math.Log(frames)), append(ys, math.Log(frames*each))
		}
		s.survey[i] = worst
		if mode == "A" {
			s.surveySlope = stat.LeastSquares(xs, ys)
		}
	}
}

func mean(values []float64) (m float64) {
	for _, v := range values {
		m += v / float64(len(values))
	}
	return m
}

// surveyVerdict returns the survey's verdict by its own rule; "-" of frames that it
// does not measure.
func (s *chunkSummary) surveyVerdict() string {
	if s.shape != "" && !s.surveys() {
		return "-"
	}
	a, hasA := s.survey[0].(float64)
	b, hasB := s.survey[1].(float64)
	switch {
	case s.verdict == "crashes":
		return "CRASHES"
	case !hasA || !hasB:
		return "UNKNOWN"
	case s.surveySlope >= surveyQuadratic && s.surveySlope <= surveyMostQuadratic:
		return "QUADRATIC"
	case max(a, b) > surveyAbove:
		return "PER-FRAME"
	}
	return "BATCHES"
}
