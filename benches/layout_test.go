package benches

import (
	"io/fs"
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
profiles/benchloop
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
benches/internal/tls13: syscalls
benches/reactor: benches/engine benches/internal/tls13 parse parse/opening scratch syscalls
benches/internal/countfile
benches/echo: benches/engine benches/internal/countfile benches/internal/tls13 benches/reactor mask parse parse/opening scratch syscalls
benches/internal/allocs
benches/internal/golden
benches/internal/ktlsvm
benches/internal/libraries
benches/internal/pty
benches/internal/term
benches/internal/waiting
benches/internal/wsclient: benches/internal/tls13 parse/opening syscalls
benches/load: benches/engine benches/host benches/internal/wsclient benches/results parse parse/opening scratch syscalls
benches/conform: benches/internal/wsclient benches/results parse/opening
benches/lab: benches/host benches/internal/countfile benches/internal/wsclient benches/load benches/results benches/stat mask parse parse/opening syscalls
benches/micro: benches/results benches/stat syscalls
benches/selftest: benches/results benches/stat
benches/explain: benches/lab benches/results benches/stat profiles profiles/attribution profiles/counts profiles/flame profiles/stacks
benches/report/plot
benches/report: benches/internal/term benches/report/plot benches/results benches/stat
benches/examples/internal/client: benches/internal/wsclient mask parse
benches/examples/chat: benches/engine benches/reactor parse syscalls
benches/examples/handover: benches/engine benches/reactor parse syscalls
benches/examples/slow: mask parse parse/opening
benches/cmd/wsbench: benches/conform benches/echo benches/explain benches/host benches/internal/libraries benches/internal/term benches/internal/wsclient benches/lab benches/micro benches/load benches/report benches/results benches/selftest benches/stat mask parse profiles/attribution profiles/counts profiles/stacks syscalls
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

// The table of the documentation names files and folders that have what it says.
func TestTableOfPlaces(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile(`(?m)^//\t(.{38})((?:mask|parse|scratch|syscalls|profiles|benches)/.*)$`).FindAllStringSubmatch(string(doc), -1)
	if len(rows) != len(places) {
		t.Errorf("the table has %d rows, %d words are looked for", len(rows), len(places))
	}
	for _, row := range rows {
		word := places[strings.TrimSpace(row[1])]
		for _, path := range strings.Split(row[2], ", ") {
			if found, err := holds(filepath.Join("..", path), word); err != nil || !found || word == "" {
				t.Errorf("%s: %q is not in %s (%v)", row[1], word, path, err)
			}
		}
	}
}

// holds reports whether a file, or one of the files below a folder, has a word.
func holds(path, word string) (found bool, err error) {
	err = filepath.WalkDir(path, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || found {
			return err
		}
		b, err := os.ReadFile(file)
		found = strings.Contains(string(b), word)
		return err
	})
	return found, err
}

// places has a word for each row of the table, which is where the row says.
var places = map[string]string{
	"a library to compare with (-peers)":    "Gorilla",
	"an AVX2 tail":                          "last",
	"which kernel is used, and why":         "AVX512",
	"a frame's header":                      "func ParseHeader",
	"other header parsers, UTF-8 checks":    "Bytewise",
	"the opening handshake":                 "Sec-WebSocket-Accept",
	"a receive buffer, the carry":           "package scratch",
	"TLS keys and records":                  "HKDF-Expand-Label",
	"TLS records on an event loop":          "records",
	"TLS alerts and key updates":            "keyUpdate",
	"TLS handshakes before loops (-tls)":    "A front accepts",
	"TLS by the kernel":                     "TCP_ULP",
	"kernels with TLS (make test-ktls)":     "qemu",
	"a switch of the server (-flush frame)": `"flush"`,
	"what -flush frame does":                "FlushFrame",
	"a new backend (-io)":                   "uring",
	"pings, fragments, close codes":         "fragment",
	"the shift, its interval, Holm":         "Holm",
	"looks, what is spent at each":          "look",
	"a verdict in words":                    "func (v Verdict) String",
	"a unit":                                "var Units",
	"a results file's lines":                "DISCARDED",
	"the file of counters (-counters)":      "countfile",
	"a rate (-rate), a share of capacity":   "capacity",
	"messages cut into sends (-segment)":    "type Segment struct",
	"clients of wss://":                     "TLS",
	"calls of any server, by the kernel":    "raw_syscalls",
	"values of one switch (-vary)":          `"vary"`,
	"GET /json/{count}, and its data":       "quantity",
	"what TLS costs (wsbench tls)":          "ktls",
	"answers later (-handler, Conn.Defer)":  "efer",
	"facts of the host, CPUs":               "func Facts",
	"steal of each start (STEAL)":           "stealClock",
	"packets of 1500 bytes, late (-mtu)":    "type Link struct",
	"why a run is discarded":                "interference",
	"what one run does (a probe)":           "type Probe interface",
	"a new probe's names and cases":         "var Benches",
	"a load with a name (-profile)":         "echo",
	"CPU time per request (-work)":          "work-on",
	"who waits in an accept queue":          "sockDiagByFamily",
	"the order of runs, blocks":             "Blocks()",
	"two refs, built and compared (ab)":     "abExperiment",
	"a component's choices, compared":       "var choices",
	"a switch and its microbenchmark":       "var pairings",
	"the loop of a benchmark, captured":     "WSBENCH_LOOP",
	"a new experiment (a command)":          "type experiment struct",
	"exit statuses":                         "status",
	"false alarms, and what is found":       "FalseAlarms",
	"the matrix's table":                    "func (v *view) medians",
	"how numbers are written":               "func Number",
	"the report's bars and curves":          "type Bars struct",
	"strace's table":                        "strace",
	"CPU time by component":                 "omponent",
	"per message, from captures":            "/msg",
	"a server with a fault, to be found":    "unmaskBytewise",
	"the tour, and what its steps are":      "tourExperiment",
	"which package may import which":        "benches/lab:",
}
