package explain

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// Table is figures for a person. The first column, and those of Words, are
// words; the others are numbers.
type Table struct {
	Title   string
	Note    string // how to read it
	Command string // that captures what it rests on
	Head    []string
	Words   []int // columns of words besides the first
	Share   int   // column that holds percents of the whole; -1: none
	Rows    [][]string
}

// mostFunctions is how many functions a table lists.
const mostFunctions = 25

// Tables are what is known of s, a message.
func (a *Analysis) Tables(s *Subject) (tables []Table) {
	for _, t := range []Table{a.componentTable(s), callTableOf(s), functionTable(s), eventTable(s), a.overheadTable(s)} {
		if len(t.Rows) > 0 {
			tables = append(tables, t)
		}
	}
	return tables
}

func (s *Subject) command(observer string) string {
	for _, c := range s.Captures {
		if c.Observer == observer {
			return c.Command
		}
	}
	return ""
}

func (a *Analysis) componentTable(s *Subject) Table {
	t := Table{
		Title: "components, CPU time a message", Share: 2, Command: s.command(PerfRecord),
		Note: fmt.Sprintf("shares of perf record's %d samples, by the rules of profiles/attribution; 100 %% is %.0f ns, the CPU time of the unobserved server.", s.samples(), s.CPU),
		Head: []string{"component", "ns/msg", "%"},
	}
	for _, c := range a.Components(s) {
		if c.Samples > 0 {
			t.Rows = append(t.Rows, []string{c.Component, number(c.Value), percent(c.Value, s.CPU)})
		}
	}
	return t
}

// samples is how many samples the CPU profile has.
func (s *Subject) samples() (n int64) {
	if p := s.profiles[PerfRecord]; p != nil {
		for _, x := range p.Sample {
			n += x.Value[0]
		}
	}
	return n
}

func callTableOf(s *Subject) Table {
	t := Table{
		Title: "system calls a message", Share: 4, Command: s.command(Strace),
		Note: "calls and errors by strace; CPU time within the call by perf record; wall time, waiting included, by perf trace. unattributed: entering and leaving the kernel, and what no function on the stack tells the call of.",
		Head: []string{"call", "calls/msg", "errors/msg", "CPU ns/msg", "%", "wall ns/msg"},
	}
	for _, c := range s.Calls() {
		if orZero(c.Count) >= leastCount || orZero(c.CPU) > 0 {
			t.Rows = append(t.Rows, []string{c.Name, count(c.Count), count(c.Errors), number(c.CPU), percent(c.CPU, s.CPU), number(c.Wall)})
		}
	}
	return t
}

// leastCount is the least number a message that is worth a row.
const leastCount = 0.00005

func functionTable(s *Subject) Table {
	list := s.Functions()
	t := Table{
		Title: "functions, CPU time a message", Share: 3, Words: []int{1}, Command: s.command(PerfRecord),
		Note: fmt.Sprintf("self: of the function alone; with calls: of all that it calls too. The first %d of %d.", min(mostFunctions, len(list)), len(list)),
		Head: []string{"function", "where", "self ns/msg", "%", "with calls", "%"},
	}
	for _, f := range list[:min(mostFunctions, len(list))] {
		t.Rows = append(t.Rows, []string{f.Name, Where(f), number(f.Flat), percent(f.Flat, s.CPU), number(f.Cum), percent(f.Cum, s.CPU)})
	}
	return t
}

func eventTable(s *Subject) Table {
	t := Table{Title: "events a message", Share: -1, Command: s.command(PerfStat), Note: "by perf stat.", Head: []string{"event", "a message"}}
	var g results.Group
	for _, c := range s.counted {
		if c.Observer == PerfStat {
			g.Samples = append(g.Samples, results.Sample{Values: per{"/msg", c.Echoes}.whole(c.got)})
		}
	}
	for _, u := range g.Units() {
		t.Rows = append(t.Rows, []string{strings.TrimSuffix(u.Name, "/msg"), count(g.Median(u.Name))})
	}
	return t
}

func (a *Analysis) overheadTable(s *Subject) Table {
	t := Table{
		Title: "what the observers cost", Share: -1,
		Note: "ratios of the observed turns to the unobserved ones beside them, medians [intervals]; A/A: a second, identical process that nothing observed. own CPU: of the observer's own process.",
		Head: []string{"observer", "msg/s", "CPU/msg", "own CPU ns/msg"},
	}
	for _, o := range a.Overheads(s) {
		name, own := o.Observer, number(o.Own)
		if name == "" {
			name, own = "none (A/A)", ""
		}
		t.Rows = append(t.Rows, []string{name, ratio(o.Rate), ratio(o.CPU), own})
	}
	return t
}

func ratio(d lab.Difference) string {
	switch {
	case d.N == 0:
		return ""
	case !d.HasCI:
		return fmt.Sprintf("%.3f (n=%d)", d.Ratio, d.N)
	}
	return fmt.Sprintf("%.3f [%.3f,%.3f]", d.Ratio, d.Interval.Lo, d.Interval.Hi)
}

// number writes ns with three digits that count; "" for what is not known.
func number(v float64) string {
	if v != v {
		return ""
	}
	return strconv.FormatFloat(v, 'f', decimals(v), 64)
}

// decimals returns how many decimal places leave v three digits that count.
func decimals(v float64) int {
	switch a := math.Abs(v); {
	case a >= 100 || a == 0:
		return 0
	case a >= 10:
		return 1
	}
	return 2
}

func count(v float64) string {
	if v != v {
		return ""
	}
	return fmt.Sprintf("%.4f", v)
}

func percent(v, whole float64) string {
	if v != v || whole <= 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", 100*v/whole)
}

func signed(v float64) string {
	s := number(v)
	if v > 0 {
		return "+" + s
	}
	return s
}

func signed1(v float64) string {
	if v != v || math.IsInf(v, 0) {
		return ""
	}
	return fmt.Sprintf("%+.1f", v)
}
