package explain

import (
	"math"
	"path/filepath"
	"sort"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/stat"
	"wsbench/profiles/attribution"
	"wsbench/profiles/stacks"
)

// Change is what one function, or component, or all of them together, takes in
// B more than in A.
type Change struct {
	Name, Where string
	A           float64 // ns a message, median over the blocks
	B           float64 // A + Delta
	Delta       float64 // Hodges–Lehmann estimate of the blocks' differences B - A, ns a message
	Interval    stat.Interval
	HasCI       bool    // the blocks are enough for the interval's level
	P, Adjusted float64 // signed-rank; corrected for the number of changes of its table
	Noise       float64 // Delta of the A/A process; NaN where there was none
}

// Significant tells whether the change is one.
func (c Change) Significant() bool { return c.HasCI && c.Interval.Excludes(0) }

// Real tells whether it is, and is more than A differs from A.
func (c Change) Real() bool { return c.Significant() && !(math.Abs(c.Delta) <= math.Abs(c.Noise)) }

// Excluded is the change that would be outside of the interval, ns a message.
func (c Change) Excluded() float64 { return math.Max(math.Abs(c.Interval.Lo), math.Abs(c.Interval.Hi)) }

// Comparison is server B against server A under one case.
type Comparison struct {
	A, B       *Subject
	Rounds     int // that were begun
	Blocks     int // of these, in which both have a profile
	Total      Change
	Components []Change
	Functions  []Change // of those with more than LeastShare in A or B
	Left       int      // functions below that
	Rate       lab.Difference
}

// LeastShare of the CPU time is what a function must have in A or B to be
// judged: the more are judged, the less can be told of each.
const LeastShare = 0.01

// taken is a profile of one turn, as ns a message by function.
type taken struct {
	total      float64
	components map[string]float64
	functions  map[string]float64
}

// Comparisons returns, for each case, every server of the folder against the
// first.
func (a *Analysis) Comparisons() []Comparison { return a.comparisons }

func (a *Analysis) compareAll() (list []Comparison) {
	for _, ref := range a.Subjects {
		if ref.Variant.AA || ref != a.first(ref.Case) {
			continue
		}
		base := ref.turns()
		twin := map[int]taken{}
		for _, s := range a.Subjects {
			if s.Case == ref.Case && s.Variant.AA {
				twin = s.turns()
			}
		}
		for _, s := range a.Subjects {
			if s.Case != ref.Case || s == ref || s.Variant.AA {
				continue
			}
			if c := a.compare(ref, s, base, s.turns(), twin); c.Blocks > 0 {
				list = append(list, c)
			}
		}
	}
	return list
}

// first is the server that the others are compared with.
func (a *Analysis) first(c lab.Case) *Subject {
	for _, s := range a.Subjects {
		if s.Case == c && !s.Variant.AA && s.Base {
			return s
		}
	}
	return nil
}

// turns returns the profiles of s by block, on the scale of the CPU time of
// their own turn. Turns that were left out are not among them.
func (s *Subject) turns() map[int]taken {
	turns := map[int]taken{}
	for _, c := range s.sampled {
		if c.Doubt != "" {
			continue
		}
		t := taken{c.Values["cpu-ns/msg"], map[string]float64{}, map[string]float64{}}
		for name, share := range c.functions {
			t.functions[name] = share * t.total
		}
		for _, x := range c.components {
			t.components[x.Component] = x.Percent / 100 * t.total
		}
		turns[c.Block] = t
	}
	return turns
}

// identity tells a function from another of the same name elsewhere. Two builds
// of a program have files of different names: it is the program of either.
func identity(f stacks.Function) string {
	where := Where(f)
	if !f.Kernel && !strings.Contains(where, ".so") && !strings.HasPrefix(where, "[") {
		where = "program"
	}
	return f.Name + "\x00" + where
}

// Where is the kernel, or the program or library that f is of.
func Where(f stacks.Function) string {
	if f.Kernel {
		return "kernel"
	}
	return filepath.Base(f.File)
}

func (a *Analysis) compare(ref, s *Subject, base, other, twin map[int]taken) Comparison {
	c := Comparison{A: ref, B: s, Rounds: a.rounds(s.Case), Blocks: len(pairs(base, other))}
	observed := func(v lab.Variant) lab.Variant { v.Observer = PerfRecord; return v }
	c.Rate = lab.Judge([][]float64{a.Results.RatiosOf("msg/s", observed(s.Variant), observed(ref.Variant), s.Case)})[0]
	total := func(t taken) map[string]float64 { return map[string]float64{"all": t.total} }
	if all := changes(base, other, twin, total, []string{"all"}); len(all) == 1 {
		c.Total = all[0]
	}
	byComponent := func(t taken) map[string]float64 { return t.components }
	byFunction := func(t taken) map[string]float64 { return t.functions }
	c.Components = changes(base, other, twin, byComponent, above(base, other, byComponent, 0))
	heavy := above(base, other, byFunction, LeastShare)
	c.Functions = changes(base, other, twin, byFunction, heavy)
	c.Left = len(above(base, other, byFunction, 0)) - len(heavy)
	return c
}

// pairs are the blocks that both have.
func pairs(base, other map[int]taken) (blocks []int) {
	for b := range base {
		if _, ok := other[b]; ok {
			blocks = append(blocks, b)
		}
	}
	sort.Ints(blocks)
	return blocks
}

// above lists the names whose median over the common blocks is a larger share
// than least of the total in either.
func above(base, other map[int]taken, of func(taken) map[string]float64, least float64) (names []string) {
	blocks := pairs(base, other)
	seen := map[string]bool{}
	for _, turns := range []map[int]taken{base, other} {
		for _, b := range blocks {
			for name := range of(turns[b]) {
				seen[name] = true
			}
		}
	}
	for name := range seen {
		for _, turns := range []map[int]taken{base, other} {
			var shares []float64
			for _, b := range blocks {
				shares = append(shares, of(turns[b])[name]/turns[b].total)
			}
			if stat.Median(shares) > least {
				names = append(names, name)
				break
			}
		}
	}
	sort.Strings(names)
	return names
}

// changes judges each name: all of them are one family. Those with the largest
// differences come first.
func changes(base, other, twin map[int]taken, of func(taken) map[string]float64, names []string) []Change {
	list := make([]Change, len(names))
	deltas := make([][]float64, len(names))
	for i, name := range names {
		as, bs := values(base, other, of, name)
		deltas[i] = minus(bs, as)
		list[i].A = stat.Median(as)
		list[i].Name, list[i].Where, _ = strings.Cut(name, "\x00")
		as, twins := values(base, twin, of, name)
		list[i].Noise = stat.Shift(minus(twins, as)) // NaN of none
	}
	for i, d := range (stat.Family{Alpha: 1 - lab.Confidence}).Judge(deltas) {
		c := &list[i]
		c.Delta, c.Interval, c.HasCI, c.P, c.Adjusted = d.Shift, d.Interval, d.Enough, d.P, d.Adjusted
		c.B = c.A + c.Delta
	}
	sort.SliceStable(list, func(i, j int) bool { return math.Abs(list[i].Delta) > math.Abs(list[j].Delta) })
	return list
}

// values of a name in the common blocks, one a block.
func values(base, other map[int]taken, of func(taken) map[string]float64, name string) (as, bs []float64) {
	for _, b := range pairs(base, other) {
		as = append(as, of(base[b])[name])
		bs = append(bs, of(other[b])[name])
	}
	return as, bs
}

func minus(bs, as []float64) []float64 {
	ds := make([]float64, len(as))
	for i := range as {
		ds[i] = bs[i] - as[i]
	}
	return ds
}

// rounds counts the rounds of a case in which anything was captured.
func (a *Analysis) rounds(of lab.Case) int {
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
func Needed(n int) int { return max(6, stat.LeastPairs(n, 1-lab.Confidence)) }
