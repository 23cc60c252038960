package stacks

import (
	"slices"
	"testing"

	"github.com/google/pprof/profile"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"finish_task_switch.isra.0": "finish_task_switch", "do_softirq.part.0": "do_softirq", "f.constprop.0.isra.0": "f",
		"f.cold": "f", "runtime.goexit.abi0": "runtime.goexit", "send@plt": "send", "memcpy@@GLIBC_2.14": "memcpy",
		"f [clone .isra.0]": "f", "main.main.func1": "main.main.func1", "wsbench/parse.part": "wsbench/parse.part", ".cold": ".cold", "": Unknown,
		"x.(*T).cold": "x.(*T).cold",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestFramesAt(t *testing.T) {
	fn := func(name string) profile.Line { return profile.Line{Function: &profile.Function{Name: name}} }
	for _, tt := range []struct {
		name string
		in   *profile.Location
		want []Frame
	}{
		{"inlined", &profile.Location{Mapping: &profile.Mapping{File: "/bin/x"}, Line: []profile.Line{fn("in"), fn("out")}}, []Frame{{"in", "/bin/x", false}, {"out", "/bin/x", false}}},
		{"kernel", &profile.Location{Mapping: &profile.Mapping{File: "[kernel.kallsyms]_text"}, Line: []profile.Line{fn("f.isra.0")}}, []Frame{{"f", "[kernel.kallsyms]_text", true}}},
		{"module", &profile.Location{Mapping: &profile.Mapping{File: "[tls]"}}, []Frame{{Unknown, "[tls]", true}}},
		{"module's file", &profile.Location{Mapping: &profile.Mapping{File: "/lib/modules/tls.ko.xz"}}, []Frame{{Unknown, "/lib/modules/tls.ko.xz", true}}},
		{"vdso", &profile.Location{Mapping: &profile.Mapping{File: "[vdso]"}, Line: []profile.Line{fn("f")}}, []Frame{{"f", "[vdso]", false}}},
		{"anon", &profile.Location{Mapping: &profile.Mapping{File: "[anon:heap]"}}, []Frame{{Unknown, "[anon:heap]", false}}},
		{"marked", &profile.Location{Line: []profile.Line{fn("f_[k]")}}, []Frame{{"f", "", true}}},
		{"address", &profile.Location{Address: 0xffffffff81000000}, []Frame{{Unknown, "", true}}},
		{"nothing", &profile.Location{Line: []profile.Line{{}}}, []Frame{{Unknown, "", false}}},
	} {
		if got := framesAt(tt.in, cleaned); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestValueIndex(t *testing.T) {
	p := &profile.Profile{SampleType: []*profile.ValueType{{Type: "samples"}, {Type: "cpu"}}}
	for in, want := range map[string]int{"": 1, "samples": 0, "cpu": 1} {
		if got, err := ValueIndex(p, in); got != want || err != nil {
			t.Errorf("%q is %d, %v; want %d", in, got, err, want)
		}
	}
	p.DefaultSampleType = "samples"
	if got, err := ValueIndex(p, ""); got != 0 || err != nil {
		t.Errorf("the default is %d, %v", got, err)
	}
	if _, err := ValueIndex(p, "x"); err == nil {
		t.Error("x is found")
	}
	if _, err := ValueIndex(&profile.Profile{}, ""); err == nil {
		t.Error("an empty profile has a value")
	}
	if Value(&profile.Sample{}, 1) != 0 {
		t.Error("a value that is not there is not 0")
	}
}
