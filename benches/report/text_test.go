package report

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/internal/term"
	"wsbench/benches/results"
)

var update = flag.Bool("update", false, "write the golden files")

// screens are those that each results file is shown on; the first is where
// there is no terminal.
var screens = map[string]term.Screen{
	"":       {},
	"-60":    {Columns: 60},
	"-80":    {Columns: 80},
	"-140":   {Columns: 140},
	"-color": {Color: true},
	"-ascii": {ASCII: true},
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Each testdata/*.bench is a results file, *.txt beside it what is shown; of
// some on several screens.
func TestTextGolden(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.bench")
	if len(files) == 0 {
		t.Fatal("no results in testdata")
	}
	for _, file := range files {
		for name, screen := range screens {
			golden := strings.TrimSuffix(file, ".bench") + name + ".txt"
			if _, err := os.Stat(golden); err != nil && name != "" {
				continue // not of this file
			}
			t.Run(filepath.Base(golden), func(t *testing.T) { checkGolden(t, golden, show(t, file, screen), screen) })
		}
	}
}

func checkGolden(t *testing.T, golden, got string, screen term.Screen) {
	t.Helper()
	for line := range strings.Lines(got) {
		line = strings.TrimRight(sgr.ReplaceAllString(line, ""), "\n")
		width := screen.Columns
		if width == 0 {
			width = term.Width
		}
		if n := term.Columns(line); n > width && !strings.HasPrefix(line, "compare: ") {
			t.Errorf("a line of %d columns: %s", n, line)
		}
	}
	compareGolden(t, golden, got)
}

// compareGolden compares got with a file; -update writes it.
func compareGolden(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		os.WriteFile(golden, []byte(got), 0o666)
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want +got (go test -update writes it):\n%s", diff)
	}
}

func read(t testing.TB, file string) *results.Results {
	t.Helper()
	res, err := results.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// parsed reads what a test has as text.
func parsed(t testing.TB, text string) *results.Results {
	t.Helper()
	res, err := results.Read(strings.NewReader(text), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func show(t *testing.T, file string, screen term.Screen) string {
	t.Helper()
	var b strings.Builder
	if err := Write(&b, Of("matrix", read(t, file), "results/latest/bench.txt"), "text", screen); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A reader who is told by words alone misses nothing: the same text is there
// without colours.
func TestColorAddsOnly(t *testing.T) {
	for _, file := range []string{"testdata/matrix.bench", "testdata/killed.bench", "testdata/conns.bench"} {
		plain, colored := show(t, file, term.Screen{}), show(t, file, term.Screen{Color: true})
		if plain == colored || sgr.ReplaceAllString(colored, "") != plain {
			t.Errorf("%s: colours change the text", file)
		}
		if strings.ContainsRune(plain, '\x1b') {
			t.Errorf("%s: a control character without colours", file)
		}
	}
}

// What whoever named a server put in its name does not reach the terminal.
func TestTextHostileNames(t *testing.T) {
	res := parsed(t, "cpu: \x1b]0;owned\x07 EPYC\n\nNOTE \x1b[2J cleared\nBenchmarkEcho/server=a\x1b[31m/conns=1/size=1/depth=1 1 5 msg/s\n")
	var out strings.Builder
	if err := Write(&out, Of("matrix", res, ""), "text", term.Screen{}); err != nil || strings.ContainsAny(out.String(), "\x1b\x07") {
		t.Errorf("%v, %q", err, out.String())
	}
}

func TestTextOfNothing(t *testing.T) {
	var b strings.Builder
	if err := Write(&b, Of("matrix", &results.Results{}, ""), "text", term.Screen{}); err != nil || !strings.Contains(b.String(), "There are no samples in these results") {
		t.Errorf("%q, %v", b.String(), err)
	}
}

// A file of go test alone is tables in text.
func TestTextOfMicrobenchmarks(t *testing.T) {
	res := parsed(t, "pkg: example.com/p\nBenchmarkF/n=1-8 100 7.5 ns/op 64 B/op\nBenchmarkF/n=16-8 100 75 ns/op\n")
	var b strings.Builder
	if err := Write(&b, Of("report", res, ""), "text", term.Screen{}); err != nil || !strings.Contains(b.String(), "F/n=16-8   1  75.00") {
		t.Errorf("%v\n%s", err, b.String())
	}
}
