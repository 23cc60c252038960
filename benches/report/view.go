package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Of returns what a results file says. The path is the file's, as the reader
// would type it; "" if there is none. The sections more, such as profiles, come
// before what was discarded.
func Of(command string, res *results.Results, path string, more ...Section) Document {
	v := newView(res)
	d := Document{Command: command, Title: title(v), Answer: v.answer(), Facts: res.Facts(), Interrupted: res.Interrupted}
	for _, s := range more {
		s.First = true
		d.Sections = append(d.Sections, s)
	}
	table := v.table()
	table.First = len(more) == 0
	d.Sections = append(d.Sections, v.changes(), v.contrasts(), table, v.tax(results.Benches[0]), v.remarks(len(more) > 0), v.matrix(), v.profiles(), v.compare(), v.costs(), v.latency(), v.curves(), v.microbenchmarks())
	for _, b := range results.Benches[1:] {
		switch b.Base {
		case "Chunk":
			d.Sections = append(d.Sections, v.chunk(b))
		case "Accept":
			d.Sections = append(d.Sections, v.accept(b))
		case "AcceptSeries": // a part of Accept
		case "JSON", "Conns":
			d.Sections = append(d.Sections, v.bench(b), v.tax(b))
		default:
			d.Sections = append(d.Sections, v.bench(b))
		}
	}
	d.Sections = append(d.Sections, v.discarded(), v.reading(), v.provenance(path))
	return d
}

// view is a results file and what is computed once for all its sections.
type view struct {
	res     *results.Results
	echo    []results.Sample
	served  []results.Sample // of all benchmarks of servers, echo among them
	micro   []results.Sample // of all other benchmarks
	groups  []*results.Group // of echo
	cases   []results.Case
	servers []results.Server
	ref     results.Server
	// judged compares with the reference: CPU time per message first, which two
	// ends that saturate each other leave comparable.
	judged []results.Judgement
}

func newView(res *results.Results) *view {
	v := &view{res: res, echo: res.Of("Echo")}
	for _, s := range res.Samples {
		if _, ok := results.BenchOf(s.Name.Base); ok {
			v.served = append(v.served, s)
		} else {
			v.micro = append(v.micro, s)
		}
	}
	v.groups = results.Groups(v.echo)
	v.cases, v.servers = results.Cases(v.echo), results.Servers(v.echo)
	v.ref, _ = results.Reference(v.echo)
	units := results.Benches[0].Judged
	if v.rated() {
		units = units[:1]
	}
	for _, unit := range units {
		v.judged = append(v.judged, results.Compare(v.echo, unit, res.Terms()))
	}
	return v
}

// rated reports whether messages were sent at a rate: all servers that kept it
// have echoed the same.
func (v *view) rated() bool {
	return len(v.cases) > 0 && !slices.ContainsFunc(v.cases, func(c results.Case) bool { return c.Int("rate") == 0 })
}

// title returns what was measured, and when.
func title(v *view) string {
	t := "wsbench"
	switch {
	case len(v.served) > 0:
		b, _ := results.BenchOf(v.served[0].Name.Base)
		t += ": " + strings.ToLower(b.Title)
	case len(v.micro) > 0:
		t += ": microbenchmarks"
	}
	if date := v.res.Config["date"]; date != "" {
		t += ", " + date
	}
	return t
}

// remarks returns what limits the results, before the numbers.
func (v *view) remarks(more bool) Section {
	res := v.res
	blocks := v.sources()
	warn := func(format string, args ...any) { blocks = append(blocks, Warning(fmt.Sprintf(format, args...))) }
	if out, all := len(res.Discarded), len(res.Discarded)+len(v.served); 2*out > all {
		warn("MOST RUNS WERE DISCARDED, %d of %d, so the tables rest on the others: most often, %s. If other processes use the CPUs, stop them and measure again, or allow more interference with -noise; if the generator sets the pace, give it CPUs of its own with -load-cpu.", out, all, commonest(res.Harmed()))
	}
	if text := v.uneven(); text != "" {
		warn("%s", text)
	}
	for _, err := range res.Warnings {
		warn("%v", err)
	}
	if res.Config["irq-time"] == "separate" {
		warn("this kernel keeps interrupts apart from processes: CPU/msg lacks the network's receiving half")
	}
	for _, j := range v.judged {
		for _, d := range j.AA {
			if d.Verdict.Kind == results.Faster || d.Verdict.Kind == results.Slower {
				warn("in case %s the A/A pair differs in %s by %.1f %%: take no difference up to that for real", d.Case, j.Unit.Name, 100*math.Abs(d.Ratio-1))
			}
		}
	}
	for _, n := range res.Notes {
		blocks = append(blocks, Note(n))
	}
	if len(res.Samples) == 0 && !more {
		blocks = append(blocks, Paragraph{Text: "There are no samples in these results: nothing was measured, or nothing of it could be read."})
	}
	return Section{Blocks: blocks}
}

// sources returns the commits that servers were built from; people are shown those
// that differ from that of wsbench.
func (v *view) sources() (blocks []Block) {
	all := Table{ID: "sources", In: JSON, Columns: []Column{{Key: "name"}, {Key: "commit"}, {Key: "modified"}, {Key: "reason"}}}
	var shown []string
	for _, s := range v.res.Sources {
		row := []any{s.Name, nil, nil, s.Reason}
		if s.Commit != "" {
			row[1] = s.Commit
		}
		if modified, err := strconv.ParseBool(s.Modified); err == nil {
			row[2] = modified
		}
		all.Rows = append(all.Rows, row)
		text := fmt.Sprintf("%s: commit %s", strings.TrimSuffix(results.Server(s.Name).Label(), " A/A"), s.Source)
		if s.Source != v.res.Source() && !slices.Contains(shown, text) {
			shown = append(shown, text)
			blocks = append(blocks, Paragraph{Text: text})
		}
	}
	return append(blocks, all)
}

// keyColumns name a server and its case in JSON.
var keyColumns = []Column{
	{Key: "server", In: JSON}, {Key: "io", In: JSON}, {Key: "observer", In: JSON}, {Key: "aa", In: JSON},
	{Key: "conns", In: JSON}, {Key: "size_bytes", In: JSON}, {Key: "depth", In: JSON},
}

// KeyCells returns the cells of keyColumns, before others.
func KeyCells(s results.Server, c results.Case, others ...any) []any {
	return append([]any{s.Value("server"), s.Value("io"), s.Value("observer"), s.AA(), c.Int("conns"), c.Int("size"), c.Int("depth")}, others...)
}

// Keyed returns keyColumns before others.
func Keyed(others ...Column) []Column { return slices.Concat(keyColumns, others) }

// samplesTable returns a list of samples in JSON.
func samplesTable(id string, list []results.Sample) Table {
	t := Table{ID: id, In: JSON, Columns: append([]Column{{Key: "name"}, {Key: "package"}},
		Keyed(Column{Key: "block"}, Column{Key: "iterations"}, Column{Key: "values"})...)}
	for _, s := range list {
		cells := KeyCells(s.Name.Server(), s.Name.Case(), s.Block, s.Iters, s.Values)
		t.Rows = append(t.Rows, append([]any{s.Name.String(), s.Pkg}, cells...))
	}
	return t
}

// estimated returns the median of values, and its interval where they are enough.
func estimated(values []float64) Estimate {
	e := Estimate{Value: stat.Median(values), N: len(values)}
	if iv, ok := stat.MedianInterval(values, results.Confidence); ok {
		e.Interval = &iv
	}
	return e
}

// reasons counts reasons that are the same, numbers aside.
func reasons(list []results.Reason) (texts []string, counts []int) {
	digitless := func(text string) string {
		return strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return -1
			}
			return r
		}, text)
	}
	return tally(list, func(r results.Reason) string { return r.Text }, digitless)
}

// tally counts texts that have the same key, each as it first came, the most
// frequent first.
func tally(list []results.Reason, text func(results.Reason) string, key func(string) string) (texts []string, counts []int) {
	count := map[string]int{}
	for _, r := range list {
		k := key(text(r))
		if count[k]++; count[k] == 1 {
			texts = append(texts, text(r))
		}
	}
	slices.SortStableFunc(texts, func(a, b string) int { return count[key(b)] - count[key(a)] })
	for _, t := range texts {
		counts = append(counts, count[key(t)])
	}
	return texts, counts
}

// commonest returns the reason of most runs that were discarded, numbers aside; ""
// if there are none.
func commonest(list []results.Reason) string {
	texts, _ := reasons(list)
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
