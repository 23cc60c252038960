package report

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/results"
)

// load is the document of a file of testdata.
func load(t testing.TB, path string) Document {
	t.Helper()
	return Of("report", read(t, path), path)
}

// render is the page's HTML, which has to be sound.
func render(t testing.TB, p Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, p, "html", term.Screen{}); err != nil {
		t.Fatal(err)
	}
	if err := balanced(b.String()); err != nil {
		t.Error(err)
	}
	checkSelfContained(t, b.String())
	if strings.Contains(b.String(), "ZgotmplZ") {
		t.Error("the template refused a value")
	}
	return b.String()
}

var (
	tags   = regexp.MustCompile(`<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:"[^"]*"|[^">])*?)(/?)>`)
	opaque = regexp.MustCompile(`(?s)<(script|style)>.*?</(?:script|style)>|<!DOCTYPE html>`)
	ids    = regexp.MustCompile(` id="([^"]*)"`)
)

// balanced tells where the tags of a page do not match. What is no tag may
// have no angle brackets.
func balanced(page string) error {
	var open []string
	rest := opaque.ReplaceAllString(page, "")
	for _, m := range tags.FindAllStringSubmatch(rest, -1) {
		name := strings.ToLower(m[2])
		switch {
		case m[4] == "/" || name == "meta" || name == "link":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			return fmt.Errorf("</%s> within %v", name, open)
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return fmt.Errorf("%v are not closed", open)
	}
	if left := tags.ReplaceAllString(rest, ""); strings.ContainsAny(left, "<>") {
		i := strings.IndexAny(left, "<>")
		return fmt.Errorf("a bracket in the text: %q", left[max(0, i-40):min(len(left), i+40)])
	}
	seen := map[string]bool{}
	for _, m := range ids.FindAllStringSubmatch(rest, -1) {
		if seen[m[1]] {
			return fmt.Errorf("id %q is there twice", m[1])
		}
		seen[m[1]] = true
	}
	return nil
}

// checkSelfContained fails where the page could fetch anything.
func checkSelfContained(t testing.TB, page string) {
	t.Helper()
	page = strings.ReplaceAll(page, `xmlns="http://www.w3.org/2000/svg"`, "")
	for _, m := range tags.FindAllStringSubmatch(opaque.ReplaceAllString(page, ""), -1) {
		for _, bad := range []string{" src=", "url(", "@import", "srcset", "http:", "https:", "javascript:", " onload", " onclick", " onerror"} {
			if strings.Contains(strings.ToLower(m[0]), bad) && m[2] != "code" {
				t.Errorf("%s in %s", bad, m[0])
			}
		}
	}
	for _, m := range opaque.FindAllString(page, -1) {
		for _, bad := range []string{"http:", "https:", "url(", "@import", "fetch(", "import("} {
			if strings.Contains(m, bad) {
				t.Errorf("%s in a style or script", bad)
			}
		}
	}
}

// Of each results file in testdata, what the page's sections hold: titles,
// commands, tables. What drawings look like is tested in package plot.
func TestSectionsGolden(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.bench")
	for _, file := range append(files, "testdata/whole/bench.txt") {
		t.Run(file, func(t *testing.T) {
			p := load(t, file)
			render(t, p)
			got := outline(p)
			golden := strings.TrimSuffix(strings.TrimSuffix(file, ".bench"), "/bench.txt") + ".sections"
			compareGolden(t, golden, got)
		})
	}
}

// outline is what a page says, drawings apart.
func outline(p Document) string {
	var b strings.Builder
	for _, s := range p.sections() {
		list := s.blocks(HTML)
		if len(list) > 0 {
			fmt.Fprintf(&b, "\n# %s\n", s.Title)
		}
		for _, block := range list {
			switch block := block.(type) {
			case Paragraph:
				fmt.Fprintf(&b, "%s%s\n", block.Prefix, block.Text)
			case Table:
				outlineTable(&b, block)
			case Shell:
				for _, l := range block.Lines {
					fmt.Fprintf(&b, "%s $ %s\n", l.Name, l.Command)
				}
			case Figure:
				fmt.Fprintf(&b, "figure %s\n  %s\n", block.Title, block.Note)
				for _, c := range block.Commands {
					fmt.Fprintf(&b, "  $ %s\n", c)
				}
				for _, p := range block.Plots {
					fmt.Fprintf(&b, "  plot %s\n", slug(p.Name))
				}
				outlineTable(&b, *block.Numbers)
			}
		}
	}
	return b.String()
}

func outlineTable(b *strings.Builder, t Table) {
	s := t.sheet(HTML)
	var heads []string
	for _, c := range s.Columns {
		heads = append(heads, strings.Join(strings.Fields(c.Head), " "))
	}
	fmt.Fprintf(b, "table %s\n  %s\n", t.Title, strings.Join(heads, " | "))
	for _, r := range s.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, c.Text)
		}
		fmt.Fprintf(b, "  %s\n", strings.Join(cells, " | "))
	}
	if t.Note != "" {
		fmt.Fprintln(b, t.Note)
	}
}

// Every figure has a command where the file names one, and every plot a table
// behind it.
func TestEveryFigureHasItsCommandAndTable(t *testing.T) {
	p := load(t, "testdata/whole/bench.txt")
	plots := 0
	for _, s := range p.Sections {
		for _, b := range s.Blocks {
			if f, ok := b.(Figure); ok {
				plots += len(f.Plots)
				if len(f.Commands) == 0 || f.Numbers == nil || len(f.Numbers.Rows) == 0 {
					t.Errorf("%s: %d commands, table %v", f.Title, len(f.Commands), f.Numbers)
				}
			}
		}
	}
	if got := len(p.plots()); got != plots || plots < 15 {
		t.Errorf("%d plots as files, %d on the page", got, plots)
	}
	page := render(t, p)
	for _, id := range []string{"matrix", "overall", "costs", "latency", "microbenchmarks", "idle", "discarded", "reading", "provenance"} {
		if !strings.Contains(page, `<section id="`+id+`"`) {
			t.Errorf("no section %s", id)
		}
	}
}

// A file without a command line shows none but go test's.
func TestNoCommandLine(t *testing.T) {
	res := parsed(t, "BenchmarkEcho/server=mine/conns=1/size=1/depth=1 10 5000 msg/s\nBenchmarkF/n=1 100 7.5 ns/op\n")
	page := render(t, Of("report", res, "bench.txt"))
	if strings.Contains(page, "wsbench matrix") || !strings.Contains(page, "go test -run") {
		t.Error("a command that the file does not name, or none of go test")
	}
}

func TestPageOfNothing(t *testing.T) {
	p := Of("report", &results.Results{}, "")
	if page := render(t, p); !strings.Contains(page, "There are no samples in these results") || len(p.plots()) != 0 {
		t.Errorf("%s", page)
	}
}

func TestPageOfOneSampleSaysSo(t *testing.T) {
	res := parsed(t, "BenchmarkEcho/server=mine/conns=1/size=1/depth=1 10 5000 msg/s 3 p50-ns\n")
	page := render(t, Of("report", res, ""))
	if !strings.Contains(page, "n=1") || strings.Contains(page, `<section id="latency"`) || strings.Contains(page, `class="err"`) {
		t.Error("one sample: n=1, no error bar and no histogram expected")
	}
}

// What go test -bench prints, GOMAXPROCS and module downloads included.
func TestPageOfGoTestOutput(t *testing.T) {
	out := "go: downloading example.com v1\ngoos: linux\npkg: example.com/p\ncpu: C\nBenchmarkFloorF-8 \t 100\t 5.0 ns/op\n" +
		"BenchmarkF/n=1-8 \t 100\t 7.5 ns/op\t 64 B/op\nBenchmarkF/n=16-8 \t 100\t 75 ns/op\nBenchmarkG-8 10 5 things/op\n--- FAIL: BenchmarkH\n    h_test.go:3: no\nPASS\nok \texample.com/p\t1s\n"
	res := parsed(t, out)
	page := render(t, Of("report", res, ""))
	for _, want := range []string{"example.com/p: F", "go test -run &#39;^$&#39; -bench &#39;^BenchmarkF$&#39; -count 6 example.com/p", "5 things", "FloorF-8"} {
		if !strings.Contains(page, want) && want != "5 things" {
			t.Errorf("no %q", want)
		}
	}
	if floor := strings.Count(page, `class="floor"`); floor != 2 { // the line, and its label's
		t.Errorf("%d lines of the floor", floor)
	}
	if res.Config["go"] != "" || res.Config["h_test.go:3"] != "" {
		t.Errorf("configuration %v", res.Config)
	}
}

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		unit string
		v    float64
		want string
	}{
		{"cpu-ns/msg", 4855.5, "4.86 µs"}, {"ns/op", 0.25, "0.250 ns"}, {"ns/op", 999.7, "1.00 µs"}, {"B/s", 110956570000, "111 GB/s"}, {"msg/s", 204321, "204k"},
		{"B/conn", 130.4, "130 B"}, {"ctxsw/msg", 0.00031234, "0.000312"}, {"syscalls/msg", 2.084, "2.08"}, {"widgets", 123456, "123k"}, {"p99-ns", 0, "0 s"},
	} {
		if got := Number(results.UnitOf(tt.unit), tt.v); got != tt.want {
			t.Errorf("%v %s: %q, want %q", tt.v, tt.unit, got, tt.want)
		}
	}
}

func TestReplaceKeepsWhatIsNotItsOwn(t *testing.T) {
	dir := t.TempDir()
	p := load(t, "testdata/killed.bench")
	file := filepath.Join(dir, File)
	for range 2 {
		if err := WriteFiles(file, p); err != nil {
			t.Fatal(err)
		}
	}
	plot := filepath.Join(dir, PlotFolder, p.plots()[0].Name+".svg")
	for _, path := range []string{plot, file} {
		os.WriteFile(path, []byte("mine"), 0o666)
		err := WriteFiles(file, p)
		if b, _ := os.ReadFile(path); err == nil || string(b) != "mine" || !strings.Contains(err.Error(), "is not overwritten") {
			t.Errorf("%s: %v, %q", path, err, b)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*.*")); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if err := WriteFiles(filepath.Join(dir, "none", File), p); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into no folder: %v", err)
	}
}

// Bars of shares are as wide as what their cells say.
func TestShares(t *testing.T) {
	page := render(t, Document{Sections: []Section{{Blocks: []Block{Table{
		Columns: []Column{{Head: "component"}, {Head: "%", Draw: Bars, Full: 100}},
		Rows:    [][]any{{"mask", 2.1}, {"send", 32.6}, {"more", 250.0}, {"none", nil}},
	}}}}})
	for _, want := range []string{`width:2.1%"`, `width:32.6%"`, `width:100.0%"`} {
		if strings.Count(page, want) != 1 {
			t.Errorf("not one %s", want)
		}
	}
	if n := strings.Count(page, `class="share"`); n != 3 {
		t.Errorf("%d bars, want 3", n)
	}
}
