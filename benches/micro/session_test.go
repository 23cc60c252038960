package micro

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/results"
)

// sweep is comparisons of a candidate that takes 30 ns with one that takes a
// nanosecond per byte.
func sweep(f *fake, sizes []int) (list []Comparison) {
	for _, size := range sizes {
		key := fmt.Sprintf("/size=%d", size)
		vector := f.takes("Unmask/impl=vector"+key, 30, 0)
		vector.Bytes = size
		word := f.takes("Unmask/impl=word"+key, time.Duration(size), 0)
		list = append(list, Comparison{Pkg: "wsbench/mask", Funcs: []Func{vector, word}, Plan: Plan{Clock: f.clock}})
	}
	return list
}

// What was measured is read back from its samples, comparison by comparison.
func TestMeasure(t *testing.T) {
	sizes := SweepSizes(4, false)
	if sizes[0] != 4 || sizes[len(sizes)-1] != SweepEnd || len(SweepSizes(4, true)) > len(sizes)/2 {
		t.Errorf("sizes %v", sizes)
	}
	res := &results.Results{}
	if err := Measure(t.Context(), sweep(&fake{}, sizes), res); err != nil {
		t.Fatal(err)
	}
	for i, s := range res.Samples {
		if want := i/2 + 1; s.Block != want {
			t.Fatalf("sample %d is of block %d, want %d", i, s.Block, want)
		}
	}
	var points []Point
	for i, got := range Read(res.Samples) {
		if want := fmt.Sprintf("Unmask/impl=vector/size=%d", sizes[i]); got.Names[0] != want || got.Pkg != "wsbench/mask" || !slices.Equal(got.Bytes, []int{sizes[i], 0}) || got.Rounds() != MinRounds {
			t.Fatalf("%+v, want %d rounds of %s", got, MinRounds, want)
		}
		points = append(points, Point{sizes[i], got.Ratios(0, 1)})
	}
	if c := Cross(points, 31, 50, 1); len(points) != len(sizes) || c.At != 31 || c.Lo != 31 || c.Hi != 31 {
		t.Errorf("got %+v of %d sizes, want 31 of %d", c, len(points), len(sizes))
	}
}

// An interruption keeps the comparisons that are whole.
func TestMeasureInterrupted(t *testing.T) {
	f := &fake{}
	ctx, cancel := context.WithCancel(t.Context())
	list := sweep(f, []int{20, 125, 300})
	run := list[1].Funcs[0].Run
	list[1].Funcs[0].Run = func(n int) error { cancel(); return run(n) }
	res := &results.Results{}
	err := Measure(ctx, list, res)
	if !errors.Is(err, context.Canceled) || res.Interrupted != "after 1 of 3 comparisons" || len(res.Samples) != 2*MinRounds {
		t.Errorf("%v, %q, %d samples", err, res.Interrupted, len(res.Samples))
	}
}

// Comparisons of other samples, too, are put together by their blocks and names.
func TestRead(t *testing.T) {
	var samples []results.Sample
	for _, s := range []struct {
		name  string
		block int
	}{{"A", 1}, {"B", 1}, {"A", 2}, {"B", 2}, {"A", 3}, {"C", 4}, {"C", 5}} {
		samples = append(samples, results.Sample{Name: results.ParseName(s.name), Block: s.block, Iters: 7, Values: map[string]float64{"ns/op": float64(s.block)}})
	}
	var got []string
	for _, r := range Read(samples) {
		got = append(got, fmt.Sprint(r.Names, r.Samples, r.Iters))
	}
	want := []string{"[A B] [[1 2] [1 2]] [7 7]", "[A] [[3]] [7]", "[C] [[4 5]] [7]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
