package flame_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/profiles/flame"
)

func compare(t *testing.T, a, b *profile.Profile, o flame.Options) map[string]drawn {
	t.Helper()
	var out bytes.Buffer
	if err := flame.Diff(&out, a, b, o); err != nil {
		t.Fatal(err)
	}
	list := frames(t, out.String(), "fg")
	checkLayout(t, list)
	byName := map[string]drawn{}
	for _, f := range list {
		byName[f.name] = f
	}
	return byName
}

const (
	before = "main;send;copy 40\nmain;send 20\nmain;mask 40\nmain;old 100\n"
	after  = "main;send;copy 20\nmain;batch;send 11\nmain;mask 40\nmain;new 29\n"
)

// Of twice as many messages, before is 20, 10, 20 and 50.
func TestDiff(t *testing.T) {
	got := compare(t, unfold(t, before), unfold(t, after), flame.Options{PerA: 2})
	for name, want := range map[string]struct{ class, change string }{
		"main": {"e0", "change +0.00 % of all, +0.0 % of itself"},
		"copy": {"e0", "change +0.00 % of all, +0.0 % of itself"},
		"mask": {"u2", "change +20.00 % of all, +100.0 % of itself"},
		"send": {"u1", "in all places 31 ms, before 30 ms: change +1.00 % of all, +3.3 % of itself"},
		"new":  {"u2", "change +29.00 % of all, new"},
	} {
		if f := got[name]; !strings.Contains(f.class, "fg-"+want.class) || !strings.HasSuffix(f.title, want.change) {
			t.Errorf("%s is %+v; want %+v", name, f, want)
		}
	}
	if _, ok := got["old"]; ok {
		t.Error("what is not there any more has a width")
	}
}

// Per message, before has 2 ms each of 100, after 1 ms each of 100.
func TestDiffPerMessage(t *testing.T) {
	got := compare(t, unfold(t, before), unfold(t, after), flame.Options{Per: 100, PerA: 100, Unit: "ns/msg"})
	if f := got["copy"]; !strings.Contains(f.class, "fg-d2") || !strings.Contains(f.title, "200000 ns/msg, before 400000 ns/msg: change -20.00 % of all, -50.0 % of itself") {
		t.Errorf("copy is %+v", f)
	}
	var b bytes.Buffer
	if err := flame.Diff(&b, unfold(t, before), unfold(t, after), flame.Options{Per: 100, PerA: 100, Unit: "ns/msg"}); err != nil {
		t.Fatal(err)
	}
	if text := b.String(); !strings.Contains(text, "All: ") || strings.Contains(text, "before 0 ns/msg.") {
		t.Errorf("the whole before is not told: %.900s", text)
	}
}

func TestDiffGone(t *testing.T) {
	var out bytes.Buffer
	if err := flame.Diff(&out, unfold(t, before), unfold(t, after), flame.Options{PerA: 2}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "Functions of before that are gone: 1.") {
		t.Error("what has gone is not counted")
	}
	golden(t, "testdata/diff.svg", out.String())
}

func TestDiffErrors(t *testing.T) {
	other := unfold(t, after)
	other.SampleType[1].Unit = "bytes"
	if err := flame.Diff(&bytes.Buffer{}, unfold(t, before), other, flame.Options{}); err == nil || !strings.Contains(err.Error(), "want one unit") {
		t.Errorf("two units: %v", err)
	}
	if err := flame.Diff(&bytes.Buffer{}, unfold(t, ""), unfold(t, after), flame.Options{}); err == nil {
		t.Error("a profile without samples is compared")
	}
}

// Real captures, each against another.
func TestDiffCaptures(t *testing.T) {
	a, b := unfold(t, capture(t, "wsbench-net-200-16384")), unfold(t, capture(t, "wsbench-epoll-200-16384"))
	compare(t, a, b, flame.Options{})
	compare(t, b, a, flame.Options{Per: 1e5, PerA: 2e5})
	for name, f := range compare(t, a, a, flame.Options{}) {
		if name != "" && f.row > 0 && !strings.Contains(f.class, "fg-e0") {
			t.Errorf("against itself %s has changed: %s", name, f.title)
		}
	}
}
