package conform

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/results"
)

// some are results of three cases, the last of which failed.
func some(t *testing.T) (list []Result) {
	cases := selected(t, "1.1.1", "7.13.1", "x.1.1")
	for i, rec := range []record{
		{got: events(textEvent("")), first: Us, sent: true, came: true, code: 1000},
		{first: Us, sent: true, came: true, code: 1002},
		{first: Us, sent: true, came: true, code: 1002, extra: 3},
	} {
		list = append(list, judge(&cases[i], rec, false))
	}
	return list
}

func TestTallies(t *testing.T) {
	list := some(t)
	if n := Count(list); n != (Tally{Cases: 3, Strict: 2, OK: 1, Informational: 1}) || n.Failed() != 1 || n.AutobahnFailed() != 1 {
		t.Errorf("%+v", n)
	}
	groups := ByGroup(list)
	if len(groups) != 3 {
		t.Fatalf("%+v", groups)
	}
	if g := groups[2]; g.Name != "x" || g.Title != "beyond that suite" || g.Cases != 1 || g.Failed() != 1 || g.AutobahnFailed() != 1 || g.OK != 0 {
		t.Errorf("%+v", g)
	}
	if r := list[2]; r.Strict() || len(r.Faults) != 2 || r.Close != "WRONG CODE" {
		t.Errorf("%+v", r)
	}
	if r := list[0]; !r.Strict() || r.Came != `text ""; we closed, it answered, code 1000, FIN` {
		t.Errorf("%+v", r)
	}
}

// What was not run is neither passed nor failed.
func TestNotRun(t *testing.T) {
	list := some(t)
	for i, c := range selected(t, "x.1.2", "x.1.3") {
		list = append(list, Result{Case: &c, NotRun: "the server died at case x.1.1"})
		if list[3+i].Strict() {
			t.Errorf("case %s passes", c.ID)
		}
	}
	if n, x := Count(list), ByGroup(list)[2]; n.Failed() != 1 || n.NotRun != 2 || x.NotRun != 2 || x.AutobahnFailed() != 1 {
		t.Errorf("%+v, %+v", n, x)
	}
	samples, skipped := Samples("mine", list)
	want := results.Reason{Name: "BenchmarkConform/server=mine/group=x/case=x.1.3", Text: "the server died at case x.1.1"}
	if len(samples) != 3 || len(skipped) != 2 || skipped[1] != want {
		t.Errorf("%v, %v", samples, skipped)
	}
}

func TestSamples(t *testing.T) {
	list := some(t)
	list[0].Took = 1234567
	samples, _ := Samples("mine", list)
	var b strings.Builder
	if err := results.Write(&b, &results.Results{Samples: samples}); err != nil {
		t.Fatal(err)
	}
	lines := slices.DeleteFunc(strings.Split(b.String(), "\n"), func(l string) bool { return !strings.HasPrefix(l, "Benchmark") })
	want := []string{
		"BenchmarkConform/server=mine/group=1/case=1.1.1 1 1234567 ns/op 0 failed/op 0 autobahn-failed/op",
		"BenchmarkConform/server=mine/group=7/case=7.13.1 1 0 ns/op 0 failed/op 0 autobahn-failed/op",
		"BenchmarkConform/server=mine/group=x/case=x.1.1 1 0 ns/op 1 failed/op 1 autobahn-failed/op",
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// Long lists and payloads are cut short.
func TestWords(t *testing.T) {
	c := selected(t, "9.7.2")[0]
	want := `text "****************", text "****************", text "****************", text "****************", ` +
		`text "****************", text "****************", text "****************", text "****************" and 992 more; we close, its code 1000`
	if got := c.Expected(); got != want {
		t.Errorf("%s", got)
	}
	for want, e := range map[string]Event{
		`binary "\x00\xfe#\xfa\xf0"`:                          {Binary, literal(binaryPattern)},
		`text "************************"... (16777216 bytes)`: {Text, Data{"*", 16 * mib}},
		`pong ""`: {Kind: Pong},
		"timer A": {Elapsed, literal("A")},
	} {
		if got := e.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
