package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"syscall"

	"wsbench/benches/micro"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/mask"
)

// tolerance is how much dearer than the best a threshold may be and still
// agree with it: 2 %.
const tolerance = 0.02

// crossRun is one call of wsbench crossover.
type crossRun struct {
	microFlags
	quick  bool
	sets   []micro.Set
	rounds int // samples a size and kernel
	draws  int // for the intervals
	stdout io.Writer
	file   *results.Writer // of -format bench
	arena  *micro.Arena
	floors []crossFloor
}

func runCrossover(args []string, stdout, stderr io.Writer) error {
	r, err := parseCrossover(args, stdout)
	if err != nil {
		return err
	}
	release, err := micro.Pin(r.cpus)
	if err != nil {
		return usageError{"crossover: -pin: " + err.Error()}
	}
	defer release()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := r.run(ctx); err != nil {
		return fmt.Errorf("crossover: %w", err)
	}
	return nil
}

func parseCrossover(args []string, stdout io.Writer) (*crossRun, error) {
	r := &crossRun{stdout: stdout, draws: 200}
	fs := newFlags("crossover", "[flags]", stdout)
	r.register(fs)
	sets := fs.String("sets", "fresh,l2", "where payloads lie: hot (the same octets), fresh (others, in the L1), l2 and l3 (a working set larger than that cache); comma-separated")
	fs.IntVar(&r.rounds, "rounds", 61, "samples a size and kernel, where a verdict is to tell more")
	fs.BoolVar(&r.quick, "quick", false, "a third of the sizes and a quarter of the samples, for a first look")
	if err := parseFlags(fs, args, 0); err != nil {
		return nil, err
	}
	err := r.check()
	if err == nil && (r.rounds < micro.MinRounds || r.rounds > micro.MaxRounds) {
		err = fmt.Errorf("-rounds %d: want %d to %d", r.rounds, micro.MinRounds, micro.MaxRounds)
	}
	if r.quick {
		r.rounds, r.draws = max(micro.MinRounds, r.rounds/4), 100
	}
	if err == nil {
		r.sets, err = micro.ParseSets(*sets)
	}
	if err != nil {
		return nil, usageError{"crossover: " + err.Error()}
	}
	r.command = remake("crossover", args, r.seed)
	return r, nil
}

func (r *crossRun) run(ctx context.Context) (err error) {
	if r.format == benchFormat {
		if r.file, err = r.newFile(r.stdout); err != nil {
			return err
		}
	}
	r.arena = micro.NewArena(64<<10, r.sets, micro.HostCaches())
	var steps []crossStep
	for _, t := range mask.Thresholds() {
		s, err := r.step(ctx, t)
		if err != nil {
			return err
		}
		steps = append(steps, s)
	}
	heads, err := r.heads(ctx)
	if err != nil {
		return err
	}
	if err := r.besideFloor(ctx); err != nil {
		return err
	}
	far, err := r.far(ctx)
	if err != nil {
		return err
	}
	switch checks := append(heads, far...); r.format {
	case textFormat:
		return r.print(steps, checks)
	case jsonFormat:
		return report.WriteJSON(r.stdout, r.document(steps, checks))
	}
	return nil
}

// A crossStep is one kernel beside the next simpler one.
type crossStep struct {
	mask.Threshold
	lines  []crossLine
	pooled crossLine // over all conditions
}

// A crossLine is a crossing under one condition.
type crossLine struct {
	align  int
	set    micro.Set
	points []micro.Point
	micro.Crossing
}

func (r *crossRun) step(ctx context.Context, t mask.Threshold) (crossStep, error) {
	s := crossStep{Threshold: t}
	for _, set := range r.sets {
		for _, align := range []int{0, 1} {
			points, err := r.sweep(ctx, t, set, align)
			if err != nil {
				return s, err
			}
			s.lines = append(s.lines, r.line(align, set, points, t.From))
		}
	}
	s.pooled = r.line(0, "", pool(s.lines), t.From)
	return s, nil
}

func (r *crossRun) line(align int, set micro.Set, points []micro.Point, from int) crossLine {
	return crossLine{align, set, points, micro.Cross(points, from, r.draws, r.seed)}
}

// pool takes the geometric mean of the conditions, round by round.
func pool(lines []crossLine) (points []micro.Point) {
	for i, p := range lines[0].points {
		mean := micro.Point{Size: p.Size}
		for round := range p.Ratios {
			sum := 0.0
			for _, l := range lines {
				sum += math.Log(l.points[i].Ratios[round])
			}
			mean.Ratios = append(mean.Ratios, math.Exp(sum/float64(len(lines))))
		}
		points = append(points, mean)
	}
	return points
}

// sweep compares a kernel with the simpler one at every size.
func (r *crossRun) sweep(ctx context.Context, t mask.Threshold, set micro.Set, align int) ([]micro.Point, error) {
	return micro.Sweeper{
		Sizes: micro.SweepSizes(t.From, r.quick),
		Plan:  micro.Plan{Rounds: r.rounds, Batch: set.Batch(), Seed: r.seed},
		Pair: func(size int) (candidate, simpler micro.Func) {
			w := r.arena.Walk(set, size, align)
			return unmasking(t.Kernel, w), unmasking(t.Over, w)
		},
		Seen: func(size int, res *micro.Result) error {
			return r.write(res, size, align, r.arena.Walk(set, size, align).Set())
		},
	}.Sweep(ctx)
}

// write adds samples to the results of -format bench; the variants are named
// by their kernels.
func (r *crossRun) write(res *micro.Result, size, align int, set micro.Set) error {
	if r.file == nil {
		return nil
	}
	var names []string
	for _, name := range res.Names {
		names = append(names, fmt.Sprintf("Unmask/impl=%s/size=%s/align=%d/set=%s", name, micro.SizeName(size), align, set))
	}
	named := *res
	named.Names = names
	return writeLines(r.file, &named, "wsbench/mask", size)
}

func unmasking(k mask.Kernel, w *micro.Walk) micro.Func {
	return micro.Func{Name: k.String(), Run: func(n int) error {
		for range n {
			k.Unmask(w.Next(), floorKey)
		}
		return nil
	}}
}
