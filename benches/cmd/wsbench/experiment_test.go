package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wsbench/benches/report"
	"wsbench/benches/results"
)

// counting is an experiment that measures a sample per round.
type counting struct {
	least int
	fail  error
	stop  context.CancelFunc
}

func (b *counting) check(c *call) error {
	if n := c.session.Plan.Rounds; n < b.least {
		return fmt.Errorf("-rounds %d: want %d or more", n, b.least)
	}
	return nil
}

func (b *counting) run(ctx context.Context, c *call) (*outcome, error) {
	r := &results.Results{Config: results.FactsOf([]results.Fact{{Key: "seed", Value: fmt.Sprint(c.session.Plan.Seed)}}), Command: c.command()}
	for i := range c.session.Plan.Rounds {
		r.Samples = append(r.Samples, results.Sample{Name: results.ParseName("Count/server=x"), Block: i + 1, Iters: 1, Values: map[string]float64{"ns/op": float64(i + 1)}})
		if b.stop != nil {
			b.stop()
			r.Interrupted = "after 1 of 3 rounds"
			return &outcome{r, b.document(r), nil}, ctx.Err()
		}
	}
	return &outcome{r, b.document(r), nil}, b.fail
}

func (b *counting) document(r *results.Results) report.Document {
	return report.Document{Sections: []report.Section{{Blocks: []report.Block{
		report.Values{List: []report.Value{{Key: "samples", Name: "samples", Cell: len(r.Samples)}}},
	}}}}
}

func (b *counting) experiment() experiment {
	return experiment{name: "count", summary: "count", synopsis: "[flags]", examples: "  wsbench count -rounds 2", new: func(c *call) body {
		c.output()
		c.seed("nothing is")
		c.rounds(3, "rounds")
		return b
	}}
}

func TestExperiment(t *testing.T) {
	for _, tt := range []struct {
		args   string
		body   counting
		out    string
		err    string
		status status
	}{
		{args: "", out: "3"},
		{args: "-format json", out: `"samples": 3`},
		{args: "-format markdown", out: "3"},
		{args: "-format bench -rounds 2 -seed 5", out: "seed: 5\n\nCOMMAND wsbench count -seed 5 -format bench -rounds 2\nBLOCK 1\n"},
		{args: "-rounds 0", err: "count: -rounds 0: want 1 or more", status: statusUsage},
		{args: "-rounds 1", body: counting{least: 2}, err: "count: -rounds 1: want 2 or more", status: statusUsage},
		{args: "-seed x", err: `count: -seed "x"`, status: statusUsage},
		{args: "-format xml", err: `-format "xml" is not one of`, status: statusUsage},
		{args: "more", err: "unexpected argument", status: statusUsage},
		{args: "", body: counting{fail: errors.New("no more")}, out: "3", err: "count: no more", status: statusFailed},
		{args: "", body: counting{fail: statusError{errors.New("noise"), statusUndecided}}, out: "3", err: "count: noise", status: statusUndecided},
	} {
		var out bytes.Buffer
		err := tt.body.experiment().call(t.Context(), strings.Fields(tt.args), &out, io.Discard)
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) || !strings.Contains(out.String(), tt.out) {
			t.Errorf("%s: %v, want %q; %s", tt.args, err, tt.err, &out)
		}
		if got := exit(err, io.Discard); got != int(tt.status) {
			t.Errorf("%s: exit status %d, want %d", tt.args, got, tt.status)
		}
	}
}

// What was measured before an interruption is shown, and is said to be a part.
func TestExperimentInterrupted(t *testing.T) {
	for format, want := range map[string]string{
		"text":     "warning: interrupted after 1 of 3 rounds; the tables show what was measured until then\n\nsamples  1",
		"markdown": "interrupted after 1 of 3 rounds",
		"json":     `"interrupted": "after 1 of 3 rounds"`,
		"bench":    "INTERRUPTED after 1 of 3 rounds\n",
	} {
		ctx, stop := context.WithCancel(t.Context())
		var out bytes.Buffer
		err := (&counting{stop: stop}).experiment().call(ctx, []string{"-format", format}, &out, io.Discard)
		if err == nil || err.Error() != "count: interrupted after 1 of 3 rounds" || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %v; want %q in %s", format, err, want, &out)
		}
	}
}

// An experiment has commands of its own, and no others.
func TestExperimentCommands(t *testing.T) {
	sub := (&counting{}).experiment()
	sub.name = "count twice"
	e := (&counting{}).experiment()
	e.sub = []experiment{sub}
	for args, want := range map[string]string{
		"":               "",
		"twice":          "",
		"twice -rounds":  "count twice: -rounds needs a value: a whole number",
		"thrice":         `count: unknown command "thrice"; did you mean twice?; 'wsbench count -h' lists`,
		"-seed 5 thrice": `count: unknown command "thrice"`,
		"twice more":     `count twice: unexpected argument "more"`,
	} {
		err := e.call(t.Context(), strings.Fields(args), io.Discard, io.Discard)
		if want == "" && err != nil || want != "" && (exit(err, io.Discard) != int(statusUsage) || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
	var out bytes.Buffer
	e.call(t.Context(), []string{"-h"}, &out, io.Discard)
	if !strings.Contains(out.String(), "\n  twice      count\n") {
		t.Errorf("%s", &out)
	}
}

// full is an output that nothing can be written to.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

// Where the document cannot be written, there is a page all the same.
func TestShowFull(t *testing.T) {
	var errs bytes.Buffer
	c := &call{name: "count", stdout: full{}, stderr: &errs, page: filepath.Join(t.TempDir(), "report.html")}
	c.format = textFormat
	err := c.show(&outcome{document: report.Document{Title: "x"}})
	if _, missing := os.Stat(c.page); !errors.Is(err, syscall.ENOSPC) || missing != nil || errs.String() != "report:  "+c.page+"\n" {
		t.Errorf("%v, %v, %q", err, missing, &errs)
	}
}

func TestExperimentHelp(t *testing.T) {
	var out bytes.Buffer
	err := (&counting{}).experiment().call(t.Context(), []string{"-h"}, &out, io.Discard)
	if exit(err, io.Discard) != 0 || !strings.Contains(out.String(), "Examples:\n\n  wsbench count -rounds 2") || !strings.Contains(out.String(), "-rounds") {
		t.Errorf("%v: %s", err, &out)
	}
}
