package main

import (
	"math"

	"wsbench/benches/explain"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// profileDocument returns what the results at path and an analysis come to. In
// JSON, subjects and differences have the forms below.
func profileDocument(command, path string, res *results.Results, a *explain.Analysis) report.Document {
	res.Warnings = append(res.Warnings, a.Warnings...)
	subjects, differences := []profileSubject{}, []profileDifference{}
	for _, s := range a.Subjects {
		subjects = append(subjects, subjectDocument(a, s))
	}
	for _, c := range a.Comparisons() {
		differences = append(differences, profileDifference{
			serverOf(c.A.Variant), serverOf(c.B.Variant), loadOf(c.A.Case), c.Blocks,
			changeDocuments([]explain.Change{c.Total})[0], changeDocuments(c.Components), changeDocuments(c.Functions),
		})
	}
	form := report.Section{Blocks: []report.Block{report.Values{In: report.JSON, List: []report.Value{
		{Key: "subjects", Cell: subjects}, {Key: "differences", Cell: differences},
	}}}}
	return report.Of(command, res, path, append(sectionsOf(a), form)...)
}

// profileServer names a server.
type profileServer struct {
	Server   string `json:"server"`
	IO       string `json:"io"` // "": of another than wsbench's
	Observer string `json:"observer"`
}

func serverOf(v lab.Variant) profileServer { return profileServer{v.Server, v.IO, v.Observer} }

// profileLoad is a case.
type profileLoad struct {
	Conns int `json:"conns"`
	Size  int `json:"size_bytes"`
	Depth int `json:"depth"`
}

func loadOf(c lab.Case) profileLoad { return profileLoad(c) }

// profileInterval is one of a median; Level its confidence.
type profileInterval struct {
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Level float64 `json:"level"`
}

// profileSubject is one server under one case.
type profileSubject struct {
	profileServer
	AA bool `json:"aa"`
	profileLoad
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
	Interval *profileInterval `json:"interval"`
}

// profileDifference is server B against A.
type profileDifference struct {
	A          profileServer   `json:"a"`
	B          profileServer   `json:"b"`
	Load       profileLoad     `json:"load"`
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
	Interval *profileInterval `json:"interval_ns_per_msg"`
	Adjusted float64          `json:"p_adjusted"`
	Noise    *float64         `json:"aa_delta_ns_per_msg"` // null: no A/A process
	Verdict  string           `json:"verdict"`
}

func subjectDocument(a *explain.Analysis, s *explain.Subject) profileSubject {
	out := profileSubject{
		profileServer: serverOf(s.Variant), AA: s.Variant.AA, profileLoad: loadOf(s.Case), CPU: s.CPU, Folder: s.Folder(),
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

func intervalOf(i stat.Interval, has bool) *profileInterval {
	if !has {
		return nil
	}
	out := profileInterval(i)
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
