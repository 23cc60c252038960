package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"wsbench/benches/explain"
	"wsbench/benches/host"
	"wsbench/benches/internal/term"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/profiles/stacks"
)

func runProfileCompare(args []string, stdout, stderr io.Writer) error {
	fs := newFlags("profile compare", "[flags] [NAME=]A [NAME=]B", stdout)
	var out outputFlags
	out.register(fs)
	most := fs.Int("n", 30, "`functions` in the table, 0 for all")
	if err := parseFlags(fs, args, 2); err != nil {
		return err
	}
	sources, err := parseSources(fs.Args(), false)
	switch {
	case err != nil:
	case *most < 0:
		err = fmt.Errorf("-n %d: 0 or more are wanted", *most)
	}
	if err == nil {
		err = out.check()
	}
	if err != nil {
		return usageError{"profile compare: " + err.Error()}
	}
	c := comparison{Sources: [2]string{"A", "B"}}
	a, err := readProfile(sources[0].path, stacks.Read, stderr)
	if err != nil {
		return fmt.Errorf("profile compare: %w", err)
	}
	b, err := readProfile(sources[1].path, stacks.Read, stderr)
	if err != nil {
		return fmt.Errorf("profile compare: %w", err)
	}
	for i, s := range sources {
		c.Files[i] = s.path
		if s.name != "" {
			c.Sources[i] = s.name
		}
	}
	if c.Sources[0] == c.Sources[1] {
		return usageError{fmt.Sprintf("profile compare: both are called %s", c.Sources[0])}
	}
	c.Type = stacks.CompareType(a, b)
	if c.Rows = stacks.Compare(a, b); c.Rows == nil {
		return fmt.Errorf("profile compare: %s and %s have no sample type in common with samples of it; perf has that of Go's CPU profiles with -e cpu-clock", c.Files[0], c.Files[1])
	}
	return c.print(stdout, &out, *most)
}

// comparison is two profiles' shares by function.
type comparison struct {
	Sources, Files [2]string
	Type           string
	Rows           []stacks.Row
}

func (c comparison) print(w io.Writer, out *outputFlags, most int) error {
	switch out.format {
	case "json":
		return c.json(w)
	case "bench":
		return c.bench(w)
	}
	return c.text(w, out.screen(w), most)
}

// compareLegend says how to read the table, and what cannot agree.
const compareLegend = `Shares of all samples, %, and differences in points. ± is the 95 % interval
of the difference by the number of samples alone; * marks differences beyond it.
Kernel time is the function's that entered the kernel; inlined functions are
the one's that holds their code; instances of a generic function are one.
Go's profiler does not see threads that run no goroutine (sysmon, C), nor its
own signal handler; perf by frame pointers leaves out the caller of a function
without a frame, and cpu-clock puts time with interrupts off where they are on
again.
`

func (c comparison) text(w io.Writer, screen term.Screen, most int) error {
	p := screen.Page()
	p.Text(term.Strong, "", fmt.Sprintf("%s of user-space functions: %s (%s), %s (%s)", c.Type, c.Sources[0], c.Files[0], c.Sources[1], c.Files[1]))
	p.Line("")
	t := &term.Table{Columns: []term.Column{
		{Head: c.Sources[0], Align: term.Decimal}, {Head: c.Sources[1], Align: term.Decimal}, {Head: "diff", Align: term.Decimal}, {Head: "±", Align: term.Decimal},
		{Head: c.Sources[0] + " cum", Align: term.Decimal, Drop: 1}, {Head: c.Sources[1] + " cum", Align: term.Decimal, Drop: 2}, {Head: "function", Least: 20},
	}}
	rows := c.Rows
	if most > 0 && len(rows) > most {
		rows = rows[:most]
	}
	for _, r := range rows {
		diff := term.Styled(term.Plain, "%+.1f", 100*r.Diff())
		if r.Margin > 0 && (r.Diff() > r.Margin || -r.Diff() > r.Margin) {
			diff = term.Styled(term.Unsure, "%+.1f*", 100*r.Diff())
		}
		t.Row(fmt.Sprintf("%.1f", 100*r.A), fmt.Sprintf("%.1f", 100*r.B), diff, known(r.Margin), fmt.Sprintf("%.1f", 100*r.CumA), fmt.Sprintf("%.1f", 100*r.CumB), r.Name)
	}
	p.Table(t)
	if n := len(c.Rows) - len(rows); n > 0 {
		p.Line("%d more functions; -n 0 shows all", n)
	}
	p.Line("")
	p.Text(term.Faint, "", compareLegend)
	return p.Flush(w)
}

// known is a margin, blank where it is not known.
func known(margin float64) string {
	if margin == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", 100*margin)
}

// compareDocument is the output of -format json.
type compareDocument struct {
	report.Head
	Type      string            `json:"sample_type"`
	Sources   [2]string         `json:"sources"`
	Files     [2]string         `json:"files"`
	Functions []comparedDocItem `json:"functions"`
}

// comparedDocItem is a function's shares of all samples, 0 to 1.
type comparedDocItem struct {
	Function string   `json:"function"`
	A        float64  `json:"a_share"`
	B        float64  `json:"b_share"`
	Diff     float64  `json:"diff"`
	Margin   *float64 `json:"margin"`
	CumA     float64  `json:"a_cumulative_share"`
	CumB     float64  `json:"b_cumulative_share"`
}

func (c comparison) json(w io.Writer) error {
	doc := compareDocument{report.NewHead("profile compare", host.Facts()), c.Type, c.Sources, c.Files, []comparedDocItem{}}
	for _, r := range c.Rows {
		x := comparedDocItem{r.Name, r.A, r.B, r.Diff(), nil, r.CumA, r.CumB}
		if r.Margin > 0 {
			x.Margin = &r.Margin
		}
		doc.Functions = append(doc.Functions, x)
	}
	return report.WriteJSON(w, doc)
}

// bench writes a line for each function and source, so that
// benchstat -col /source sets them beside each other.
func (c comparison) bench(w io.Writer) error {
	out, err := results.NewWriter(w, []results.Fact{{Key: "profile-type", Value: c.Type}})
	used := map[string]int{}
	for _, r := range c.Rows {
		function := functionValue(r.Name)
		if used[function]++; used[function] > 1 {
			function = fmt.Sprintf("%s+%d", function, used[function])
		}
		for i, share := range [][2]float64{{r.A, r.CumA}, {r.B, r.CumB}} {
			name := results.Name{Base: "Profile", Keys: []results.KV{{Key: "source", Value: c.Sources[i]}, {Key: "function", Value: function}}}
			values := map[string]float64{"flat-share": share[0], "cum-share": share[1]}
			err = errors.Join(err, out.Sample(results.Sample{Name: name, Pkg: explain.Pkg, Iters: 1, Values: values}))
		}
	}
	return err
}

// dropped are the parts of a function's name that a benchmark's name does
// without.
var dropped = regexp.MustCompile(`[()*&{}]|\[\.\.\.\]`)

// functionValue returns a function's name as a value in a benchmark's name:
// wsbench/mask.(*T).f is wsbench.mask.T.f.
func functionValue(name string) string {
	name = strings.ReplaceAll(dropped.ReplaceAllString(name, ""), "/", ".")
	return results.ValueOf(cmp.Or(name, "_"))
}
