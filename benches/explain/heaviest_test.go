package explain

import (
	"slices"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/profiles/attribution"
	"wsbench/profiles/stacks"
)

// The heaviest component of a server is by itself that with the most time, and
// beside another the one with the most beyond it.
func TestHeaviest(t *testing.T) {
	slow := cpuOf(stack{sending, 5e6}, stack{unmasking, 4e6})
	a := &Analysis{Rules: attribution.Default()}
	s := &Subject{profiles: map[string]*profile.Profile{PerfRecord: slow}}
	if got := a.Heaviest(s, nil); got.Component != "kernel-tcp-send" || got.Own != 5 || got.Base != 0 || got.Function != "tcp_sendmsg" {
		t.Errorf("alone: %+v", got)
	}
	base := &Subject{profiles: map[string]*profile.Profile{PerfRecord: cpuOf(stack{sending, 5e6}, stack{unmasking, 1e6})}}
	want := Heaviest{Component: "mask", Own: 4, Base: 1, Function: "wsbench/mask.xorAVX512"}
	if got := a.Heaviest(s, base); got != want {
		t.Errorf("beside another: %+v, want %+v", got, want)
	}
	if got := a.Heaviest(&Subject{}, base); got != (Heaviest{}) {
		t.Errorf("without a profile: %+v", got)
	}
}

// Where perf record captured nothing, Go's profiler tells where CPU time goes, and
// its flame graph is written.
func TestSamplerWithoutPerf(t *testing.T) {
	p := cpuOf(stack{unmasking, 4e6})
	s := &Subject{profiles: map[string]*profile.Profile{PerfRecord: p, Pprof: p}}
	if got := s.Sampler(); got != PerfRecord {
		t.Errorf("with both: %q", got)
	}
	s = &Subject{profiles: map[string]*profile.Profile{Pprof: p}}
	a := &Analysis{Dir: t.TempDir(), Rules: attribution.Default()}
	if got := a.Attribution(s); s.Sampler() != Pprof || len(got) == 0 || !slices.ContainsFunc(s.Functions(), func(f stacks.Function) bool { return f.Name == unmasking[0] }) || s.Samples() != 1 {
		t.Errorf("%q: %+v, functions %+v, %d samples", s.Sampler(), got, s.Functions(), s.Samples())
	}
	if err := a.write(s); err != nil || !exists(a.Dir+"/"+s.Folder()+"/"+flameFile) {
		t.Errorf("no flame graph: %v", err)
	}
}
