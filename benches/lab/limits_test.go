package lab

import (
	"strings"
	"testing"

	"wsbench/benches/results"
)

func TestTooMany(t *testing.T) {
	cases := []results.Case{results.EchoCase(100, 20, 1), results.EchoCase(500, 20, 1), results.EchoCase(10, 20, 1)}
	got := TooMany(cases, 4, spareDescriptors+440, false)
	if got[0] != "" || got[2] != "" || !strings.Contains(got[1], "ulimit -n") {
		t.Errorf("%q", got)
	}
	if got = TooMany(cases, 1, spareDescriptors+500, true); got[0]+got[1]+got[2] != "" {
		t.Errorf("one case at a time: %q", got)
	}
}

// A case that tells of no connections is not said to have any.
func TestTooManyWithoutConnections(t *testing.T) {
	c := ChunkCase(50, Coalesced, ShapeFrames, AnswerCount)
	got := TooMany([]results.Case{c}, 2, 40, false)[0]
	if want := "too few descriptors: this process and its servers need 128 "; !strings.HasPrefix(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
