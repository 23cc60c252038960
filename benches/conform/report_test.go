package conform

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/internal/term"
)

// some are results of three cases, the last of which failed.
func some(t *testing.T) *Report {
	cases := selected(t, "1.1.1", "7.13.1", "x.1.1")
	r := &Report{Target: "ws://server/: 3 cases in 1s", Rerun: func(id string) string { return "wsbench conform -cases " + id + " ws://server/" }}
	for i, rec := range []record{
		{got: events(textEvent("")), first: Us, sent: true, came: true, code: 1000},
		{first: Us, sent: true, came: true, code: 1002},
		{first: Us, sent: true, came: true, code: 1002, extra: 3},
	} {
		r.Results = append(r.Results, judge(&cases[i], rec, false))
	}
	return r
}

const table = `ws://server/: 3 cases in 1s

                                                                  Autobahn:   non- inform-
group                   cases strict failed              verdict         ok strict ational failed
1     framing               1      1      0 ████████████ all ok           1      0       0      0
7     closing               1      1      0 ████████████ all ok           0      0       1      0
x     beyond that suite     1      0      1              1 FAILED         0      0       0      1
total                       3      2      1 ████████     1 FAILED         1      0       1      1

x.1.1   close code 1012
        expected  nothing; we close, its code 1000 or 1012
        came      nothing; we closed, it answered, code 1002, FIN
        fault     close code 1002, want 1000 or 1012; 3 bytes came behind its close frame
        Autobahn  FAILED, closing WRONG CODE
        rerun     wsbench conform -cases x.1.1 ws://server/
`

func TestWriteText(t *testing.T) {
	var b bytes.Buffer
	if err := some(t).WriteText(&b, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(table, b.String()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// What was not run is told once, and is neither passed nor failed.
func TestWriteNotRun(t *testing.T) {
	r := some(t)
	for i, c := range selected(t, "x.1.2", "x.1.3") {
		r.Results = append(r.Results, Result{Case: &c, NotRun: "the server died at case x.1.1"})
		if r.Results[3+i].Strict() {
			t.Errorf("case %s passes", c.ID)
		}
	}
	var text, bench bytes.Buffer
	if err := r.WriteText(&text, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 FAILED, 2 not run", "\nnot run x.1.2 and later: the server died at case x.1.1\n"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
	if d := r.Document(); d.Failed != 1 || d.NotRun != 2 || d.Groups[2].NotRun != 2 || d.Groups[2].Wrong != 1 || d.List[4].NotRun != r.Results[4].NotRun {
		t.Errorf("%+v", d)
	}
	if err := r.WriteBench(&bench); err != nil || !strings.Contains(bench.String(), "\nSKIP BenchmarkConform/server=unnamed/group=x/case=x.1.3: the server died at case x.1.1\n") {
		t.Errorf("%v\n%s", err, bench.String())
	}
}

func TestDocument(t *testing.T) {
	d := some(t).Document()
	if d.Cases != 3 || d.Failed != 1 || len(d.List) != 3 || len(d.Groups) != 3 {
		t.Fatalf("%+v", d)
	}
	if g := d.Groups[2]; g.Group != "x" || g.Cases != 1 || g.Failed != 1 || g.Wrong != 1 || g.OK != 0 {
		t.Errorf("%+v", g)
	}
	if r := d.List[2]; r.ID != "x.1.1" || r.Strict || len(r.Faults) != 2 || r.Close != "WRONG CODE" || r.Rerun == "" {
		t.Errorf("%+v", r)
	}
	if r := d.List[0]; !r.Strict || r.Faults == nil || r.Came != `text ""; we closed, it answered, code 1000, FIN` {
		t.Errorf("%+v", r)
	}
}

func TestWriteBench(t *testing.T) {
	r := some(t)
	r.Name = "my server/2"
	r.Results[0].Took = 1234567
	var b bytes.Buffer
	if err := r.WriteBench(&b); err != nil {
		t.Fatal(err)
	}
	want := `BenchmarkConform/server=my_server_2/group=1/case=1.1.1 1 1234567 ns/op 0 failed/op 0 autobahn-failed/op
BenchmarkConform/server=my_server_2/group=7/case=7.13.1 1 0 ns/op 0 failed/op 0 autobahn-failed/op
BenchmarkConform/server=my_server_2/group=x/case=x.1.1 1 0 ns/op 1 failed/op 1 autobahn-failed/op
`
	if diff := cmp.Diff(want, b.String()); diff != "" {
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
