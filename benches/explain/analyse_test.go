package explain

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/benches/results"
	"wsbench/profiles/attribution"
)

// stack is a sample's frames, innermost first, and its weight in ns.
type stack struct {
	frames []string
	ns     int64
}

// cpuOf is a CPU profile of stacks, as package stacks makes them: frames whose
// name ends in _[k] are the kernel's.
func cpuOf(list ...stack) *profile.Profile {
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}}
	kernel := &profile.Mapping{ID: 1, File: "[kernel.kallsyms]", HasFunctions: true}
	user := &profile.Mapping{ID: 2, File: "server", HasFunctions: true}
	p.Mapping = []*profile.Mapping{kernel, user}
	locations := map[string]*profile.Location{}
	for _, s := range list {
		sample := &profile.Sample{Value: []int64{1, s.ns}}
		for _, name := range s.frames {
			if locations[name] == nil {
				clean, isKernel := strings.CutSuffix(name, "_[k]")
				f := &profile.Function{ID: uint64(len(p.Function) + 1), Name: clean}
				p.Function = append(p.Function, f)
				m := user
				if isKernel {
					m = kernel
				}
				l := &profile.Location{ID: f.ID, Mapping: m, Line: []profile.Line{{Function: f}}}
				p.Location, locations[name] = append(p.Location, l), l
			}
			sample.Location = append(sample.Location, locations[name])
		}
		p.Sample = append(p.Sample, sample)
	}
	return p
}

var (
	sending   = []string{"tcp_sendmsg_[k]", "__x64_sys_sendto_[k]", "do_syscall_64_[k]", "wsbench/syscalls.Send", "wsbench/benches/reactor.(*Loop).Run"}
	unmasking = []string{"wsbench/mask.xorAVX512", "wsbench/benches/engine.(*Engine).Process", "wsbench/benches/reactor.(*Loop).Run"}
)

// session writes a folder of one server, with rounds of unobserved runs that
// took so many ns per message, and perf's profile of a run beside each.
func session(t *testing.T, ns []float64, profiles []*profile.Profile) string {
	t.Helper()
	dir := t.TempDir()
	var b strings.Builder
	f, _ := results.NewWriter(&b, []results.Fact{{Key: "goos", Value: "linux"}})
	const load = "conns=2/size=20/depth=1"
	name := results.ParseName("Echo/server=wsbench/io=epoll/" + load)
	observed := results.ParseName("Echo/server=wsbench/io=epoll/observer=perf-record/" + load)
	var l list
	for i, cpu := range ns {
		f.Block(results.Block{ID: i + 1, Round: i + 1}, "2/20")
		f.Sample(results.Sample{Name: name, Iters: 1000, Values: map[string]float64{"msg/s": 1e9 / cpu, "cpu-ns/msg": cpu}})
		f.Sample(results.Sample{Name: observed, Iters: 900, Values: map[string]float64{"msg/s": 0.9e9 / cpu, "cpu-ns/msg": cpu * 1.1, "observer-ns/msg": 12}})
		rel := filepath.Join(capturesDir, string(rune('a'+i)))
		os.MkdirAll(filepath.Join(dir, rel), 0o777)
		if err := writeProfile(filepath.Join(dir, rel, cpuProfile), profiles[i]); err != nil {
			t.Fatal(err)
		}
		l.add(dir, Capture{Name: name.String(), Observer: PerfRecord, Block: i + 1, Dir: rel, Echoes: 900, Values: map[string]float64{"cpu-ns/msg": cpu * 1.1}})
	}
	l.close()
	os.WriteFile(filepath.Join(dir, results.BenchFile), []byte(b.String()), 0o666)
	return dir
}

// opened returns the results of a session's folder.
func opened(t *testing.T, dir string) *results.Results {
	t.Helper()
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// Shares of the samples become ns per message by the unobserved CPU time, however
// many samples a round has.
func TestSharesBecomeNanosecondsAMessage(t *testing.T) {
	few := cpuOf(stack{sending, 3e6}, stack{unmasking, 1e6})
	many := cpuOf(stack{sending, 50e6}, stack{unmasking, 50e6})
	dir := session(t, []float64{4000, 4000}, []*profile.Profile{few, many})
	a, err := Analyse(dir, opened(t, dir), attribution.Default())
	if err != nil || len(a.Subjects) != 1 || len(a.Results.Warnings) > 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	s := a.Subjects[0]
	if s.CPU != 4000 {
		t.Errorf("%v ns per message", s.CPU)
	}
	// Both rounds count alike: (3/4 + 1/2) / 2 of 4000.
	want := map[string]float64{"tcp_sendmsg": 2500, "wsbench/mask.xorAVX512": 1500}
	for _, f := range s.Functions() {
		if f.Flat != 0 && math.Abs(f.Flat-want[f.Name]) > 1 {
			t.Errorf("%s: %.1f ns of its own, want %.1f", f.Name, f.Flat, want[f.Name])
		}
		if f.Name == "wsbench/benches/reactor.(*Loop).Run" && math.Abs(f.Cum-4000) > 1 {
			t.Errorf("%s: %.1f ns with what it calls", f.Name, f.Cum)
		}
	}
	for _, c := range a.Attribution(s) {
		w := map[string]float64{"kernel-tcp-send": 2500, "mask": 1500}[c.Component]
		if math.Abs(c.Value-w) > 1 {
			t.Errorf("%s: %.1f ns, want %.1f", c.Component, c.Value, w)
		}
	}
	calls := s.Calls()
	if len(calls) != 1 || calls[0].Name != "sendto" || math.Abs(calls[0].CPU-2500) > 1 || !math.IsNaN(calls[0].Count) || !math.IsNaN(calls[0].Wall) {
		t.Errorf("calls %+v", calls)
	}
	o := a.Overheads(s)
	if len(o) != 1 || o[0].Observer != PerfRecord || math.Abs(o[0].Rate.Ratio-0.9) > 0.001 || math.Abs(o[0].CPU.Ratio-1.1) > 0.001 || o[0].Own != 12 {
		t.Errorf("overheads %+v", o)
	}
}

// A folder is analysed again to the same, and what is gone is a warning.
func TestWriteAndAnalyseAgain(t *testing.T) {
	p := cpuOf(stack{sending, 3e6}, stack{unmasking, 1e6})
	dir := session(t, []float64{4000, 5000}, []*profile.Profile{p, p.Copy()})
	lines := func() string {
		a, err := Analyse(dir, opened(t, dir), nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Write(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, BenchFile))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	first := lines()
	if !strings.Contains(first, "BenchmarkAttribution/server=wsbench/io=epoll/conns=2/size=20/depth=1/observer=perf-record/component=mask 900 1125 cpu-ns/msg 25 cpu-percent") {
		t.Errorf("lines:\n%s", first)
	}
	if second := lines(); second != first {
		t.Errorf("the second analysis:\n%s\nthe first:\n%s", second, first)
	}
	for _, name := range []string{cpuProfile, flameFile} {
		if _, err := os.Stat(filepath.Join(dir, "epoll-2-20", name)); err != nil {
			t.Error(err)
		}
	}
	os.RemoveAll(filepath.Join(dir, capturesDir, "a"))
	a, err := Analyse(dir, opened(t, dir), nil)
	if err != nil || len(a.Results.Warnings) != 1 || !strings.Contains(a.Results.Warnings[0].Error(), "no such file") {
		t.Errorf("without a capture: %v, %v", a.Results.Warnings, err)
	}
	if f := a.Subjects[0].Functions(); len(f) == 0 || math.Abs(f[0].Flat-3375) > 1 { // 3/4 of 4500
		t.Errorf("without a capture, functions: %+v", f)
	}
}

func TestParseObservers(t *testing.T) {
	if list, err := ParseObservers("all"); err != nil || len(list) != len(Observers) {
		t.Error(list, err)
	}
	if _, err := ParseObservers("strace,gdb"); err == nil || !strings.Contains(err.Error(), `"gdb" is not one of perf-stat`) {
		t.Error(err)
	}
}
