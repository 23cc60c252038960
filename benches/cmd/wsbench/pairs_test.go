package main

import (
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// The servers of all pairings exist, and their benchmarks have the names of the
// record of all names.
func TestPairings(t *testing.T) {
	servers, err := servers(pairings)
	if err != nil {
		t.Fatal(err)
	}
	echo := []results.Sample{}
	for _, s := range servers {
		echo = append(echo, results.Sample{Name: results.Name{Base: "Echo", Keys: s.Key.Keys()}})
	}
	cases, err := lab.ParseCases(pairsCases, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pairings {
		if p.served(echo, p.value) == p.served(echo, p.base) {
			t.Errorf("-%s: %s and %s are one server", p.flag, p.value, p.base)
		}
		if !slices.ContainsFunc(cases, p.fits) {
			t.Errorf("-%s %s fits none of the cases", p.flag, p.value)
		}
	}
	for _, k := range packages(pairings, cases) {
		if _, err := regexp.Compile(k.Bench); err != nil {
			t.Error(err)
		}
	}
	recorded := recordedNames(t)
	for _, p := range pairings {
		for _, c := range cases {
			for _, value := range []string{p.benchValue, p.benchBase} {
				name := results.ParseName(p.named(c, value))
				if p.fits(c) && !recorded(p.component, name, p.unit) {
					t.Errorf("-%s %s under %s: there is no %s of %s with %s", p.flag, p.value, c, name, p.component, p.unit)
				}
			}
		}
	}
}

// recordedNames returns whether the record of all names has a benchmark of a
// component with a unit.
func recordedNames(t *testing.T) func(component string, name results.Name, unit string) bool {
	b, err := os.ReadFile("../../internal/golden/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	return func(component string, name results.Name, unit string) bool {
		_, line, found := strings.Cut(string(b), "\ngo test wsbench/"+component+" "+name.Base+" ")
		line, _, _ = strings.Cut(line, "\n")
		keys, units, _ := strings.Cut(line, "| ")
		if len(strings.Fields(keys)) != len(name.Keys) || !slices.Contains(strings.Fields(units), unit) {
			return false
		}
		for _, k := range name.Keys {
			_, list, has := strings.Cut(" "+keys, " /"+k.Key+"=")
			list, _, _ = strings.Cut(list, " ")
			if values := strings.Split(list, ","); !has || list != "*" && !slices.Contains(values, k.Value) {
				return false
			}
		}
		return found
	}
}

// A saving alone, what of it arrives, and a row whose switch saves nothing.
func TestPairsDocument(t *testing.T) {
	res := &results.Results{Config: map[string]string{}}
	add := func(name string, unit string, value float64) {
		for block := 1; block <= 12; block++ {
			res.Samples = append(res.Samples, results.Sample{Name: results.ParseName(name), Block: block, Epoch: 1, Values: map[string]float64{unit: value + float64(block%3)}})
		}
	}
	add("Answer/frames=16/size=20/via=send-each", "cpu-ns/msg", 3000)
	add("Answer/frames=16/size=20/via=send-once", "cpu-ns/msg", 1000)
	for server, ns := range map[string]float64{"": 4000, "/flush=frame": 5500, "/write=writev": 4100} { // writev: alone is missing
		add("Echo/server=wsbench/io=epoll"+server+"/conns=10/size=20/depth=16", "cpu-ns/msg", ns)
	}
	p := &pairedSession{list: pairings}
	var out strings.Builder
	d := report.Parts("pairs", res, "", p.section(res))
	d.Answer = "" // names servers too
	if err := report.Write(&out, d, textFormat, term.Screen{Columns: 160}); err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`flush +frame +batch +10/20/16 +2.00 .* 1.50 .* 0\.75`).MatchString(out.String()) {
		t.Errorf("%s", &out)
	}
	if n := strings.Count(out.String(), "writev"); n != 1 || !regexp.MustCompile(`(?s)no\s+microbenchmark.*-io\s+epoll\s+-write\s+writev\s+under\s+10/20/16`).MatchString(out.String()) {
		t.Errorf("a pair of which one side is missing is not named apart: %s", &out)
	}
	out.Reset()
	if err := report.Write(&out, report.Of("pairs", res, "", p.section(res)), jsonFormat, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	if err := checkDocument("pairs", []byte(out.String()), slices.Collect(maps.Keys(documented("matrix")))...); err != nil {
		t.Error(err)
	}
}

func TestPairsFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-only masks":  `-only: "masks" is not one of mask, parse,`,
		"-rounds 0":    "-rounds 0: want 1 or more",
		"-cases 1/2/x": "-cases: case",
		"-micro":       "there is no flag -micro",
	} {
		err := run(append([]string{"pairs"}, strings.Fields(args)...), io.Discard, io.Discard)
		if err == nil || !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}

// A session of fewer rounds than tell differences from noise says so.
func TestFewRounds(t *testing.T) {
	for rounds, noted := range map[int]bool{0: false, 1: true, 9: true, 10: false} {
		res := &results.Results{}
		for block := 1; block <= rounds; block++ {
			res.Samples = append(res.Samples, results.Sample{Block: block})
		}
		if notes := fewRounds(res); (notes != nil) != noted || noted && !strings.Contains(notes[0], fmt.Sprint(rounds, " rounds were measured")) {
			t.Errorf("%d rounds: %q", rounds, notes)
		}
	}
}

// A session of pairs is judged once: a difference that leaves early is estimated too
// large.
func TestPairsWithoutLooks(t *testing.T) {
	c := &call{flags: flag.NewFlagSet("", flag.ContinueOnError)}
	newPairs(c)
	if c.flags.Lookup("looks") != nil || c.session.Plan.Looks > 1 {
		t.Errorf("-looks is there; %d looks", c.session.Plan.Looks)
	}
}
