package report

import (
	"fmt"

	"wsbench/benches/lab"
	"wsbench/benches/report/plot"
)

// matrix is the table of the echo matrix, and the noise floor.
func (d *data) matrix() section {
	res := d.Results
	if len(res.Samples) == 0 {
		return section{}
	}
	rows := matrixRows(res, d.others, d.aa)
	s := section{ID: "matrix", Title: "Echo matrix"}
	s.Text = append(s.Text, "Medians over the samples. A case is connections/octets, with the messages in flight a connection behind that where they are more than one.")
	s.Tables = append(s.Tables, view(PageTable{
		Title: "Servers by case", Head: rows[0], Rows: rows[1:], Bars: -1, Command: matrixCommand(res),
	}))
	if len(d.aa) > 0 {
		s.Tables = append(s.Tables, view(d.noise()))
	}
	s.After = legend(d.others, d.aa)
	if m := memory(res); m != "" {
		s.After = append(s.After, "Resident memory, all cases' connections open: "+m+".")
	}
	return s
}

func (d *data) noise() PageTable {
	ref, _ := d.Results.Reference()
	t := PageTable{
		Title: "Noise floor (A/A): a second, identical process of " + ref.Label() + " against the first",
		Head:  []string{"case", "ratio", "verdict"}, Bars: -1, Command: matrixCommand(d.Results),
	}
	for _, c := range d.aa {
		t.Rows = append(t.Rows, []string{c.Case.Short(), ratioText(c.Difference), c.Verdict.String()})
	}
	return t
}

// throughput is messages a second, and how they compare.
func (d *data) throughput() section {
	if len(d.Results.Samples) == 0 {
		return section{}
	}
	s := section{ID: "throughput", Title: "Throughput"}
	s.Figures = append(s.Figures, d.unitBars("msg/s", "messages a second; more is better"))
	if len(d.others) > 0 {
		s.Figures = append(s.Figures, d.ratios())
	}
	return s
}

// unitBars are the medians of one unit by case and server.
func (d *data) unitBars(unit, axis string) plotted {
	res, show := d.Results, figure(unit)
	b := plot.Bars{Title: unit, Axis: axis, Format: show, Tick: tick(unit), Desc: "Bars by case and server, with error bars; the table behind the plot has the numbers."}
	t := PageTable{Title: unit, Head: append([]string{"case", "server"}, estimateHead(unit)...), Bars: -1}
	for _, c := range res.Cases() {
		g := plot.Group{Label: c.Short()}
		for _, v := range res.Variants() {
			e := estimated(values(res, v, c, unit))
			if e.n == 0 {
				continue
			}
			bar := plot.Bar{Label: v.Label(), Series: d.series(v), Value: e.median, Error: e.span()}
			if !e.hasCI {
				bar.Mark = fmt.Sprintf("n=%d", e.n)
			}
			g.Bars = append(g.Bars, bar)
			t.Rows = append(t.Rows, append([]string{c.Short(), v.Label()}, e.cells(show)...))
		}
		if len(g.Bars) > 0 {
			b.Groups = append(b.Groups, g)
		}
	}
	tv := view(t)
	return plotted{
		Title: unit, Note: errorBars, Commands: []string{matrixCommand(res), benchstat(res, unit)},
		Panels: []panel{d.panel(unit, b.Draw())}, Table: &tv,
	}
}

// marks are the verdicts behind the ratios.
var marks = map[lab.Kind]string{lab.Faster: "▲", lab.Slower: "▼", lab.NoDifference: "≈", lab.Underpowered: "?"}

const marksMean = "▲ faster, ▼ slower, ≈ no difference above 5 %, ? underpowered; * no larger than the A/A pair's difference."

// ratios are the paired ratios to the reference, above the noise floor.
func (d *data) ratios() plotted {
	ref, _ := d.Results.Reference()
	title := "msg/s, ratio to " + ref.Label()
	b := plot.Bars{
		Title: title, Axis: "ratio within blocks; 1 is " + ref.Label(), Base: 1,
		Format: func(v float64) string { return fmt.Sprintf("%.3f", v) },
		Tick:   func(v float64) string { return fmt.Sprintf("%.2f", v) },
		Desc:   "Bars from 1 to the ratio, by case and server, with error bars, over the noise floor's band; the table behind the plot has the numbers.",
	}
	t := PageTable{Title: title, Head: []string{"case", "server", "blocks", "ratio", "from", "to", "confidence", "p, corrected", "verdict"}, Bars: -1}
	for _, c := range d.Results.Cases() {
		g := plot.Group{Label: c.Short(), Band: d.band(c)}
		for _, o := range d.others {
			if o.Case == c {
				g.Bars = append(g.Bars, d.ratioBar(o))
				t.Rows = append(t.Rows, ratioRow(o))
			}
		}
		if len(g.Bars) > 0 {
			b.Groups = append(b.Groups, g)
		}
	}
	for _, a := range d.aa {
		t.Rows = append(t.Rows, ratioRow(a))
	}
	tv := view(t)
	return plotted{
		Title: title, Commands: []string{matrixCommand(d.Results)},
		Note:   "Bars begin at 1 and end at the Hodges–Lehmann estimate of the ratios within blocks; error bars are its interval at the level at which it is judged. " + d.bandMeans() + marksMean,
		Panels: []panel{d.panel("ratio", b.Draw())}, Table: &tv,
	}
}

func (d *data) ratioBar(o lab.Comparison) plot.Bar {
	bar := plot.Bar{Label: o.Variant.Label(), Series: d.series(o.Variant), Value: o.Ratio, Mark: marks[o.Verdict.Kind]}
	if o.HasCI {
		bar.Error = &plot.Range{Lo: o.Interval.Lo, Hi: o.Interval.Hi}
	}
	if withinNoise(o, d.aa) {
		bar.Mark += "*"
	}
	return bar
}

func (d *data) bandMeans() string {
	if len(d.aa) == 0 {
		return ""
	}
	return "Grey bands are the noise floor: the interval of the same ratio between two identical processes of the reference (A/A), or, with fewer than 6 blocks, its distance from 1 to both sides. "
}

// band is the A/A pair's interval under a case.
func (d *data) band(c lab.Case) *plot.Range {
	for _, a := range d.aa {
		switch {
		case a.Case != c:
		case a.HasCI:
			return &plot.Range{Lo: a.Interval.Lo, Hi: a.Interval.Hi}
		default:
			far := max(a.Ratio-1, 1-a.Ratio)
			return &plot.Range{Lo: 1 - far, Hi: 1 + far}
		}
	}
	return nil
}

func ratioRow(o lab.Comparison) []string {
	row := []string{o.Case.Short(), o.Variant.Label(), fmt.Sprint(o.N), fmt.Sprintf("%.4f", o.Ratio), "", "", "", "", o.Verdict.String()}
	if o.HasCI {
		row[4], row[5] = fmt.Sprintf("%.4f", o.Interval.Lo), fmt.Sprintf("%.4f", o.Interval.Hi)
		row[6], row[7] = fmt.Sprintf("%.1f %%", 100*o.Interval.Level), fmt.Sprintf("%.4f", o.Adjusted)
	}
	return row
}

// costs are what a message takes of the server, as small multiples.
func (d *data) costs() section {
	s := section{ID: "costs", Title: "Cost of a message"}
	var units []lab.Unit
	for _, u := range lab.Units {
		switch u.Name {
		case "cpu-ns/msg", "syscalls/msg", "ctxsw/msg":
			if d.has(u.Name) {
				units = append(units, u)
			}
		}
	}
	if len(units) == 0 {
		return section{}
	}
	all := plotted{Title: "CPU time, system calls and context switches a message", Note: errorBars, Commands: []string{matrixCommand(d.Results)}}
	t := tableView{Title: "Costs of a message", Head: append([]string{"unit", "case", "server"}, estimateHead("median")...)}
	for _, u := range units {
		f := d.unitBars(u.Name, u.Is)
		all.Panels = append(all.Panels, f.Panels...)
		all.Commands = append(all.Commands, benchstat(d.Results, u.Name))
		for _, r := range f.Table.Rows {
			t.Rows = append(t.Rows, append([]cell{{Text: u.Name}}, r...))
		}
	}
	all.Table = &t
	s.Figures = []plotted{all}
	return s
}

func (d *data) has(unit string) bool {
	for _, s := range d.Results.Samples {
		if _, ok := s.Values[unit]; ok {
			return true
		}
	}
	return false
}
