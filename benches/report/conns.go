package report

import (
	"fmt"
	"io"

	"wsbench/benches/lab"
)

// Conns writes what a results file says of idle connections.
func Conns(w io.Writer, res *lab.Results, opt Options) error {
	t := &text{res: res}
	t.host()
	t.warnings()
	t.conns()
	t.omissions()
	t.files(opt)
	_, err := io.WriteString(w, t.String())
	return err
}

// conns is one line a server: medians over its processes, and their range.
func (t *text) conns() {
	t.line("")
	if len(t.res.Conns) == 0 {
		t.line("no samples of idle connections")
		return
	}
	rows := [][]string{{"server", "", "conns", "n", "B/conn", "least", "most", "CPU/open", "least", "most", "empty", ""}}
	for _, s := range t.res.SummarizeConns() {
		row := []string{s.Variant.Label(), "", fmt.Sprint(s.Conns), fmt.Sprint(s.N)}
		row = append(row, spread(s.Spread["B/conn"], func(v float64) string { return fmt.Sprintf("%.0f", v) })...)
		row = append(row, spread(s.Spread["cpu-ns/open"], func(v float64) string { return fmt.Sprintf("%.1f µs", v/1e3) })...)
		rows = append(rows, append(row, fmt.Sprintf("%.1f MB", s.Spread["empty-B"].Median/1e6), ""))
	}
	t.align(rows)
	t.wrap("", "medians and ranges over n processes. B/conn: resident memory an idle connection, less the empty server's (the kernel's own memory for sockets is in neither). CPU/open: the server's CPU time, user and system, for a connection's opening handshake and first echo. empty: resident memory after one connection that was closed.")
}

func spread(s lab.Spread, show func(float64) string) []string {
	return []string{show(s.Median), show(s.Least), show(s.Most)}
}
