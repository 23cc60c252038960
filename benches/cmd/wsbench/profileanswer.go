package main

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"wsbench/benches/explain"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/profiles/attribution"
)

// profileAnswer says what the second server of a comparison takes more or less, by the
// components of which that is judged to be so. Of other sessions it says where the time
// of a server goes, or of several where that of each goes beyond the first one's.
func profileAnswer(a *explain.Analysis) string {
	var said []string
	if a.Compares() {
		for _, c := range a.Comparisons() {
			said = append(said, changeAnswer(c))
		}
		return strings.Join(said, " ")
	}
	beside := map[results.Case]int{}
	for _, s := range a.Subjects {
		beside[s.Case]++
	}
	for _, s := range a.Subjects {
		switch base := a.Base(s.Case); {
		case s.Sampler() == "" || s.CPU <= 0:
		case beside[s.Case] == 1 || base == nil:
			said = append(said, timeAnswer(a, s))
		case s != base:
			said = append(said, heaviestAnswer(a, s, base))
		}
	}
	if why := withoutPerf(a.Results); why != "" && len(said) > 0 {
		said = append(said, "perf record did not observe: "+why+".")
	}
	return strings.Join(said, " ")
}

// timeAnswer says which components take the most time of s.
func timeAnswer(a *explain.Analysis, s *explain.Subject) string {
	list := slices.SortedStableFunc(slices.Values(a.Attribution(s)), func(x, y attribution.Share) int { return cmp.Compare(y.Value, x.Value) })
	var parts []string
	for _, c := range list[:min(3, len(list))] {
		parts = append(parts, fmt.Sprintf("%.0f %% in %s", 100*c.Value/s.CPU, c.Component))
	}
	return fmt.Sprintf("%s takes %s of CPU time per message: %s, by %s.", s.Label(), report.Number(perMessage, s.CPU), strings.Join(parts, ", "), samplers[s.Sampler()])
}

// heaviestAnswer says which component of s takes the most time beyond what it takes of base.
func heaviestAnswer(a *explain.Analysis, s, base *explain.Subject) string {
	h := a.Heaviest(s, base)
	if h.Own <= h.Base {
		return fmt.Sprintf("%s takes no more CPU time than %s in any component.", s.Label(), base.Label())
	}
	in, there := h.Component, "nothing"
	if h.Function != "" {
		in += fmt.Sprintf(" (such as %s)", h.Function)
	}
	if h.Base > 0 {
		there = report.Number(perMessage, h.Base)
	}
	return fmt.Sprintf("Compared with %s, %s takes the most CPU time in %s: %s of %s per message, by %s; %[1]s takes %[7]s there.",
		base.Server.Label(), s.Label(), in, report.Number(perMessage, h.Own), report.Number(perMessage, s.CPU), samplers[s.Sampler()], there)
}

// changeAnswer says what B takes more or less than A.
func changeAnswer(c explain.Comparison) string {
	words := map[explain.Kind]string{explain.More: "more", explain.Less: "less"}
	text := fmt.Sprintf("%s: no difference in CPU time per message to %s is found.", c.B.Label(), c.A.Label())
	if kind := words[c.Total.Kind()]; kind != "" {
		text = fmt.Sprintf("%s takes %s %s CPU time per message than %s.", c.B.Label(), report.Number(perMessage, math.Abs(c.Total.Delta)), kind, c.A.Label())
	}
	list := slices.SortedStableFunc(slices.Values(c.Components), func(x, y explain.Change) int { return cmp.Compare(math.Abs(y.Delta), math.Abs(x.Delta)) })
	var parts []string
	for _, x := range list {
		if kind := words[x.Kind()]; kind != "" && len(parts) < 3 {
			parts = append(parts, fmt.Sprintf("%s %s in %s", report.Number(perMessage, math.Abs(x.Delta)), kind, x.Name))
		}
	}
	if len(parts) > 0 {
		text += " By component it is " + strings.Join(parts, ", ") + "."
	}
	return text
}

// withoutPerf returns why perf record was left out; "" if it was not.
func withoutPerf(res *results.Results) string {
	for _, s := range res.Skipped {
		if results.ParseName(s.Name).Value("observer") == explain.PerfRecord {
			return s.Text
		}
	}
	return ""
}
