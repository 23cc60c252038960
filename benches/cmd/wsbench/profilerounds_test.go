package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"wsbench/benches/explain"
	"wsbench/profiles/attribution"
)

// A comparison is planned with as many rounds as its tables need, and told
// before it begins if the user asked for fewer.
func TestRoundsOfAComparison(t *testing.T) {
	enough := explain.Rounds(attribution.Default())
	for _, tt := range []struct {
		args []string
		want int
		few  bool
	}{
		{nil, enough, false},
		{[]string{"-rounds", "3"}, 3, true},
		{[]string{"-rounds", "20"}, 20, false},
	} {
		c, b, err := profileABExperiment.parse(append(tt.args, "", "-flush frame"), io.Discard, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		p := b.(*profileSession)
		if got := c.session.Plan.Rounds; got != tt.want || (p.fewRounds != "") != tt.few || len(p.plan.Servers) != 2 {
			t.Errorf("%q: %d rounds, %q, %d servers", tt.args, got, p.fewRounds, len(p.plan.Servers))
		}
	}
	var help bytes.Buffer
	profileABExperiment.call(t.Context(), []string{"-h"}, &help, &help)
	if !strings.Contains(help.String(), "13 are run where servers are compared (default 13)") {
		t.Errorf("%s", &help)
	}
}

// More rounds are asked for only where some were discarded.
func TestNoteOnRounds(t *testing.T) {
	enough := explain.Rounds(attribution.Default())
	for _, tt := range []struct {
		rounds, blocks, rows int
		want                 string
	}{
		{enough, enough, int(2 / explain.LeastShare), ""},
		{enough, 10, 10, ""},
		{enough, 10, 40, "3 of 13 rounds were discarded, and 10 are too few to call any of these 40 changes one: run again with -rounds 15."},
		{4, 4, 40, "4 rounds are too few to call any of these 40 changes one; -rounds 11 would do."},
	} {
		note := comparisonNote(explain.Comparison{Rounds: tt.rounds, Blocks: tt.blocks}, tt.rows)
		if asks := strings.Contains(note, "-rounds"); asks != (tt.want != "") || !strings.HasSuffix(note, tt.want) {
			t.Errorf("%+v: %s", tt, note)
		}
	}
}
