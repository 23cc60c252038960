package main

import (
	"bytes"
	"flag"
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
		var f profileFlags
		fs := flag.NewFlagSet("", flag.ContinueOnError)
		f.register(fs, 6, explain.DenseHZ)
		if err := fs.Parse(tt.args); err != nil {
			t.Fatal(err)
		}
		if err := f.check(); err != nil {
			t.Fatal(err)
		}
		f.compared(fs)
		if got := f.session.Plan.Rounds; got != tt.want || (f.fewRounds != "") != tt.few {
			t.Errorf("%q: %d rounds, %q", tt.args, got, f.fewRounds)
		}
	}
	var help bytes.Buffer
	runProfileAB([]string{"-h"}, &help, &help)
	if !strings.Contains(help.String(), "13 are run where servers are compared (default 13)") {
		t.Errorf("%s", &help)
	}
}
