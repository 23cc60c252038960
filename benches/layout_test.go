package benches

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed is what each package may import of this module. A package that is
// not listed is a leaf: nothing.
var allowed = map[string][]string{
	"wsbench/benches/engine":                   {"mask", "parse", "parse/opening", "scratch"},
	"wsbench/benches/reactor":                  {"benches/engine", "parse", "parse/opening", "scratch", "syscalls"},
	"wsbench/benches/echo":                     {"benches/reactor", "benches/engine", "mask", "parse", "parse/opening", "scratch", "syscalls"},
	"wsbench/benches/host":                     {"benches/results", "syscalls"},
	"wsbench/benches/internal/wsclient":        {"parse/opening"},
	"wsbench/benches/load":                     {"benches/internal/wsclient", "benches/engine", "benches/host", "benches/internal/term", "parse", "scratch", "syscalls", "mask"},
	"wsbench/benches/conform":                  {"benches/internal/wsclient", "benches/internal/term", "parse", "parse/opening"},
	"wsbench/benches/lab":                      {"benches/internal/wsclient", "benches/host", "benches/results", "benches/stat", "benches/load", "benches/internal/term", "parse", "parse/opening", "syscalls", "mask"},
	"wsbench/benches/lab/micro":                {"benches/lab", "benches/stat", "syscalls"},
	"wsbench/benches/results":                  {"benches/stat"},
	"wsbench/benches/report":                   {"benches/lab", "benches/results", "benches/stat", "benches/report/plot", "benches/internal/term"},
	"wsbench/benches/examples/chat":            {"benches/engine", "benches/reactor", "parse", "syscalls"},
	"wsbench/benches/examples/handover":        {"benches/engine", "benches/reactor", "parse"},
	"wsbench/benches/examples/internal/client": {"benches/internal/wsclient", "mask", "parse"},
	"wsbench/benches/explain":                  {"benches/lab", "benches/results", "benches/stat", "profiles", "profiles/attribution", "profiles/counts", "profiles/flame", "profiles/stacks"},
	"wsbench/profiles/attribution":             {"profiles/stacks"},
	"wsbench/profiles/flame":                   {"profiles/stacks"},
	"wsbench/benches/cmd/wsbench":              {"benches/internal/wsclient", "benches/conform", "benches/echo", "benches/engine", "benches/lab", "benches/results", "benches/lab/micro", "benches/explain", "benches/host", "benches/load", "benches/report", "benches/internal/term", "benches/stat", "mask", "parse", "parse/opening", "profiles/attribution", "profiles/counts", "profiles/stacks", "scratch", "syscalls"},
}

// The packages import each other in the agreed directions only.
func TestDirections(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "wsbench/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := 0
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		for _, imp := range f[1:] {
			if rest, ok := strings.CutPrefix(imp, "wsbench/"); ok {
				seen++
				if !slices.Contains(allowed[f[0]], rest) {
					t.Errorf("%s imports %s", f[0], imp)
				}
			}
		}
	}
	if seen == 0 {
		t.Fatal("go list shows no import of this module")
	}
}

// The top level holds the rooms of the design and nothing else but dot-files,
// a licence and what is not committed.
func TestTopLevel(t *testing.T) {
	rooms := []string{"mask", "parse", "scratch", "syscalls", "benches", "profiles", "go.mod", "go.sum", "Makefile", "README.md", "LICENSE", "results"}
	entries, err := os.ReadDir("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") && !slices.Contains(rooms, e.Name()) {
			t.Errorf("%s does not belong at the top level", e.Name())
		}
	}
}
