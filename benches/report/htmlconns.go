package report

import (
	"fmt"

	"wsbench/benches/lab"
	"wsbench/benches/report/plot"
)

// conns is what idle connections take.
func (d *data) conns() section {
	list := d.Results.SummarizeConns()
	if len(list) == 0 {
		return section{}
	}
	f := plotted{
		Title: "Memory and CPU time of a connection", Commands: []string{connsCommand(d.Results)},
		Note: "Bars end at the median over n processes; error bars span all of them, from the least to the greatest.",
	}
	for _, u := range []struct{ unit, axis string }{
		{"B/conn", "resident memory an idle connection, octets"}, {"cpu-ns/open", "server's CPU time to open a connection"},
	} {
		f.Panels = append(f.Panels, d.panel("idle-"+u.unit, idleBars(u.unit, u.axis, list)))
	}
	f.Panels = append(f.Panels, d.idleCurves(list)...)
	t := PageTable{Title: "Idle connections", Bars: -1,
		Head: []string{"server", "conns", "n", "B/conn", "least", "most", "CPU/open", "least", "most", "empty"}}
	for _, s := range list {
		row := []string{s.Variant.Label(), fmt.Sprint(s.Conns), fmt.Sprint(s.N)}
		row = append(row, spreadCells(s.Spread["B/conn"], func(v float64) string { return fmt.Sprintf("%.0f", v) })...)
		row = append(row, spreadCells(s.Spread["cpu-ns/open"], figure("ns"))...)
		t.Rows = append(t.Rows, append(row, figure("empty-B")(s.Spread["empty-B"].Median)))
	}
	tv := view(t)
	f.Table = &tv
	return section{ID: "idle", Title: "Idle connections", Figures: []plotted{f}, After: []string{
		"B/conn: resident memory an idle connection, less the empty server's; the kernel's own memory for sockets is in neither. CPU/open: the server's CPU time, user and system, for a connection's opening handshake and first echo. empty: resident memory after one connection that was closed.",
	}}
}

func idleBars(unit, axis string, list []lab.ConnsSummary) []byte {
	b := plot.Bars{Title: unit, Axis: axis, Format: figure(unit), Tick: tick(unit), Desc: "A bar a server, with its range; the table behind the plot has the numbers."}
	if unit == "B/conn" {
		b.Format = func(v float64) string { return fmt.Sprintf("%.0f B", v) }
	}
	at := map[int]int{}
	for i, s := range list {
		k, ok := at[s.Conns]
		if !ok {
			k = len(b.Groups)
			at[s.Conns] = k
			b.Groups = append(b.Groups, plot.Group{Label: fmt.Sprintf("%d connections", s.Conns)})
		}
		v, ok := s.Spread[unit]
		if !ok {
			continue
		}
		bar := plot.Bar{Label: s.Variant.Label(), Series: i, Value: v.Median}
		if s.N > 1 {
			bar.Error = &plot.Range{Lo: v.Least, Hi: v.Most}
		}
		b.Groups[k].Bars = append(b.Groups[k].Bars, bar)
	}
	return b.Draw()
}

// idleCurves are over the number of connections, where there are several.
func (d *data) idleCurves(list []lab.ConnsSummary) (panels []panel) {
	for _, unit := range []string{"B/conn", "cpu-ns/open"} {
		c := plot.Curves{
			Title: unit + " over connections", Desc: "A line a server; the table behind the plot has the numbers.",
			X: numericAxis("connections", nil), Y: plot.Axis{Label: unit, Format: tick(unit)},
		}
		at := map[string]int{}
		for _, s := range list {
			v, ok := s.Spread[unit]
			if !ok {
				continue
			}
			i, seen := at[s.Variant.Label()]
			if !seen {
				i = len(c.Lines)
				at[s.Variant.Label()] = i
				c.Lines = append(c.Lines, plot.Line{Label: s.Variant.Label(), Series: i})
			}
			p := plot.Point{X: float64(s.Conns), Y: v.Median, Mark: true}
			if s.N > 1 {
				p.Error = &plot.Range{Lo: v.Least, Hi: v.Most}
			}
			c.Lines[i].Points = append(c.Lines[i].Points, p)
		}
		sortPoints(c.Lines)
		c.X.Ticks, c.Y.Log = ticksOf(c.Lines)
		if c.X.Log = plot.Decades(c.X.Ticks); len(c.X.Ticks) > 1 {
			panels = append(panels, d.panel("idle-"+unit+"-over-conns", c.Draw()))
		}
	}
	return panels
}

// spreadCells are median and range.
func spreadCells(s lab.Spread, show func(float64) string) []string {
	return []string{show(s.Median), show(s.Least), show(s.Most)}
}
