package syscalls

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCPUs(t *testing.T) {
	for _, c := range []struct {
		in   string
		want CPUs
		out  string // as String writes it
	}{
		{"0", CPUs{0}, "0"},
		{"1023", CPUs{1023}, "1023"},
		{"0-3", CPUs{0, 1, 2, 3}, "0-3"},
		{"5-5", CPUs{5}, "5"},
		{"0,2,4-7", CPUs{0, 2, 4, 5, 6, 7}, "0,2,4-7"},
		{"3,1,2", CPUs{1, 2, 3}, "1-3"},
		{"1-3,2-4,3", CPUs{1, 2, 3, 4}, "1-4"},
		{"0,1", CPUs{0, 1}, "0-1"},
		{"007", CPUs{7}, "7"},
	} {
		got, err := ParseCPUs(c.in)
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("ParseCPUs(%q): %v %s", c.in, err, diff)
			continue
		}
		if got.String() != c.out {
			t.Errorf("%q is written %q, want %q", c.in, got, c.out)
		}
		if again, err := ParseCPUs(got.String()); err != nil || !cmp.Equal(got, again) {
			t.Errorf("%q is read back as %v, %v", got, again, err)
		}
	}
	if got := (CPUs{}).String(); got != "" {
		t.Errorf("no CPU is written %q", got)
	}
}

func TestParseCPUsRefuses(t *testing.T) {
	for _, c := range []struct{ in, part string }{
		{"", `""`}, {"a", `"a"`}, {"-1", `"-1"`}, {"+1", `"+1"`}, {"1-", `"1-"`}, {"-", `"-"`}, {"3-1", `"3-1"`},
		{"0,", `""`}, {",0", `""`}, {"0 ,1", `"0 "`}, {"0, 1", `" 1"`}, {"1-2-3", `"1-2-3"`}, {"0-+3", `"0-+3"`},
		{"1024", `"1024"`}, {"0-1024", `"0-1024"`}, {"99999999999999999999", `"99999999999999999999"`}, {"1.5", `"1.5"`}, {"0x1", `"0x1"`},
	} {
		list, err := ParseCPUs(c.in)
		if err == nil || !strings.Contains(err.Error(), c.part+" is not a CPU number or range") {
			t.Errorf("ParseCPUs(%q) = %v, %v", c.in, list, err)
		}
	}
}

func TestWithout(t *testing.T) {
	for _, c := range []struct{ from, less, want CPUs }{
		{CPUs{0, 1, 2}, CPUs{1}, CPUs{0, 2}},
		{CPUs{0, 1}, CPUs{0, 1, 2}, nil},
		{CPUs{0, 1}, nil, CPUs{0, 1}},
		{nil, CPUs{0}, nil},
	} {
		if diff := cmp.Diff(c.want, c.from.Without(c.less)); diff != "" {
			t.Errorf("%v without %v: %s", c.from, c.less, diff)
		}
	}
}
