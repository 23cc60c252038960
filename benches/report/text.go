package report

import (
	"fmt"
	"io"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/report/term"
)

// Options of Text.
type Options struct {
	Path   string      // of the results file, as the reader would type it; "" if there is none
	Screen term.Screen // that the text is for
}

// Text writes what a results file says: the host, what limits the results,
// the table, the noise floor, what was left out, and where to read on.
func Text(w io.Writer, res *lab.Results, opt Options) error {
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
	if len(c) == 0 {
		return
	}
	t.Text(term.Plain, "", fmt.Sprintf("%s, %s CPUs, %s/%s, kernel %s, virtualisation: %s, governor: %s",
		c["cpu"], c["cpus"], c["goos"], c["goarch"], c["kernel"], c["virt"], c["governor"]))
	commit := c["commit"]
	if len(commit) > 12 {
		commit = commit[:12]
	}
	if c["dirty"] == "true" {
		commit += " with changes"
	}
	t.Text(term.Plain, "", fmt.Sprintf("server on CPU %s, generator on CPU %s, seed %s, %s, commit %s, %s",
		c["server-cpu"], c["load-cpu"], c["seed"], c["go"], commit, c["date"]))
}

// warnings come before the numbers that they concern.
func (t *text) warnings() {
	if t.res.Interrupted != "" {
		t.Text(term.Bad, "warning: ", "interrupted "+t.res.Interrupted+"; the table shows what was measured until then")
	}
	t.mostLeftOut()
	for _, n := range t.res.Notes {
		t.Text(term.Strong, "note: ", n)
	}
	for _, err := range t.res.Warnings {
		t.Text(term.Bad, "warning: ", err.Error())
	}
	if t.res.Config["irq-time"] == "separate" {
		t.Text(term.Bad, "warning: ", "this kernel keeps interrupts apart from processes: CPU/msg lacks the network's receiving half")
	}
}

// mostLeftOut is of a session that tells little.
func (t *text) mostLeftOut() {
	out := len(t.res.LeftOut)
	if all := out + len(t.res.Samples); 2*out > all {
		t.Text(term.Bad, "WARNING: ", fmt.Sprintf("MOST TURNS WERE LEFT OUT, %d of %d, so the table rests on what is left: most often, %s. If other processes use the CPUs, stop them and measure again, or allow more of it with -noise; if the generator sets the pace, give it CPUs of its own with -load-cpu.", out, all, t.commonest()))
	}
}

// memory is one line, as it is the same in every case.
func (t *text) memory() {
	var parts []string
	for _, v := range t.res.Variants() {
		most := 0.0
		for _, c := range t.res.Cases() {
			_, m := t.res.Medians(v, c)
			most = max(most, m["rss-B"])
		}
		if most > 0 {
			parts = append(parts, fmt.Sprintf("%s %.1f MB", v.Label(), most/1e6))
		}
	}
	if len(parts) > 0 {
		t.blank()
		t.Text(term.Strong, "resident memory, all cases' connections open: ", strings.Join(parts, ", "))
	}
}

// omissions counts what is not in the table.
func (t *text) omissions() {
	if n := len(t.res.LeftOut); n > 0 {
		t.Text(term.Plain, "", fmt.Sprintf("%d of %d turns were left out, most often: %s", n, n+len(t.res.Samples), t.commonest()))
	}
	for _, c := range t.res.Unmeasured() {
		t.Text(term.Plain, "", fmt.Sprintf("case %s is not in the table: all of its turns were left out", c.Short()))
	}
	for _, s := range t.res.Skipped {
		t.Text(term.Bad, "skipped ", strings.TrimPrefix(s.Name, "Benchmark")+": "+s.Text)
	}
}

// commonest is the reason of most turns that were left out, numbers aside.
func (t *text) commonest() string {
	count := map[string]int{}
	best := ""
	for _, l := range t.res.LeftOut {
		key := strings.Map(digitless, l.Text)
		if count[key]++; best == "" || count[key] > count[strings.Map(digitless, best)] {
			best = l.Text
		}
	}
	return best
}

func digitless(r rune) rune {
	if r >= '0' && r <= '9' {
		return -1
	}
	return r
}

func (t *text) files(opt Options) {
	if opt.Path == "" {
		return
	}
	t.blank()
	t.Line("samples: %s", opt.Path)
	t.Line("compare: go tool benchstat -col %s %s", t.columns(), opt.Path)
}

// columns is what benchstat is to make columns of: io, unless servers that
// have none are there. The reference comes first.
func (t *text) columns() string {
	variants := t.res.Variants()
	for _, c := range t.res.Conns {
		variants = append(variants, c.Variant)
	}
	for _, v := range variants {
		if v.Server != lab.Own {
			return "/server,/io"
		}
	}
	return "/io"
}
