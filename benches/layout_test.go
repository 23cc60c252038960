package benches

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// layout is the packages of this module from the ground up: what each may
// import, which stands above it. Test files may import more.
const layout = `
mask
parse
parse/opening
scratch
syscalls
profiles
profiles/internal/capture
profiles/counts: profiles/internal/capture
profiles/stacks: profiles/internal/capture
profiles/flame: profiles/stacks
profiles/attribution: profiles/stacks
benches
benches/stat
benches/results: benches/stat
benches/host: benches/results syscalls
benches/engine: mask parse parse/opening scratch
benches/reactor: benches/engine parse parse/opening scratch syscalls
benches/echo: benches/engine benches/reactor mask parse parse/opening scratch syscalls
benches/internal/allocs
benches/internal/golden
benches/internal/pty
benches/internal/term
benches/internal/waiting
benches/internal/wsclient: parse/opening
benches/load: benches/engine benches/host benches/internal/wsclient benches/results parse scratch syscalls
benches/conform: benches/internal/wsclient benches/results parse/opening
benches/lab: benches/host benches/internal/wsclient benches/load benches/results benches/stat mask parse parse/opening syscalls
benches/micro: benches/results benches/stat syscalls
benches/explain: benches/lab benches/results benches/stat profiles profiles/attribution profiles/counts profiles/flame profiles/stacks
benches/report/plot
benches/report: benches/internal/term benches/report/plot benches/results benches/stat
benches/examples/internal/client: benches/internal/wsclient mask parse
benches/examples/chat: benches/engine benches/reactor parse syscalls
benches/examples/handover: benches/engine benches/reactor parse
benches/cmd/wsbench: benches/conform benches/echo benches/explain benches/host benches/internal/term benches/internal/wsclient benches/lab benches/micro benches/load benches/report benches/results benches/stat mask parse profiles/attribution profiles/counts profiles/stacks syscalls
`

// The packages import each other downwards, in the agreed directions only.
func TestDirections(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "wsbench/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	allowed := agreed(t)
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(strings.ReplaceAll(line, "wsbench/", ""))
		may, listed := allowed[f[0]]
		if !listed {
			t.Errorf("%s is not in the layout", f[0])
		}
		for i, imp := range f[1:] {
			if _, ours := allowed[imp]; ours && !slices.Contains(may, imp) {
				t.Errorf("%s imports %s", f[0], f[1+i])
			}
		}
		for _, imp := range may {
			if !slices.Contains(f[1:], imp) {
				t.Errorf("%s does not import %s any more", f[0], imp)
			}
		}
	}
}

// agreed reads the layout, whose lines name only packages above them.
func agreed(t *testing.T) map[string][]string {
	allowed := map[string][]string{}
	for line := range strings.Lines(strings.TrimSpace(layout)) {
		name, list, _ := strings.Cut(strings.TrimSpace(line), ":")
		for _, imp := range strings.Fields(list) {
			if _, above := allowed[imp]; !above {
				t.Errorf("%s may import %s, which is not above it", name, imp)
			}
		}
		allowed[name] = strings.Fields(list)
	}
	return allowed
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

// The table of the documentation names files and folders that are there.
func TestTableOfPlaces(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, path := range regexp.MustCompile(`\b(?:mask|parse|scratch|syscalls|profiles|benches)/[\w./]*\w`).FindAllString(string(doc), -1) {
		n++
		if _, err := os.Stat(filepath.Join("..", path)); err != nil {
			t.Error(err)
		}
	}
	if n < 20 {
		t.Errorf("the table has %d paths", n)
	}
}
