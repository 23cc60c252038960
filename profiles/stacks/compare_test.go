package stacks

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/google/pprof/profile"
)

// perf's and Go's profile of one run of the reference server agree on where
// user-space functions' time goes, as far as both can see it.
func TestComparePair(t *testing.T) {
	for _, io := range []string{"net", "epoll"} {
		t.Run(io, func(t *testing.T) {
			perf, _ := readCapture(t, "pair-"+io+".txt.gz")
			goes, _ := readCapture(t, "pair-"+io+".pb.gz")
			rows, _ := Compare(perf, goes)
			var b bytes.Buffer
			var a, bb float64
			for _, r := range rows {
				fmt.Fprintf(&b, "%6.2f %6.2f %+6.2f  %6.2f %6.2f  %s\n", 100*r.A, 100*r.B, 100*r.Diff(), 100*r.CumA, 100*r.CumB, r.Name)
				a, bb = a+r.A, bb+r.B
			}
			golden(t, "pair-"+io+".compare", b.Bytes())
			if math.Abs(a-1) > 1e-9 || math.Abs(bb-1) > 1e-9 {
				t.Errorf("shares add up to %v and %v", a, bb)
			}
			if most := rows[0]; most.Name != "internal/runtime/syscall/linux.Syscall6" || math.Abs(most.Diff()) > 0.1 {
				t.Errorf("the most of both is %+v", most)
			}
		})
	}
}

func TestCompareNothing(t *testing.T) {
	perf, _ := readCapture(t, "pair-net.txt.gz")
	off, _ := readCapture(t, "perf6.1-offcpu.txt.gz")
	if rows, by := Compare(perf, off); rows != nil || by != "" {
		t.Errorf("profiles without a common sample type: %v", rows)
	}
	if rows, _ := Compare(perf, &profile.Profile{SampleType: perf.SampleType}); rows != nil {
		t.Errorf("an empty profile: %v", rows)
	}
}

func TestPlainName(t *testing.T) {
	for symbol, want := range map[string]string{
		"runtime.goexit.abi0":                             "runtime.goexit",
		"main.(*T[go.shape.int]).f":                       "main.(*T[...]).f",
		"main.f[go.shape.[]uint8,go.shape.int].func1":     "main.f[...].func1",
		"type:.eq.struct { F [2]int }":                    "type:.eq.struct { F [2]int }",
		"std::vector<int>::operator[](unsigned long)":     "std::vector<int>::operator[](unsigned long)",
		"LazyCompile:*spin (a b) [c.js]:1":                "LazyCompile:*spin (a b) [c.js]:1",
		"[unknown in libc.so.6]":                          "[unknown in libc.so.6]",
		"main.open[":                                      "main.open[",
		"main.(*Pair[go.shape.int,go.shape.[4]int]).Swap": "main.(*Pair[...]).Swap",
	} {
		if got := plainName(symbol); got != want {
			t.Errorf("%s: %s, want %s", symbol, got, want)
		}
	}
}
