package stacks

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/pprof/profile"
	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

func TestMain(m *testing.M) {
	time.Local = time.UTC // of headers' times
	goleak.VerifyTestMain(m)
}

// readCapture reads a capture of testdata by a reader of what perf script prints.
func readCapture(t testing.TB, name string) (*profile.Profile, []error) {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	read := ReadPerfScript
	if strings.Contains(name, "offcpu") {
		read = ReadOffCPU
	}
	p, warnings, err := readAs(f, name, read)
	if err != nil {
		t.Fatal(err)
	}
	return p, warnings
}

// captures are the names of all texts of testdata.
func captures(t testing.TB) (names []string) {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.txt.gz")
	if err != nil || len(paths) < 15 {
		t.Fatalf("testdata: %d captures, %v", len(paths), err)
	}
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	return names
}

// golden compares what was made with a file of testdata.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), -update writes it anew:\n%s", path, diff)
	}
}

// Captures by several versions of perf, of the reference server and of a C
// program whose threads and functions have the worst of names, come out as
// they are known to.
func TestGolden(t *testing.T) {
	for _, name := range captures(t) {
		t.Run(name, func(t *testing.T) {
			p, warnings := readCapture(t, name)
			if err := p.CheckValid(); err != nil {
				t.Fatal(err)
			}
			var b bytes.Buffer
			describe(&b, p, warnings)
			golden(t, strings.TrimSuffix(name, ".txt.gz")+".golden", b.Bytes())
		})
	}
}

// describe prints what a profile holds: its head, labels, and the functions
// with most of each sample type.
func describe(w io.Writer, p *profile.Profile, warnings []error) {
	for _, warning := range warnings {
		fmt.Fprintln(w, "warning:", warning)
	}
	fmt.Fprintf(w, "time %d duration %v period %d %v default %s\n", p.TimeNanos, time.Duration(p.DurationNanos), p.Period, p.PeriodType, p.DefaultSampleType)
	for _, c := range p.Comments {
		fmt.Fprintln(w, "comment:", c)
	}
	for _, m := range p.Mapping {
		fmt.Fprintln(w, "mapping:", m.File)
	}
	values := map[string][]int64{}
	var keys []string
	for _, s := range p.Sample {
		key := fmt.Sprintf("comm=%q event=%q state=%q", s.Label["comm"], s.Label["event"], s.Label["state"])
		if values[key] == nil {
			keys = append(keys, key)
			values[key] = make([]int64, len(s.Value))
		}
		for i, v := range s.Value {
			values[key][i] += v
		}
	}
	for _, k := range keys {
		fmt.Fprintln(w, k, values[k])
	}
	for _, st := range p.SampleType {
		fmt.Fprintf(w, "\n%s/%s\n", st.Type, st.Unit)
		fs := Functions(p, st.Type)
		for _, f := range fs[:min(30, len(fs))] {
			fmt.Fprintf(w, "%14.0f %14.0f %-5v %s (%s)\n", f.Flat, f.Cum, f.Kernel, f.Name, f.File)
		}
	}
}
