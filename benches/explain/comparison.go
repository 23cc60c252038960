package explain

import (
	"cmp"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"wsbench/benches/results"
	"wsbench/benches/stat"
	"wsbench/profiles/attribution"
	"wsbench/profiles/stacks"
)

// Change is what one function, or component, or all of them together, takes in
// B more than in A.
type Change struct {
	Name, Where string
	A           float64 // ns per message, median over the blocks
	B           float64 // A + Delta
	Delta       float64 // Hodges–Lehmann estimate of the blocks' differences B - A, ns per message
	Interval    stat.Interval
	HasCI       bool    // the blocks are enough for the interval's level
	P, Adjusted float64 // signed-rank; corrected for the number of changes of its table
	Noise       float64 // Delta of the A/A process; NaN where there was none
}

// Significant reports whether the change is one.
func (c Change) Significant() bool { return c.HasCI && c.Interval.Excludes(0) }

// Excluded returns the change that would be outside of the interval, ns per message.
func (c Change) Excluded() float64 { return math.Max(math.Abs(c.Interval.Lo), math.Abs(c.Interval.Hi)) }

// Kind is what a change is judged to be.
type Kind string

// The kinds. A change within noise is significant, but A differs from A by as
// much.
const (
	More            Kind = "more"
	Less            Kind = "less"
	MoreWithinNoise Kind = "more *"
	LessWithinNoise Kind = "less *"
	None            Kind = "none"
	TooFewBlocks    Kind = "too few blocks"
)

// Kind returns what c is judged to be.
func (c Change) Kind() Kind {
	noise := math.Abs(c.Delta) <= math.Abs(c.Noise)
	switch {
	case !c.HasCI:
		return TooFewBlocks
	case !c.Significant():
		return None
	case c.Delta < 0 && noise:
		return LessWithinNoise
	case c.Delta < 0:
		return Less
	case noise:
		return MoreWithinNoise
	}
	return More
}

// Comparison is server B against server A under one case.
type Comparison struct {
	A, B       *Subject
	Rounds     int // that were begun
	Blocks     int // of these, in which both have a profile
	Total      Change
	Components []Change
	Functions  []Change // of those with more than LeastShare in A or B
	Omitted    int      // functions below that
	Rate       results.Difference
}

// LeastShare of the CPU time is what a function must have in A or B to be
// judged: the more are judged, the less can be said of each.
const LeastShare = 0.01

// part is a function, or a component, or all of them together.
type part struct{ name, where string }

func (p part) compare(q part) int {
	return cmp.Or(cmp.Compare(p.name, q.name), cmp.Compare(p.where, q.where))
}

// run is a profile of one run, as ns per message.
type run struct {
	total      float64
	components map[part]float64
	functions  map[part]float64
}

// Comparisons returns, for each case, every server of the folder against the
// first.
func (a *Analysis) Comparisons() []Comparison { return a.comparisons }

func (a *Analysis) compareAll() (list []Comparison) {
	for _, ref := range a.Subjects {
		if ref.Server.AA() || ref != a.Base(ref.Case) {
			continue
		}
		base := ref.runs()
		second := map[int]run{}
		for _, s := range a.Subjects {
			if s.Case == ref.Case && s.Server.AA() {
				second = s.runs()
			}
		}
		for _, s := range a.Subjects {
			if s.Case != ref.Case || s == ref || s.Server.AA() {
				continue
			}
			if c := a.compare(ref, s, base, s.runs(), second); c.Blocks > 0 {
				list = append(list, c)
			}
		}
	}
	return list
}

// Base returns the server that the others of a case are compared with, nil if it has no
// capture.
func (a *Analysis) Base(c results.Case) *Subject {
	for _, s := range a.Subjects {
		if s.Case == c && !s.Server.AA() && s.Base {
			return s
		}
	}
	return nil
}

// runs returns the profiles of s by block, on the scale of the CPU time of
// their own run. Runs that were discarded are not among them.
func (s *Subject) runs() map[int]run {
	runs := map[int]run{}
	for _, c := range s.sampled {
		if c.Discarded != "" {
			continue
		}
		r := run{c.Values["cpu-ns/msg"], map[part]float64{}, map[part]float64{}}
		for name, share := range c.functions {
			r.functions[name] = share * r.total
		}
		for _, x := range c.components {
			r.components[part{name: x.Component}] = x.Percent / 100 * r.total
		}
		runs[c.Block] = r
	}
	return runs
}

// identity distinguishes a function from another of the same name elsewhere. Two builds
// of a program have files of different names: it is the program of either.
func identity(f stacks.Function) part {
	where := Where(f)
	if !f.Kernel && !strings.Contains(where, ".so") && !strings.HasPrefix(where, "[") {
		where = "program"
	}
	return part{f.Name, where}
}

// Where returns the kernel, or the program or library that f is of.
func Where(f stacks.Function) string {
	if f.Kernel {
		return "kernel"
	}
	return filepath.Base(f.File)
}

func (a *Analysis) compare(ref, s *Subject, base, other, second map[int]run) Comparison {
	both, noise := paired(base, other), paired(base, second)
	c := Comparison{A: ref, B: s, Rounds: a.rounds(s.Case), Blocks: len(both.a)}
	ratios := results.Ratios(a.Results.Samples, "msg/s", observed(s.Server, PerfRecord), observed(ref.Server, PerfRecord), s.Case)
	c.Rate = results.Judge([][]float64{ratios}, "higher", results.DefaultMargin)[0]
	c.Total = changes(both, noise, inAll, []part{{name: "all"}})[0]
	c.Components = changes(both, noise, byComponent, above(both, byComponent, 0))
	heavy := above(both, byFunction, LeastShare)
	c.Functions = changes(both, noise, byFunction, heavy)
	c.Omitted = len(above(both, byFunction, 0)) - len(heavy)
	return c
}

// inAll, byComponent and byFunction return the parts of a run's time that are
// compared.
func inAll(r run) map[part]float64       { return map[part]float64{{name: "all"}: r.total} }
func byComponent(r run) map[part]float64 { return r.components }
func byFunction(r run) map[part]float64  { return r.functions }

// pairs are the runs of two servers in the blocks that both have.
type pairs struct{ a, b []run }

func paired(base, other map[int]run) (p pairs) {
	for _, block := range slices.Sorted(maps.Keys(base)) {
		if r, ok := other[block]; ok {
			p.a, p.b = append(p.a, base[block]), append(p.b, r)
		}
	}
	return p
}

// deltas returns how much more of a name b has than a, a number a block.
func (p pairs) deltas(of func(run) map[part]float64, name part) []float64 {
	list := make([]float64, len(p.a))
	for i := range list {
		list[i] = of(p.b[i])[name] - of(p.a[i])[name]
	}
	return list
}

// above returns the names whose median over the blocks is a larger share than
// least of the total in either.
func above(p pairs, of func(run) map[part]float64, least float64) []part {
	names := map[part]bool{}
	for _, runs := range [][]run{p.a, p.b} {
		shares := map[part][]float64{}
		for _, r := range runs {
			for name, ns := range of(r) {
				shares[name] = append(shares[name], ns/r.total)
			}
		}
		for name, list := range shares {
			if padded(list, len(runs)) > least {
				names[name] = true
			}
		}
	}
	return slices.SortedFunc(maps.Keys(names), part.compare)
}

// changes judges each name: all of them are one family. Those with the largest
// differences come first.
func changes(both, noise pairs, of func(run) map[part]float64, names []part) []Change {
	list := make([]Change, len(names))
	deltas := make([][]float64, len(names))
	for i, name := range names {
		var as []float64
		for _, r := range both.a {
			as = append(as, of(r)[name])
		}
		deltas[i] = both.deltas(of, name)
		list[i].A = stat.Median(as)
		list[i].Name, list[i].Where = name.name, name.where
		list[i].Noise = stat.Shift(noise.deltas(of, name)) // NaN of none
	}
	for i, d := range (stat.Family{Alpha: 1 - results.Confidence}).Judge(deltas) {
		c := &list[i]
		c.Delta, c.Interval, c.HasCI, c.P, c.Adjusted = d.Shift, d.Interval, d.Enough, d.P, d.Adjusted
		c.B = c.A + c.Delta
	}
	slices.SortStableFunc(list, func(a, b Change) int { return cmp.Compare(math.Abs(b.Delta), math.Abs(a.Delta)) })
	return list
}

// rounds counts the rounds of a case in which anything was captured.
func (a *Analysis) rounds(of results.Case) int {
	seen := map[int]bool{}
	for _, s := range a.Subjects {
		for _, c := range s.Captures {
			if s.Case == of {
				seen[c.Block] = true
			}
		}
	}
	return len(seen)
}

// Rounds returns how many rounds let every table of a comparison call a change
// one: a table has the components of the rules, or functions that have more
// than LeastShare of one server's time or the other's.
func Rounds(rules *attribution.Rules) int {
	return Needed(max(len(rules.Names()), int(2/LeastShare)))
}

// Needed returns how many blocks a table of n changes needs for any of them to
// be called one: the least p-value of so many blocks is 2^(1-blocks).
func Needed(n int) int { return max(6, stat.LeastPairs(n, 1-results.Confidence)) }
