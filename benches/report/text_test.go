package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/lab"
)

var update = flag.Bool("update", false, "write the golden files")

// Each testdata/*.bench is a results file, *.txt beside it what is shown.
func TestTextGolden(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.bench")
	if len(files) == 0 {
		t.Fatal("no results in testdata")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			got := show(t, file)
			for line := range strings.Lines(got) {
				if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > Width {
					t.Errorf("a line of %d columns: %s", n, line)
				}
			}
			golden := strings.TrimSuffix(file, ".bench") + ".txt"
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
		})
	}
}

func show(t *testing.T, file string) string {
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
	var b strings.Builder
	if err := Text(&b, res, Options{Path: "results/latest/bench.txt"}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTextOfNothing(t *testing.T) {
	var b strings.Builder
	if err := Text(&b, &lab.Results{}, Options{}); err != nil || !strings.Contains(b.String(), "no samples") {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestFigures(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{rate(999), "999"}, {rate(204321), "204k"}, {rate(999499), "999k"}, {rate(999600), "1.00M"}, {rate(2841000), "2.84M"},
		{duration(0), "-"}, {duration(950), "950 ns"}, {duration(12345), "12 µs"}, {duration(8462000), "8462 µs"}, {duration(19e6), "19 ms"},
		{small(0), "0"}, {small(0.00031), "0.0003"},
	} {
		if tt.got != tt.want {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}
