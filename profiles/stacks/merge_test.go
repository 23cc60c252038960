package stacks

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/pprof/profile"
)

// sum is the total of a sample type under source=name, all if name is empty.
func sum(p *profile.Profile, sampleType, source string) (n int64) {
	col := column(p, sampleType, "")
	for _, s := range p.Sample {
		if source == "" || len(s.Label["source"]) == 1 && s.Label["source"][0] == source {
			n += s.Value[col]
		}
	}
	return n
}

// Merging loses and adds nothing, and leaves its arguments as they are.
func TestMerge(t *testing.T) {
	perf, _ := readCapture(t, "pair-net.txt.gz")
	goes, _ := readCapture(t, "pair-net.pb.gz")
	before := perf.String()
	p, err := Merge(Named{"perf", perf}, Named{"go", goes})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, perf.String()); diff != "" {
		t.Errorf("Merge changed its argument:\n%s", diff)
	}
	for _, st := range []string{"samples", "cpu"} {
		for name, part := range map[string]*profile.Profile{"perf": perf, "go": goes} {
			if got, want := sum(p, st, name), sum(part, st, ""); got != want || want == 0 {
				t.Errorf("%s of %s: %d in the merged profile, %d alone", st, name, got, want)
			}
		}
	}
	if p.DurationNanos != max(perf.DurationNanos, goes.DurationNanos) {
		t.Errorf("duration %d of %d and %d", p.DurationNanos, perf.DurationNanos, goes.DurationNanos)
	}
}

// Only common sample types are merged; none in common is an error that says
// what each has.
func TestMergeTypes(t *testing.T) {
	names, _ := readCapture(t, "perf6.1-names.txt.gz")
	goes, _ := readCapture(t, "pair-net.pb.gz")
	p, err := Merge(Named{"c", names}, Named{"go", goes})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.SampleType) != 2 || sum(p, "cpu", "c") != sum(names, "cpu", "") {
		t.Errorf("%v, cpu of c %d of %d", p.SampleType, sum(p, "cpu", "c"), sum(names, "cpu", ""))
	}
	off, _ := readCapture(t, "perf6.1-offcpu.txt.gz")
	_, err = Merge(Named{"off", off}, Named{"go", goes})
	if err == nil || !strings.Contains(err.Error(), "off has switches/count, off-cpu/nanoseconds; go has samples/count, cpu/nanoseconds") {
		t.Errorf("nothing in common: %v", err)
	}
	if _, err := Merge(); err == nil {
		t.Error("nothing to merge is no error")
	}
}
