package attribution

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/profiles/stacks"
)

// captures are folded stacks of perf record -g -e cpu-clock, of servers that
// echo on loopback: what ran, connections and octets of a message; handshakes:
// of one that does handshakes of TLS only.
func captures(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/*.folded.gz")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d captures, %v; want ten at least", len(files), err)
	}
	return files
}

func readFolded(t testing.TB, file string) *profile.Profile {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b := newBuilder()
	for lines := bufio.NewScanner(z); lines.Scan(); {
		at := strings.LastIndexByte(lines.Text(), ' ')
		n, err := strconv.ParseInt(lines.Text()[at+1:], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		b.add(n, strings.Split(lines.Text()[:at], ";")...)
	}
	if len(b.p.Sample) == 0 {
		t.Fatalf("%s: no samples", file)
	}
	return b.p
}

// builder makes a profile of stacks, outermost first, whose kernel functions
// are marked _[k]. A sample is a millisecond.
type builder struct {
	p         *profile.Profile
	locations map[string]*profile.Location
}

func newBuilder() *builder {
	return &builder{
		p:         &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}},
		locations: map[string]*profile.Location{},
	}
}

func (b *builder) add(n int64, names ...string) {
	s := &profile.Sample{Value: []int64{n, n * 1e6}}
	for _, name := range names {
		l := b.locations[name]
		if l == nil {
			f := &profile.Function{ID: uint64(len(b.locations) + 1), Name: name}
			l = &profile.Location{ID: f.ID, Line: []profile.Line{{Function: f}}}
			b.locations[name] = l
			b.p.Function = append(b.p.Function, f)
			b.p.Location = append(b.p.Location, l)
		}
		s.Location = append([]*profile.Location{l}, s.Location...)
	}
	b.p.Sample = append(b.p.Sample, s)
}

// table shows a split, and the functions that have most of Other.
func table(t testing.TB, r *Rules, p *profile.Profile) string {
	t.Helper()
	shares, err := r.Split(p, "cpu")
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, s := range shares {
		fmt.Fprintf(&out, "%-20s %6.2f %% %6d\n", s.Component, s.Percent, s.Samples)
	}
	heavy := heaviest(r, p, Other)
	for _, f := range heavy[:min(10, len(heavy))] {
		fmt.Fprintf(&out, "  other: %-30s %6.2f %%\n", f.Function, f.Percent)
	}
	return out.String()
}

// function is what an innermost frame has of a profile.
type function struct {
	Function string
	Percent  float64
}

// heaviest lists the innermost frames of a component's stacks, those with most
// of it first: what rules might be wanted for.
func heaviest(r *Rules, p *profile.Profile, component string) (list []function) {
	at, _ := stacks.ValueIndex(p, "cpu")
	values, sum := map[string]float64{}, 0.0
	for _, s := range p.Sample {
		stack, v := stacks.Frames(s), float64(stacks.Value(s, at))
		sum += v
		if len(stack) > 0 && r.Component(stack) == component {
			values[stack[0].Name] += v
		}
	}
	for name, v := range values {
		list = append(list, function{name, 100 * v / sum})
	}
	slices.SortFunc(list, func(a, b function) int {
		return cmp.Or(cmp.Compare(b.Percent, a.Percent), cmp.Compare(a.Function, b.Function))
	})
	return list
}
