package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/conform"
)

// judgedCases are results of three cases, the last of which failed.
func judgedCases(t *testing.T) *conformBody {
	cases, err := conform.Select(conform.Cases(), "1.1.1,7.13.1,x.1.1")
	if err != nil {
		t.Fatal(err)
	}
	b := &conformBody{cfg: conform.Config{URL: "ws://server/", Timeout: conform.DefaultTimeout}}
	b.targets = []conformTarget{{"server", "ws://server/: 3 cases in 1s", []conform.Result{
		{Case: &cases[0], Behavior: conform.OK, Close: conform.OK},
		{Case: &cases[1], Behavior: conform.Informational, Close: conform.Informational},
		{Case: &cases[2], Behavior: conform.Failed, Close: conform.WrongCode, Faults: []string{"close code 1002", "3 bytes more"}, Came: "nothing; we closed"},
	}}}
	return b
}

func TestConformView(t *testing.T) {
	want := `ws://server/: 3 cases in 1s

                                            strict                   Autobahn:   non- inform-
group                   cases strict failed      %          verdict         ok strict ational failed
1     framing               1      1      0  100.0 ████████ all ok           1      0       0      0
7     closing               1      1      0  100.0 ████████ all ok           0      0       1      0
x     beyond that suite     1      0      1      0          1 FAILED         0      0       0      1
total                       3      2      1   66.7 █████▍   1 FAILED         1      0       1      1

x.1.1 close code 1012
expected  nothing; we close, its code 1000 or 1012
came      nothing; we closed
fault     close code 1002; 3 bytes more
Autobahn  FAILED, closing WRONG CODE

commands that play them again
wsbench conform -cases x.1.1 ws://server/
`
	if diff := cmp.Diff(want, shown(t, judgedCases(t).document(), "text")); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What was not run is told once.
func TestConformViewNotRun(t *testing.T) {
	b := judgedCases(t)
	cases, _ := conform.Select(conform.Cases(), "x.1.2,x.1.3")
	for i := range cases {
		b.targets[0].results = append(b.targets[0].results, conform.Result{Case: &cases[i], NotRun: "the server died at case x.1.1"})
	}
	got := shown(t, b.document(), "text")
	for _, want := range []string{"1 FAILED, 2 not run", "\nnot run x.1.2 and later: the server died at case x.1.1\n"} {
		if strings.Count(got, want) == 0 {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "x.1.3") {
		t.Errorf("it is told of each case:\n%s", got)
	}
}

// Targets are apart by a column.
func TestConformViewJSON(t *testing.T) {
	var d struct {
		Cases, Failed int
		Targets       []struct{ Target, Description string }
		Groups        []struct {
			Target, Group string
			Failed        int
		}
		Results []struct {
			Target, ID, Rerun string
			Strict            bool
			Faults            []string
		}
	}
	b := judgedCases(t)
	b.targets = append(b.targets, conformTarget{name: "other", results: b.targets[0].results[:1]})
	if err := json.Unmarshal([]byte(shown(t, b.document(), "json")), &d); err != nil {
		t.Fatal(err)
	}
	if d.Cases != 4 || d.Failed != 1 || len(d.Targets) != 2 || len(d.Groups) != 4 || len(d.Results) != 4 || d.Groups[2].Group != "x" || d.Groups[2].Failed != 1 || d.Groups[3].Target != "other" {
		t.Fatalf("%+v", d)
	}
	if r := d.Results[2]; r.ID != "x.1.1" || r.Strict || len(r.Faults) != 2 || r.Rerun != "wsbench conform -cases x.1.1 ws://server/" || r.Target != "server" {
		t.Errorf("%+v", r)
	}
	if r := d.Results[0]; !r.Strict || r.Faults == nil {
		t.Errorf("%+v", r)
	}
	b.targets = nil // no client came
	if got := shown(t, b.document(), "json"); !strings.Contains(got, `"targets": []`) || !strings.Contains(got, `"results": []`) {
		t.Errorf("%s", got)
	}
}
