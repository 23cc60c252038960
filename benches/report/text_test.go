package report

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
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

func read(t *testing.T, file string) *lab.Results {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	res, err := lab.Read(f, file)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func show(t *testing.T, file string, screen term.Screen) string {
	t.Helper()
	text := PageText
	if strings.Contains(file, "conns") {
		text = Conns
	}
	var b strings.Builder
	if err := text(&b, read(t, file), Options{Path: "results/latest/bench.txt", Screen: screen}); err != nil {
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
	b := []byte("cpu: \x1b]0;owned\x07 EPYC\n\nNOTE \x1b[2J cleared\nBenchmarkEcho/server=a\x1b[31m/conns=1/size=1/depth=1 1 5 msg/s\n")
	res, err := lab.Read(bytes.NewReader(b), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := PageText(&out, res, Options{}); err != nil || strings.ContainsAny(out.String(), "\x1b\x07") {
		t.Errorf("%v, %q", err, out.String())
	}
}

func TestTextOfNothing(t *testing.T) {
	for name, text := range map[string]func(w io.Writer, res *lab.Results, opt Options) error{"no samples of the echo matrix": PageText, "no samples of idle connections": Conns} {
		var b strings.Builder
		if err := text(&b, &lab.Results{}, Options{}); err != nil || !strings.Contains(b.String(), name) {
			t.Errorf("%q, %v", b.String(), err)
		}
	}
}

func TestFigures(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{rate(999), "999"}, {rate(204321), "204k"}, {rate(999499), "999k"}, {rate(999600), "1.00M"}, {rate(2841000), "2.84M"},
		{small(0), "0"}, {small(0.00031), "0.0003"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

// A column has one unit, and decimals that the least of it needs.
func TestColumnOfTimes(t *testing.T) {
	fine := column{fine: true}
	fine.add(4839)
	fine.add(11377)
	if got := fine.write(4839) + " " + fine.unit(); got != "4839 ns" {
		t.Errorf("CPU time: %s", got)
	}
	for _, tt := range []struct {
		ns   []float64
		want string
	}{
		{nil, "ns: -"},
		{[]float64{950, 4839}, "ns: - 950 4839"},
		{[]float64{49e3, 5677e3}, "µs: - 49 5677"},
		{[]float64{9.5e3, 120e3}, "µs: - 9.5 120.0"},
		{[]float64{950, 12e3}, "µs: - 0.95 12.00"},
		{[]float64{12e6, 1.5e9}, "ms: - 12 1500"},
	} {
		var c column
		for _, ns := range tt.ns {
			c.add(ns)
		}
		got := fmt.Sprint(c.unit(), ": ", c.write(0))
		for _, ns := range tt.ns {
			got += " " + c.write(ns)
		}
		if got != tt.want {
			t.Errorf("%v: %q, want %q", tt.ns, got, tt.want)
		}
	}
}
