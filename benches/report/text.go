package report

import (
	"fmt"
	"io"

	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
)

// Options of PageText.
type Options struct {
	Path   string      // of the results file, as the reader would type it; "" if there is none
	Screen term.Screen // that the text is for
}

// PageText writes what a results file says: the host, what limits the results,
// the table, the noise floor, what was left out, and where to read on.
func PageText(w io.Writer, res *lab.Results, opt Options) error {
	t := &text{opt.Screen.Page(), res}
	t.host()
	t.warnings()
	t.table()
	t.noise()
	t.memory()
	t.omissions()
	t.files(opt)
	return t.Flush(w)
}

type text struct {
	*term.Page
	res *lab.Results
}

// blank separates what follows from what stands before.
func (t *text) blank() { t.Line("") }

// host is the facts in two lines.
func (t *text) host() {
	c := t.res.Config
	if c["kernel"] == "" { // no session's file
		return
	}
	t.Text(term.Plain, "", fmt.Sprintf("%s, %s CPUs, %s/%s, kernel %s, virtualisation: %s, governor: %s",
		c["cpu"], c["cpus"], c["goos"], c["goarch"], c["kernel"], c["virt"], c["governor"]))
	t.Text(term.Plain, "", fmt.Sprintf("server on CPU %s, generator on CPU %s, seed %s, %s, commit %s, %s",
		c["server-cpu"], c["load-cpu"], c["seed"], c["go"], t.res.Source(), c["date"]))
	for _, s := range otherSources(t.res) {
		t.Text(term.Plain, "", fmt.Sprintf("%s: commit %s", s.Name, s.Source))
	}
}

// warnings come before the numbers that they concern.
func (t *text) warnings() { t.remarks(warnings(t.res)) }

// remarkStyles are those of prefixes.
var remarkStyles = map[string]term.Style{"note: ": term.Strong, "warning: ": term.Bad, "WARNING: ": term.Bad, "skipped ": term.Bad}

func (t *text) remarks(list []remark) {
	for _, r := range list {
		t.Text(remarkStyles[r.prefix], r.prefix, r.text)
	}
}

func (t *text) memory() {
	if m := memory(t.res); m != "" {
		t.blank()
		t.Text(term.Strong, "resident memory, all cases' connections open: ", m)
	}
}

// omissions counts what is not in the table.
func (t *text) omissions() { t.remarks(omissions(t.res)) }

func (t *text) files(opt Options) {
	if opt.Path == "" {
		return
	}
	t.blank()
	t.Line("samples: %s", opt.Path)
	t.Line("compare: go tool benchstat -col %s %s", columns(t.res), opt.Path)
}
