package conform

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"wsbench/benches/internal/term"
)

// Report is the results of one server or client, ready to be written.
type Report struct {
	Target  string // who was tested, and how much
	Name    string // the server's or client's, in names of benchmarks
	Results []Result
	// Rerun is the command that plays the case with this id again. nil: there
	// is none.
	Rerun func(id string) string
}

// Failures returns how many of the cases that were played are not strictly OK.
func (r *Report) Failures() int {
	return count(r.Results, func(r *Result) bool { return !r.Strict() && r.NotRun == "" })
}

// count returns how many results are such.
func count(results []Result, such func(*Result) bool) (n int) {
	for i := range results {
		if such(&results[i]) {
			n++
		}
	}
	return n
}

// tally counts the verdicts of a group.
type tally struct{ cases, notRun, strict, ok, nonStrict, informational int }

func (t *tally) add(r *Result) {
	t.cases++
	if r.NotRun != "" {
		t.notRun++
		return
	}
	if r.Strict() {
		t.strict++
	}
	switch closed := r.Close == OK || r.Close == Informational; {
	case !closed:
	case r.Behavior == OK:
		t.ok++
	case r.Behavior == NonStrict:
		t.nonStrict++
	case r.Behavior == Informational:
		t.informational++
	}
}

// byGroup returns the tallies of the groups that have cases, in order, and of
// all.
func (r *Report) byGroup() (names []Group, list []tally, total tally) {
	for _, g := range groups {
		var t tally
		for i := range r.Results {
			if res := &r.Results[i]; res.Case.Group() == g.Name {
				t.add(res)
				total.add(res)
			}
		}
		if t.cases > 0 {
			names, list = append(names, g), append(list, t)
		}
	}
	return names, list, total
}

// failed returns how many cases failed strictly.
func (t *tally) failed() int { return t.cases - t.notRun - t.strict }

// wrong returns how many cases failed by that suite's verdict.
func (t *tally) wrong() int {
	return t.cases - t.notRun - t.ok - t.nonStrict - t.informational
}

// verdict returns the tally in words.
func (t *tally) verdict() string {
	var words []string
	if n := t.failed(); n > 0 {
		words = append(words, fmt.Sprintf("%d FAILED", n))
	}
	if t.notRun > 0 {
		words = append(words, fmt.Sprintf("%d not run", t.notRun))
	}
	if words == nil {
		return "all ok"
	}
	return strings.Join(words, ", ")
}

// WriteText writes a table of the groups, and what is to be said of each case
// that failed, for people on a screen.
func (r *Report) WriteText(w io.Writer, screen term.Screen) error {
	p := screen.Page()
	p.Text(term.Plain, "", r.Target)
	p.Line("")
	p.Table(r.table())
	if i := slices.IndexFunc(r.Results, func(r Result) bool { return r.NotRun != "" }); i >= 0 {
		first := &r.Results[i]
		p.Line("")
		p.Item(term.Bad, fmt.Sprintf("not run %s and later: ", first.Case.ID), first.NotRun)
	}
	for i := range r.Results {
		if res := &r.Results[i]; !res.Strict() && res.NotRun == "" {
			p.Line("")
			res.detail(p)
			if r.Rerun != nil {
				p.Line("%8s%-10s%s", "", "rerun", r.Rerun(res.Case.ID))
			}
		}
	}
	return p.Flush(w)
}

func (r *Report) table() *term.Table {
	t := &term.Table{Columns: []term.Column{
		{Head: "group"}, {Least: 12}, {Head: "cases", Align: term.Right}, {Head: "strict", Align: term.Right}, {Head: "failed", Align: term.Right},
		{Name: "bars", Least: 8, Most: 12, Drop: 5}, {Head: "verdict"},
		{Head: "Autobahn:\nok", Align: term.Right, Drop: 4}, {Head: "non-\nstrict", Name: "Autobahn's non-strict", Align: term.Right, Drop: 1},
		{Head: "inform-\national", Name: "Autobahn's informational", Align: term.Right, Drop: 2}, {Head: "failed", Name: "Autobahn's failed", Align: term.Right, Drop: 3},
	}}
	row := func(name, title string, n tally) {
		style := term.Good
		if n.strict < n.cases {
			style = term.Bad
		}
		t.Row(name, title, n.cases, n.strict, n.failed(), term.Bar{Value: float64(n.strict), Full: float64(n.cases), Style: style},
			term.Cell{Text: n.verdict(), Style: style}, n.ok, n.nonStrict, n.informational, n.wrong())
	}
	names, list, total := r.byGroup()
	for i, g := range names {
		row(g.Name, g.Title, list[i])
	}
	row("total", "", total)
	return t
}

// columns of the lines of results.
const lineFormat = "%-8s%-8s%-17s%-17s"

// LineHeading writes what stands above the lines of results.
func LineHeading(w io.Writer, screen term.Screen) error {
	p := screen.Page()
	p.Item(term.Strong, fmt.Sprintf(lineFormat, "case", "strict", "behavior", "closing"), "title")
	return p.Flush(w)
}

// WriteLine writes the result in one line; with an agent, it comes first.
func (r *Result) WriteLine(w io.Writer, screen term.Screen, agent string) error {
	strict, style := "ok", term.Plain
	switch {
	case r.NotRun != "":
		strict, style = "not run", term.Bad
	case !r.Strict():
		strict, style = "FAILED", term.Bad
	}
	if agent != "" {
		agent = fmt.Sprintf("%q ", agent)
	}
	p := screen.Page()
	p.Item(style, agent+fmt.Sprintf(lineFormat, r.Case.ID, strict, r.Behavior, r.Close), r.Case.Title)
	return p.Flush(w)
}

// Detail returns what was expected and what came, in some lines.
func (r *Result) Detail() string {
	p := term.Screen{}.Page()
	r.detail(p)
	return p.String()
}

func (r *Result) detail(p *term.Page) {
	line := func(style term.Style, name, text string) { p.Item(style, fmt.Sprintf("%8s%-10s", "", name), text) }
	p.Item(term.Strong, fmt.Sprintf("%-8s", r.Case.ID), r.Case.Title)
	line(term.Plain, "expected", r.Case.Expected())
	line(term.Plain, "came", r.Came)
	line(term.Bad, "fault", strings.Join(r.Faults, "; "))
	line(term.Plain, "Autobahn", fmt.Sprintf("%s, closing %s", r.Behavior, r.Close))
}
