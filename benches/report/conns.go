package report

import (
	"fmt"
	"io"

	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
)

// Conns writes what a results file says of idle connections.
func Conns(w io.Writer, res *lab.Results, opt Options) error {
	t := &text{opt.Screen.Page(), res}
	t.host()
	t.warnings()
	t.conns()
	t.omissions()
	t.files(opt)
	return t.Flush(w)
}

// conns is one line a server: medians over its processes, and their range.
func (t *text) conns() {
	t.blank()
	if len(t.res.Conns) == 0 {
		t.Line("no samples of idle connections")
		return
	}
	list := t.res.SummarizeConns()
	var memory, open float64
	for _, s := range list {
		memory, open = max(memory, s.Spread["B/conn"].Most), max(open, s.Spread["cpu-ns/open"].Most)
	}
	tab := &term.Table{Columns: []term.Column{
		{Head: "server"}, {Head: "conns", Align: term.Right}, {Head: "n", Align: term.Right},
		{Head: "B/conn", Align: term.Right}, {Head: "least–most", Name: "range of B/conn", Align: term.Right, Drop: 2}, {Name: "bars", Least: 8, Most: 20, Drop: 4},
		{Head: "CPU\nµs/open", Align: term.Right}, {Head: "least–most", Name: "range of CPU/open", Align: term.Right, Drop: 1}, {Name: "bars of CPU/open", Least: 8, Most: 20, Drop: 3},
		{Head: "empty\nMB", Align: term.Right, Drop: 5},
	}}
	for _, s := range list {
		tab.Row(append(append([]any{s.Variant.Label(), s.Conns, s.N},
			spread(s.Spread["B/conn"], memory, "%.0f", 1)...),
			append(spread(s.Spread["cpu-ns/open"], open, "%.1f", 1e3), fmt.Sprintf("%.1f", s.Spread["empty-B"].Median/1e6))...)...)
	}
	t.Table(tab)
	t.Text(term.Plain, "", "medians and ranges over n processes, drawn from 0 to the most. B/conn: resident memory an idle connection, less the empty server's (the kernel's own memory for sockets is in neither). CPU/open: the server's CPU time, user and system, for a connection's opening handshake and first echo. empty: resident memory after one connection that was closed.")
}

// spread is median, range and bar.
func spread(s lab.Spread, full float64, format string, per float64) []any {
	return []any{
		fmt.Sprintf(format, s.Median/per), fmt.Sprintf(format+"–"+format, s.Least/per, s.Most/per),
		term.Bar{Value: s.Median, Lo: s.Least, Hi: s.Most, Full: full},
	}
}
