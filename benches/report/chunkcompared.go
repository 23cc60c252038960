package report

import (
	"fmt"
	"slices"
	"strings"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/results"
)

// ReferenceKey is the key of the file configuration that names the server which others
// are compared with.
const ReferenceKey = "reference"

// chunkCompared returns how the servers' CPU time per frame compares with that of the
// reference, in each mode and shape; nothing of one server.
func (v *view) chunkCompared(id string, samples []results.Sample) (blocks []Block) {
	samples, used := chunkPairs(slices.DeleteFunc(slices.Clone(samples), func(s results.Sample) bool { return s.Block == 0 }))
	ref := v.chunkReference(samples)
	j := results.CompareWith(samples, ref, frameUnit.Name, results.Terms{Margin: v.res.Margin()})
	if len(j.Others) == 0 {
		return nil
	}
	t := v.comparisons(id, []results.Judgement{j}, func(j results.Judgement) []results.Comparison { return j.Others })
	t.Title = "Server CPU per frame, against " + ref.Label()
	for i, c := range t.Columns {
		if c.Head == "case" {
			t.Columns[i].Key = "case"
		}
	}
	t.Note = fmt.Sprintf("ratio: estimated from the ratios within blocks, in which each server has one run [its interval at the level at which it is judged as one of %d]. Below 1 takes less than %s. %s\n%s", len(j.Others), ref.Label(), used, v.verdictLegend("blocks"))
	return append(blocks, t, Paragraph{Text: chunkLower(j, ref)})
}

// chunkReference returns the server that others are compared with.
func (v *view) chunkReference(samples []results.Sample) results.Server {
	named := results.Server(v.res.Config[ReferenceKey])
	if slices.Contains(results.Servers(samples), named) {
		return named
	}
	ref, _ := results.Reference(samples)
	return ref
}

// chunkPairs returns the samples by which servers are compared, under cases without the
// number of frames, and which they are, in words: all of mode B, and of mode A those of
// one number.
func chunkPairs(samples []results.Sample) (list []results.Sample, used string) {
	var cases []results.Case
	pairs, frames := map[results.Case]map[int]int{}, map[results.Case]int{} // blocks of several servers
	of := map[int]int{}
	for _, s := range samples {
		c := chunkPaired(s)
		if pairs[c] == nil {
			cases, pairs[c] = append(cases, c), map[int]int{}
		}
		if of[s.Block]++; of[s.Block] > 1 {
			pairs[c][s.Name.Case().Int("frames")]++
		}
	}
	for _, c := range cases {
		for n, k := range pairs[c] {
			if best := pairs[c][frames[c]]; k > best || k == best && n > frames[c] {
				frames[c] = n
			}
		}
	}
	for _, s := range samples {
		if c := chunkPaired(s); c.Value("mode") == "A" && s.Name.Case().Int("frames") != frames[c] {
			continue
		}
		_, s.Name = s.Name.Without("frames")
		if same(cases, "answer") {
			_, s.Name = s.Name.Without("answer")
		}
		list = append(list, s)
	}
	for _, c := range cases {
		text := "Mode B is judged by all of its runs."
		if c.Value("mode") == "A" {
			text = fmt.Sprintf("Mode A, shape %s, is judged by runs of %d frames.", c.Value("shape"), frames[c])
		}
		if frames[c] > 0 && !strings.Contains(used, text) {
			used += " " + text
		}
	}
	return list, strings.TrimSpace(used)
}

// same reports whether cases have one value of a key.
func same(cases []results.Case, key string) bool {
	return !slices.ContainsFunc(cases, func(c results.Case) bool { return c.Value(key) != cases[0].Value(key) })
}

func chunkPaired(s results.Sample) results.Case {
	_, rest := s.Name.Without("frames")
	return rest.Case()
}

// chunkPacing returns by how much more than the gap the frames of mode B were apart.
func (v *view) chunkPacing(id string) (blocks []Block) {
	var all *hdrhistogram.Histogram
	for _, l := range v.res.Pacing {
		if l.Name.Base != "Chunk" {
			continue
		}
		if all == nil {
			all = hdrhistogram.New(l.Hist.LowestTrackableValue(), l.Hist.HighestTrackableValue(), int(l.Hist.SignificantFigures()))
		}
		all.Merge(l.Hist)
	}
	if all == nil {
		return nil
	}
	t := HistogramTable(id, "Mode B: how much later than the gap frames were sent", all)
	t.Note = "Frames to all servers; " + results.PacingFile + " has those of each case."
	return append(blocks, t)
}

// chunkLower says which servers take less than the reference, by intervals that
// exclude 1.
func chunkLower(j results.Judgement, ref results.Server) string {
	var cases []results.Case
	lower, judged := map[results.Case][]string{}, map[results.Case]int{}
	for _, d := range j.Others {
		if _, seen := judged[d.Case]; !seen {
			cases = append(cases, d.Case)
		}
		judged[d.Case] += 0
		if d.HasCI {
			judged[d.Case]++
		}
		if d.HasCI && d.Interval.Hi < 1 {
			lower[d.Case] = append(lower[d.Case], d.Server.Label())
		}
	}
	var parts []string
	for _, c := range cases {
		what := c.String() + ": "
		switch {
		case judged[c] == 0:
			what += "too few blocks for an interval"
		case len(lower[c]) == 0:
			what += fmt.Sprintf("none of %d", judged[c])
		default:
			what += strings.Join(lower[c], ", ")
		}
		parts = append(parts, what)
	}
	return fmt.Sprintf("Lower than %s by an interval that excludes 1: %s.", ref.Label(), strings.Join(parts, "; "))
}
