package report

import (
	"fmt"
	"io"
	"strings"

	"wsbench/benches/lab"
)

// Options of Text.
type Options struct {
	Path string // of the results file, as the reader would type it; "" if there is none
}

// Width is the number of columns that the text keeps to, names permitting.
const Width = 100

// Text writes what a results file says: the host, what limits the results,
// the table, the noise floor, what was left out, and where to read on.
func Text(w io.Writer, res *lab.Results, opt Options) error {
	t := &text{res: res}
	t.host()
	t.warnings()
	t.table()
	t.noise()
	t.memory()
	t.omissions()
	t.files(opt)
	_, err := io.WriteString(w, t.String())
	return err
}

type text struct {
	strings.Builder
	res *lab.Results
}

func (t *text) line(format string, args ...any) {
	fmt.Fprintf(t, format+"\n", args...)
}

// host is the facts in two lines.
func (t *text) host() {
	c := t.res.Config
	if len(c) == 0 {
		return
	}
	t.wrap("", fmt.Sprintf("%s, %s CPUs, %s/%s, kernel %s, virtualisation: %s, governor: %s",
		c["cpu"], c["cpus"], c["goos"], c["goarch"], c["kernel"], c["virt"], c["governor"]))
	commit := c["commit"]
	if len(commit) > 12 {
		commit = commit[:12]
	}
	if c["dirty"] == "true" {
		commit += " with changes"
	}
	t.wrap("", fmt.Sprintf("server on CPU %s, generator on CPU %s, seed %s, %s, commit %s, %s",
		c["server-cpu"], c["load-cpu"], c["seed"], c["go"], commit, c["date"]))
}

// warnings come before the numbers that they concern.
func (t *text) warnings() {
	if t.res.Interrupted != "" {
		t.wrap("warning: ", "interrupted "+t.res.Interrupted+"; the table shows what was measured until then")
	}
	t.mostLeftOut()
	for _, n := range t.res.Notes {
		t.wrap("note: ", n)
	}
	for _, err := range t.res.Warnings {
		t.wrap("warning: ", err.Error())
	}
	if t.res.Config["irq-time"] == "separate" {
		t.wrap("warning: ", "this kernel keeps interrupts apart from processes: CPU/msg lacks the network's receiving half")
	}
}

// mostLeftOut is of a session that tells little.
func (t *text) mostLeftOut() {
	out := len(t.res.LeftOut)
	if all := out + len(t.res.Samples); 2*out > all {
		t.wrap("WARNING: ", fmt.Sprintf("MOST TURNS WERE LEFT OUT, %d of %d, so the table rests on what is left: most often, %s. If other processes use the CPUs, stop them and measure again, or allow more of it with -noise; if the generator sets the pace, give it CPUs of its own with -load-cpu.", out, all, t.commonest()))
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
		t.line("")
		t.wrap("resident memory, all cases' connections open: ", strings.Join(parts, ", "))
	}
}

// omissions counts what is not in the table.
func (t *text) omissions() {
	if n := len(t.res.LeftOut); n > 0 {
		t.wrap("", fmt.Sprintf("%d of %d turns were left out, most often: %s", n, n+len(t.res.Samples), t.commonest()))
	}
	for _, c := range t.res.Unmeasured() {
		t.wrap("", fmt.Sprintf("case %s is not in the table: all of its turns were left out", c.Short()))
	}
	for _, s := range t.res.Skipped {
		t.wrap("skipped ", strings.TrimPrefix(s.Name, "Benchmark")+": "+s.Text)
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
	t.line("")
	t.line("samples: %s", opt.Path)
	t.line("compare: go tool benchstat -col %s %s", t.columns(), opt.Path)
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

// wrap writes prefix and s, folded between words to the width; lines after the
// first are indented.
func (t *text) wrap(prefix, s string) {
	line := prefix
	empty := true
	for _, word := range strings.Fields(s) {
		if !empty && len(line)+1+len(word) > Width {
			t.line("%s", line)
			line, empty = "    ", true
		}
		if !empty {
			line += " "
		}
		line += word
		empty = false
	}
	t.line("%s", line)
}
