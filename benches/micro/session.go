package micro

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wsbench/benches/results"
)

// Comparison is functions to be compared with each other. They are named as
// benchmarks are, without "Benchmark".
type Comparison struct {
	Pkg   string // import path of what is measured
	Funcs []Func
	Plan  Plan
}

// Measure carries comparisons out, one after the other, and adds their samples
// to res: a block for each round. Each comparison has an order of its own, drawn
// from its plan's seed and its place in the list. A comparison that fails or is
// interrupted ends the list and leaves no samples.
func Measure(ctx context.Context, list []Comparison, res *results.Results) error {
	block, began := 1, time.Now()
	for i, c := range list {
		at := time.Since(began)
		c.Plan.Seed += uint64(i)
		got, err := Compare(ctx, c.Funcs, c.Plan)
		if ctx.Err() != nil {
			res.Interrupted = fmt.Sprintf("after %d of %d comparisons", i, len(list))
		}
		if err != nil {
			return err
		}
		got.Pkg = c.Pkg
		for _, s := range got.Lines(block) {
			s.At = at
			res.Samples = append(res.Samples, s)
		}
		block += got.Rounds()
	}
	return nil
}

// Lines returns the samples for a results file, one round after the other. The
// variants' names are those of benchmarks. The first round is block first.
func (r *Result) Lines(first int) []results.Sample {
	var names []results.Name
	for _, name := range r.Names {
		names = append(names, results.ParseName(name))
	}
	var list []results.Sample
	for round := range r.Rounds() {
		for i, name := range names {
			ns := r.Samples[i][round]
			s := results.Sample{Name: name, Pkg: r.Pkg, Block: first + round, Iters: int64(r.Iters[i]), Values: map[string]float64{"ns/op": ns}}
			if r.Bytes[i] > 0 {
				s.Values["B/s"] = float64(r.Bytes[i]) * 1e9 / ns
			}
			list = append(list, s)
		}
	}
	return list
}

// Read returns what was measured from its samples, in the order of the file: it
// inverts Measure.
func Read(samples []results.Sample) (list []*Result) {
	for len(samples) > 0 {
		n := 1
		for n < len(samples) && samples[n].Block == samples[0].Block {
			n++
		}
		round := readRound(samples[:n])
		samples = samples[n:]
		if last := len(list) - 1; last >= 0 && list[last].Pkg == round.Pkg && slices.Equal(list[last].Names, round.Names) {
			for i, s := range round.Samples {
				list[last].Samples[i] = append(list[last].Samples[i], s...)
			}
			continue
		}
		list = append(list, round)
	}
	return list
}

// readRound returns a comparison of one round.
func readRound(samples []results.Sample) *Result {
	r := &Result{Pkg: samples[0].Pkg}
	for _, s := range samples {
		bytes := 0.0
		if s.Values["B/s"] > 0 {
			bytes, _ = results.Number(s.Name.Value("size"))
		}
		r.Names = append(r.Names, strings.TrimPrefix(s.Name.String(), "Benchmark"))
		r.Bytes = append(r.Bytes, int(bytes))
		r.Iters = append(r.Iters, int(s.Iters))
		r.Samples = append(r.Samples, []float64{s.Values["ns/op"]})
	}
	return r
}
