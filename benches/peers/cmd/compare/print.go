package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"wsbench/benches/internal/term"
	"wsbench/benches/micro"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// slower is by how much wsbench may be slower without a mark: 2 %.
const slower = 0.02

// A printer writes what was measured: a table for each part, or benchmark
// lines.
type printer struct {
	stdout io.Writer
	file   *results.Writer // of -format bench
	table  *term.Table     // of -format text, the present part's
	title  string
	part   string

	cells, worse int       // of the present part
	summary      []string  // of the parts so far
	noise        []float64 // by comparison: how far A/A is from 1
}

func newPrinter(c *config, stdout io.Writer) (p *printer, err error) {
	p = &printer{stdout: stdout}
	facts := c.facts()
	if c.format == "bench" {
		p.file, err = results.NewWriter(stdout, facts)
		return p, err
	}
	values := map[string]string{}
	for _, f := range facts {
		values[f.Key] = f.Value
	}
	_, err = fmt.Fprintf(stdout, "%s, CPU %s, %s, seed %d, %d rounds\n", values["cpu"], values["bench-cpu"], values["go"], c.seed, c.rounds)
	return p, err
}

// begin begins a part's table.
func (p *printer) begin(title, columns string) {
	p.cells, p.worse, p.noise = 0, 0, nil
	if p.file != nil {
		return
	}
	p.title, p.table = title, &term.Table{}
	for head := range strings.SplitSeq(columns, "\t") { // behind the last one the mark
		c := term.Column{Head: head}
		if !slices.Contains(words, head) {
			c.Align = term.Right
		}
		p.table.Columns = append(p.table.Columns, c)
	}
}

// words are the headings of columns that hold no figures.
var words = []string{"set", "by", "message", "buffer", ""}

// lines writes the samples of one comparison; name makes a benchmark's name of
// a variant's.
func (p *printer) lines(res *micro.Result, name func(variant string) string, bytes int) error {
	named := *res
	named.Pkg, named.Names, named.Bytes = "wsbench/benches/peers", nil, nil
	for _, v := range res.Names {
		named.Names, named.Bytes = append(named.Names, name(v)), append(named.Bytes, bytes)
	}
	for _, s := range named.Lines(1) {
		if err := p.file.Sample(s); err != nil {
			return err
		}
	}
	return nil
}

// row adds one to the table, its cells apart by tabs.
func (p *printer) row(format string, args ...any) {
	var cells []any
	for text := range strings.SplitSeq(strings.TrimSuffix(fmt.Sprintf(format, args...), "\n"), "\t") {
		cell := term.Cell{Text: text}
		if text == slowerMark {
			cell.Style = term.Bad
		}
		cells = append(cells, cell)
	}
	p.table.Row(cells...)
}

const slowerMark = "SLOWER"

// judge counts a peer's time by wsbench's, and marks it where wsbench is
// slower.
func (p *printer) judge(r micro.Estimate) (mark string) {
	p.cells++
	if !r.Slower(slower) {
		return ""
	}
	p.worse++
	return slowerMark
}

// aa takes the ratio of wsbench to itself, which differ by noise only.
func (p *printer) aa(r micro.Estimate) { p.noise = append(p.noise, math.Abs(r.Median-1)) }

// show writes a ratio as two columns.
func show(r micro.Estimate) string {
	return fmt.Sprintf("%.3f\t[%.3f,%.3f]", r.Median, r.Interval.Lo, r.Interval.Hi)
}

// end writes the part's table and how to read it.
func (p *printer) end(more string) error {
	if p.file != nil {
		return nil
	}
	page := term.Of(p.stdout, term.Auto).Page()
	page.Line("")
	page.Text(term.Strong, "", p.title)
	page.Line("")
	page.Table(p.table)
	page.Line("")
	text := fmt.Sprintf("ratio: the peer's time by wsbench's, above 1 where wsbench is the faster; median of the rounds [interval at 95 %%]. "+
		"SLOWER: wsbench by more than 2 %%, its whole interval below: %d of %d cells. wsbench beside itself: %.1f %% apart in the median case, %.1f %% in the worst. ",
		p.worse, p.cells, 100*stat.Median(p.noise), 100*slices.Max(p.noise))
	page.Text(term.Plain, "", text+more)
	p.summary = append(p.summary, fmt.Sprintf("%s %d of %d", p.part, p.worse, p.cells))
	return page.Flush(p.stdout)
}

// sum ends the output: in how many cells wsbench is slower, and how long it took.
func (p *printer) sum(took time.Duration) error {
	if p.file != nil {
		return nil
	}
	page := term.Of(p.stdout, term.Auto).Page()
	page.Line("")
	page.Text(term.Strong, "", fmt.Sprintf("wsbench is slower than another library by more than 2 %% in these cells: %s. It took %.0f s.", strings.Join(p.summary, ", "), took.Seconds()))
	return page.Flush(p.stdout)
}
