package main

import (
	"wsbench/benches/lab"
	"wsbench/benches/micro"
	"wsbench/benches/report"
)

// crossJSON is the document of -format json.
type crossJSON struct {
	report.Head
	Tolerance  float64          `json:"tolerance"`
	Thresholds []crossThreshold `json:"thresholds"`
	Checks     []crossCheckJSON `json:"checks"`
	Floors     []crossFloorJSON `json:"floors"`
	Skipped    []report.Reason  `json:"skipped"`
	Notes      []string         `json:"notes"`
	Warnings   []string         `json:"warnings"`
}

// crossThreshold is a kernel beside the next simpler one.
type crossThreshold struct {
	Kernel     string           `json:"kernel"`
	Over       string           `json:"over"`
	InUse      int              `json:"in_use_octets"`
	Pooled     crossVerdict     `json:"pooled"`
	Conditions []crossCondition `json:"conditions"`
}

// crossVerdict is where a kernel begins to win; null: never.
type crossVerdict struct {
	First    *int     `json:"wins_first_at_octets"`
	Best     *int     `json:"best_from_octets"`
	BestLo   *int     `json:"best_from_lo_octets"`
	BestHi   *int     `json:"best_from_hi_octets"`
	Cost     float64  `json:"cost"` // of the one in use beside the best, a share
	Interval interval `json:"cost_interval"`
	Verdict  string   `json:"verdict"`
	Text     string   `json:"verdict_text"`
}

// crossCondition is one set and alignment; Sizes is all that was measured.
type crossCondition struct {
	Set   micro.Set `json:"set"`
	Align int       `json:"align"`
	crossVerdict
	Sizes []crossSize `json:"sizes"`
}

type crossSize struct {
	Octets int       `json:"octets"`
	Ratios []float64 `json:"samples_ratio"`
}

type crossRatio struct {
	Ratio    float64  `json:"ratio"`
	Interval interval `json:"interval"`
}

type crossCheckJSON struct {
	What  string `json:"what"`
	InUse int    `json:"in_use_octets"`
	crossRatio
	Verdict string `json:"verdict"`
	Text    string `json:"verdict_text"`
}

type crossFloorJSON struct {
	Kernel string    `json:"kernel"`
	Set    micro.Set `json:"set"`
	Align  int       `json:"align"`
	Octets int       `json:"octets"`
	crossRatio
}

var judgements = map[micro.Judgement]string{micro.Agrees: "agrees", micro.Disagrees: "disagrees", micro.CannotTell: "cannot_tell"}

func (r *crossRun) document(steps []crossStep, checks []crossCheck) *crossJSON {
	d := &crossJSON{Head: r.microFlags.document("crossover"), Tolerance: tolerance, Thresholds: []crossThreshold{}, Checks: []crossCheckJSON{},
		Floors: []crossFloorJSON{}, Skipped: []report.Reason{}, Notes: []string{}, Warnings: []string{}}
	for _, s := range steps {
		d.Thresholds = append(d.Thresholds, s.document())
	}
	for _, c := range checks {
		d.Checks = append(d.Checks, crossCheckJSON{c.what, c.at, ratioJSON(c.gain), judgements[c.gain.Judge(tolerance)], c.verdict()})
	}
	for _, f := range r.floors {
		d.Floors = append(d.Floors, crossFloorJSON{f.kernel.String(), f.set, f.align, f.size, ratioJSON(f.ratio)})
	}
	return d
}

func ratioJSON(q micro.Ratio) crossRatio { return crossRatio{q.Median, interval(q.Interval)} }

func (s crossStep) document() crossThreshold {
	t := crossThreshold{Kernel: s.Kernel.String(), Over: s.Over.String(), InUse: s.From, Pooled: s.judged(s.pooled), Conditions: []crossCondition{}}
	for _, l := range s.lines {
		c := crossCondition{Set: l.set, Align: l.align, crossVerdict: s.judged(l), Sizes: []crossSize{}}
		for _, p := range l.points {
			c.Sizes = append(c.Sizes, crossSize{p.Size, p.Ratios})
		}
		t.Conditions = append(t.Conditions, c)
	}
	return t
}

func (s crossStep) judged(l crossLine) crossVerdict {
	return crossVerdict{
		octets(l.First), octets(l.At), octets(l.Lo), octets(l.Hi),
		l.Cost.Share, interval{l.Cost.Lo, l.Cost.Hi, lab.Confidence}, judgements[l.Cost.Judge(tolerance)], s.verdict(l),
	}
}

// octets is n, or nil of what never wins.
func octets(n int) *int {
	if n == micro.Never {
		return nil
	}
	return &n
}
