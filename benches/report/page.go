package report

import (
	"html/template"

	"wsbench/benches/lab"
	"wsbench/benches/report/plot"
)

// Page is what the report shows.
type Page struct {
	Results    *lab.Results
	Command    string        // that made the results; "": the one they name themselves
	Histograms []lab.Latency // of the samples; without them percentiles come from the samples
	Profiled   []Profiled
}

// Profiled is what a profile pass of one variant and case left.
type Profiled struct {
	Title, Note, Command string
	Tables               []PageTable // per message, components, observers' cost
	Flame                []byte      // a flame graph, SVG; nil: none
	FlameFile            string      // its file's name
	Skips                []lab.Reason
}

// PageTable is rows under a head.
type PageTable struct {
	Title, Note, Command string
	Head                 []string
	Rows                 [][]string
	Bars                 int // column of shares (12.3 %, or 0.123), drawn as bars; -1: none
}

// PagePlot is a drawing as a file of its own.
type PagePlot struct {
	Name string // file name
	SVG  []byte
}

// PagePlots are the page's plots, each with its own style, light and dark.
func PagePlots(p Page) []PagePlot {
	var list []PagePlot
	for _, s := range p.sections() {
		for _, f := range s.Figures {
			for _, panel := range f.Panels {
				list = append(list, PagePlot{panel.Name + ".svg", plot.Standalone([]byte(panel.SVG))})
			}
		}
	}
	return list
}

// section is a part of the page below a heading.
type section struct {
	ID, Title string
	Text      []string
	Tables    []tableView
	Figures   []plotted
	After     []string // below the figures
	Lists     []listing
	Profiles  []profile
}

// listing is a list of statements.
type listing struct {
	Title string
	Items []string
}

// plotted is plots that tell one thing, with the numbers behind them.
type plotted struct {
	Title, Note string
	Commands    []string
	Panels      []panel
	Table       *tableView
}

type panel struct {
	Name string // unique on the page
	SVG  template.HTML
}

// shown is how many plots of a figure are not folded away.
const shown = 6

// First are the plots that are seen at once, Rest the others.
func (p plotted) First() []panel { return p.Panels[:min(shown, len(p.Panels))] }
func (p plotted) Rest() []panel  { return p.Panels[min(shown, len(p.Panels)):] }

// sections are all parts that have something to show.
func (p Page) sections() []section {
	if p.Results == nil {
		p.Results = &lab.Results{}
	}
	if p.Command != "" {
		res := *p.Results
		res.Command = p.Command
		p.Results = &res
	}
	others, aa := p.Results.Compare()
	d := &data{Page: p, others: others, aa: aa, names: map[string]int{}}
	var list []section
	for _, make := range []func() section{
		d.matrix, d.throughput, d.costs, d.latency, d.curves, d.components, d.conns, d.profiles, d.omitted, d.reading, d.provenance,
	} {
		if s := make(); s.Title != "" {
			list = append(list, s)
		}
	}
	return list
}

// data is a page and what is computed once for all its sections.
type data struct {
	Page
	others, aa []lab.Comparison
	names      map[string]int // panels' names, and how often each was asked for
}

// series is the look of a variant: the same in every plot.
func (d *data) series(v lab.Variant) int {
	for i, w := range d.Results.Variants() {
		if w.Label() == v.Label() {
			return i
		}
	}
	return plot.Series - 2
}

// panel names a drawing.
func (d *data) panel(name string, svg []byte) panel {
	name = slug(name)
	d.names[name]++
	if n := d.names[name]; n > 1 {
		name = slug(name + "-" + string(rune('0'+n%10)) + "-" + three(float64(n)))
	}
	return panel{name, template.HTML(svg)} // package plot escapes all text
}

// slug is s as part of a file's name and of an address within the page.
func slug(s string) string {
	b := []byte{}
	for _, r := range s {
		switch {
		case r >= 'A' && r <= 'Z':
			b = append(b, byte(r-'A'+'a'))
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.':
			b = append(b, byte(r))
		case len(b) > 0 && b[len(b)-1] != '-':
			b = append(b, '-')
		}
		if len(b) > 80 {
			break
		}
	}
	for len(b) > 0 && (b[len(b)-1] == '-' || b[len(b)-1] == '.') {
		b = b[:len(b)-1]
	}
	for len(b) > 0 && b[0] == '.' {
		b = b[1:]
	}
	if len(b) == 0 {
		return "plot"
	}
	return string(b)
}
