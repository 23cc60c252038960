package main

import (
	"math"

	"wsbench/benches/explain"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/stat"
)

// profileDocument is the JSON document of wsbench profile and profile ab: that
// of the turns, and what was captured in them.
type profileDocument struct {
	*report.Matrix
	CommandLine string              `json:"command_line"`
	Subjects    []profileSubject    `json:"subjects"`
	Differences []profileDifference `json:"differences"` // of profile ab
}

// profileSubject is one server under one case.
type profileSubject struct {
	report.Server
	AA bool `json:"aa"`
	report.Load
	CPU        float64            `json:"cpu_ns_per_msg"`
	Components []profileComponent `json:"components"`
	Calls      []profileCall      `json:"calls"`
	Functions  []profileFunction  `json:"functions"`
	Observers  []profileObserver  `json:"observers"`
	Folder     string             `json:"folder"`
}

type profileComponent struct {
	Component string  `json:"component"`
	NS        float64 `json:"ns_per_msg"`
	Percent   float64 `json:"percent"`
	Samples   int64   `json:"samples"`
}

// profileCall is a system call; what no capture told is null.
type profileCall struct {
	Call   string   `json:"call"`
	Count  *float64 `json:"calls_per_msg"`
	Errors *float64 `json:"errors_per_msg"`
	CPU    *float64 `json:"cpu_ns_per_msg"`
	Wall   *float64 `json:"wall_ns_per_msg"`
}

type profileFunction struct {
	Function string  `json:"function"`
	Where    string  `json:"where"`
	Self     float64 `json:"self_ns_per_msg"`
	Cum      float64 `json:"cumulative_ns_per_msg"`
}

type profileObserver struct {
	Observer string       `json:"observer"` // "": none, the A/A process
	Rate     profileRatio `json:"msg_per_s"`
	CPU      profileRatio `json:"cpu_per_msg"`
	Own      *float64     `json:"own_cpu_ns_per_msg"`
}

// profileRatio is a ratio to the unobserved turns.
type profileRatio struct {
	Blocks   int              `json:"blocks"`
	Ratio    *float64         `json:"ratio"`
	Interval *report.Interval `json:"interval"`
}

// profileDifference is server B against A.
type profileDifference struct {
	A          report.Server   `json:"a"`
	B          report.Server   `json:"b"`
	Load       report.Load     `json:"load"`
	Blocks     int             `json:"blocks"`
	Total      profileChange   `json:"total"`
	Components []profileChange `json:"components"`
	Functions  []profileChange `json:"functions"`
}

type profileChange struct {
	Name     string           `json:"name"`
	Where    string           `json:"where"`
	A        float64          `json:"a_ns_per_msg"`
	B        float64          `json:"b_ns_per_msg"`
	Delta    float64          `json:"delta_ns_per_msg"`
	Interval *report.Interval `json:"interval_ns_per_msg"`
	Adjusted float64          `json:"p_adjusted"`
	Noise    *float64         `json:"aa_delta_ns_per_msg"` // null: no A/A process
	Verdict  string           `json:"verdict"`
}

func newProfileDocument(a *explain.Analysis, command string) *profileDocument {
	d := &profileDocument{Matrix: report.NewMatrix(a.Results, a.Dir), CommandLine: a.Results.Command, Subjects: []profileSubject{}, Differences: []profileDifference{}}
	d.Command = command
	for _, w := range a.Warnings {
		d.Warnings = append(d.Warnings, w.Error())
	}
	for _, s := range a.Subjects {
		d.Subjects = append(d.Subjects, subjectDocument(a, s))
	}
	for _, c := range a.Comparisons() {
		d.Differences = append(d.Differences, profileDifference{
			report.ServerOf(c.A.Variant), report.ServerOf(c.B.Variant), report.Load(c.A.Case), c.Blocks,
			changeDocuments([]explain.Change{c.Total})[0], changeDocuments(c.Components), changeDocuments(c.Functions),
		})
	}
	return d
}

func subjectDocument(a *explain.Analysis, s *explain.Subject) profileSubject {
	out := profileSubject{
		Server: report.ServerOf(s.Variant), AA: s.Variant.AA, Load: report.Load(s.Case), CPU: s.CPU, Folder: s.Folder(),
		Components: []profileComponent{}, Calls: []profileCall{}, Functions: []profileFunction{}, Observers: []profileObserver{},
	}
	for _, c := range a.Components(s) {
		out.Components = append(out.Components, profileComponent{c.Component, c.Value, c.Percent, c.Samples})
	}
	for _, c := range s.Calls() {
		out.Calls = append(out.Calls, profileCall{c.Name, orNull(c.Count), orNull(c.Errors), orNull(c.CPU), orNull(c.Wall)})
	}
	for _, f := range s.Functions() {
		out.Functions = append(out.Functions, profileFunction{f.Name, explain.Where(f), f.Flat, f.Cum})
	}
	for _, o := range a.Overheads(s) {
		own := orNull(o.Own)
		if o.Observer == "" {
			own = nil
		}
		out.Observers = append(out.Observers, profileObserver{o.Observer, ratioDocument(o.Rate), ratioDocument(o.CPU), own})
	}
	return out
}

func ratioDocument(d lab.Difference) profileRatio {
	return profileRatio{d.N, orNull(d.Ratio), intervalOf(d.Interval, d.HasCI)}
}

func intervalOf(i stat.Interval, has bool) *report.Interval {
	if !has {
		return nil
	}
	out := report.Interval(i)
	return &out
}

func changeDocuments(list []explain.Change) []profileChange {
	out := []profileChange{}
	for _, c := range list {
		out = append(out, profileChange{c.Name, c.Where, c.A, c.B, c.Delta, intervalOf(c.Interval, c.HasCI), c.Adjusted, orNull(c.Noise), c.Verdict()})
	}
	return out
}

func orNull(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}
