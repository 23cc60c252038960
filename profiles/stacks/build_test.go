package stacks

import "testing"

// A profile has no more distinct samples than its bound, counts what it leaves
// out, and goes on counting those it has.
func TestSurplus(t *testing.T) {
	b := newBuilder()
	b.most = 2
	for _, addr := range []uint64{1, 2, 3, 1} {
		b.add(b.stack([]entry{{addr: addr, symbol: "f"}}), labels{}, []int64{1})
	}
	if len(b.p.Sample) != 2 || b.p.Sample[0].Value[0] != 2 || b.surplus != 1 {
		t.Errorf("%d samples, the first %v, %d left out", len(b.p.Sample), b.p.Sample[0].Value, b.surplus)
	}
}

// Inlined functions are lines of the location that holds their code, where
// perf gives it, and do not get lost where it does not.
func TestInlined(t *testing.T) {
	b := newBuilder()
	stack := b.stack([]entry{
		{addr: 1, symbol: "a", inlined: true}, {addr: 1, symbol: "b", inlined: true}, {addr: 1, symbol: "c", dso: "/x"},
		{addr: 2, symbol: "d", inlined: true}, {addr: 3, symbol: "e", dso: "/x"}, {addr: 4, symbol: "f", inlined: true},
	})
	var lines []int
	for _, l := range stack {
		lines = append(lines, len(l.Line))
	}
	if len(lines) != 4 || lines[0] != 3 || lines[1] != 1 || lines[2] != 1 || lines[3] != 1 {
		t.Fatalf("lines of the locations %v", lines)
	}
	if l := stack[0]; l.Line[0].Function.Name != "a" || l.Line[2].Function.Name != "c" || l.Mapping.File != "/x" {
		t.Errorf("the first location is %v", l.Line)
	}
}
