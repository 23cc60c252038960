package selftest

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Tally is what sub-sessions of one kind came to.
type Tally struct {
	Length      time.Duration // of the session that each stands for
	Stretches   int           // of the record, of which none overlap
	Quiet       bool          // their run-queue delay and steal were at most QuietShare
	Sessions    int
	Blocks      int // of each comparison, in the mean
	FalseAlarms int // families of identical servers of which one is called different
	Equivalent  int // comparisons of identical servers, of Sessions * Family
	Found       []Found
}

// Found is how comparisons with a server that is slower by a share were decided.
type Found struct {
	Share    float64
	Sessions int
	Kinds    map[results.Finding]int
}

// Rate is how many of so many it was, and the interval of the probability.
type Rate struct {
	K, N int
	stat.Interval
}

// Share returns K of N.
func (r Rate) Share() float64 { return float64(r.K) / float64(max(1, r.N)) }

// RateOf returns k of n.
func RateOf(k, n int) Rate {
	return Rate{k, n, stat.BinomialInterval(k, n, results.Confidence)}
}

// Alarms returns how many families had a false alarm.
func (t Tally) Alarms() Rate { return RateOf(t.FalseAlarms, t.Sessions) }

// Slower returns how many times the slow-down was found.
func (f Found) Slower() Rate { return RateOf(f.Kinds[results.Slower], f.Sessions) }

// family is a sub-session, for the test: of the comparisons of identical servers
// and, in the place of one of them, those with slow ones.
type family struct {
	blocks int // of all comparisons of identical servers
	same   [][]float64
	slow   []slowSet
}

type slowSet struct {
	share float64
	place int // of the comparison that it takes part instead of
	set   []float64
}

// outcome is a family, judged.
type outcome struct {
	blocks, equivalent int
	alarm              bool
	slow               []results.Finding
}

// judge judges a family as a session is judged.
func (f family) judge(better string, margin float64) (o outcome) {
	o.blocks = f.blocks
	for _, d := range results.Judge(f.same, better, margin) {
		switch d.Verdict.Kind {
		case results.Equivalent:
			o.equivalent++
		case results.Faster, results.Slower:
			o.alarm = true
		}
	}
	sets := append([][]float64(nil), f.same...)
	for _, s := range f.slow {
		sets[s.place] = s.set
		o.slow = append(o.slow, results.Judge(sets, better, margin)[s.place].Verdict.Kind)
		sets[s.place] = f.same[s.place]
	}
	return o
}

// add counts a family.
func (t *Tally) add(f family, o outcome) {
	t.Sessions++
	t.Blocks += o.blocks
	t.Equivalent += o.equivalent
	if o.alarm {
		t.FalseAlarms++
	}
	for i, kind := range o.slow {
		found := t.found(f.slow[i].share)
		found.Sessions++
		found.Kinds[kind]++
	}
}

// found returns what is counted of a slow-down.
func (t *Tally) found(share float64) *Found {
	i := slices.IndexFunc(t.Found, func(f Found) bool { return f.Share >= share })
	if i < 0 {
		i = len(t.Found)
	}
	if i == len(t.Found) || t.Found[i].Share > share {
		t.Found = slices.Insert(t.Found, i, Found{Share: share, Kinds: map[results.Finding]int{}})
	}
	return &t.Found[i]
}

// judgeAll makes and judges n families, on all CPUs, into t. The end of ctx
// ends it early.
func (t *Tally) judgeAll(ctx context.Context, n int, better string, margin float64, make func(i int) family) error {
	var mu sync.Mutex
	var done sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		done.Go(func() {
			for i := w; i < n && ctx.Err() == nil; i += workers {
				f := make(i)
				o := f.judge(better, margin)
				mu.Lock()
				t.add(f, o)
				mu.Unlock()
			}
		})
	}
	done.Wait()
	t.Blocks /= max(1, t.Sessions*Family)
	return ctx.Err()
}

// Stretch returns how much of a record stands for a session of a length: nine
// tenths, as a session begins and ends, too.
func Stretch(session time.Duration) time.Duration { return session / 10 * 9 }

// lengths are the sessions that sub-sessions stand for.
var lengths = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute}

// Judge makes n sub-sessions of each length that the record has, or of all of
// one that is shorter, and judges them: those of quiet stretches, and those of others.
// Differences up to margin, a share, do not matter. The labels are drawn from the seed.
// The end of ctx ends it early, with its error.
func (r *Record) Judge(ctx context.Context, n int, margin float64, seed uint64) (list []Tally, err error) {
	all := r.Length()
	for _, length := range lengths {
		own := Stretch(length)
		if own > all {
			break
		}
		some, err := r.judgeStretches(ctx, n, margin, seed, Tally{Length: length, Stretches: int(all / own)}, own)
		if list = append(list, some...); err != nil {
			return list, err
		}
	}
	if len(list) > 0 || all == 0 {
		return list, nil
	}
	return r.judgeStretches(ctx, n, margin, seed, Tally{Length: all, Stretches: 1}, all)
}

// judgeStretches judges sub-sessions of stretches of a length, quiet ones first.
func (r *Record) judgeStretches(ctx context.Context, n int, margin float64, seed uint64, of Tally, length time.Duration) (list []Tally, err error) {
	for _, quiet := range []bool{true, false} {
		var stretches [][]round
		for i := range of.Stretches {
			if rounds := r.stretch(i, length); r.quiet(rounds) == quiet {
				stretches = append(stretches, rounds)
			}
		}
		if len(stretches) == 0 {
			continue
		}
		t := Tally{Length: of.Length, Stretches: len(stretches), Quiet: quiet}
		if err := t.judgeAll(ctx, n, r.Unit.Better, margin, r.drawn(stretches, seed)); err != nil {
			return list, err
		}
		list = append(list, t)
	}
	return list, nil
}

// QuietShare is the run-queue delay of a quiet stretch, as a share of its runs, and the steal
// of its session, as a share of the CPUs' time, at most.
const QuietShare = 0.02

// quiet reports whether delay and steal are known to be small.
func (r *Record) quiet(rounds []round) bool {
	sum, n := 0.0, 0
	for _, x := range rounds {
		sum, n = sum+x.waited, n+x.known
	}
	return n > 0 && sum <= QuietShare*float64(n) && r.Steal <= QuietShare
}

// drawn returns what makes sub-session i, of one of the stretches.
func (r *Record) drawn(stretches [][]round, seed uint64) func(i int) family {
	n := len(stretches)
	return func(i int) family {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		return r.family(stretches[i%n], r.Cases[i/n%len(r.Cases)], rng)
	}
}

// family returns a sub-session of rounds whose labels are drawn: the first is the
// reference, the second its A/A process. The slow servers are those under case slow.
func (r *Record) family(rounds []round, slow results.Case, rng *rand.Rand) (f family) {
	for _, c := range r.Cases {
		labels := map[int][]int{} // by epoch
		for _, x := range rounds {
			if labels[x.epoch] == nil {
				labels[x.epoch] = rng.Perm(len(r.Same))
			}
		}
		value := func(x round, label int) float64 {
			return x.values[cell{r.Same[labels[x.epoch][label]], c}]
		}
		reference := func(x round) float64 { return middle(value(x, 0), value(x, 1)) }
		if c == slow {
			f.slow = r.slowSets(rounds, c, len(f.same)+1, reference)
		}
		for label := range r.Same[1:] {
			base := reference
			if label == 0 { // the A/A process
				base = func(x round) float64 { return value(x, 0) }
			}
			var p paired
			for _, x := range rounds {
				p.add(value(x, 1+label), base(x), x.epoch)
			}
			f.blocks += len(p.ratios)
			f.same = append(f.same, p.units())
		}
	}
	return f
}

// middle returns the geometric mean of the values that are known, of a and b.
func middle(a, b float64) float64 {
	if a > 0 && b > 0 {
		return math.Sqrt(a * b)
	}
	return max(a, b)
}

// slowSets returns the comparisons of the servers that are slow under a case
// with the reference.
func (r *Record) slowSets(rounds []round, c results.Case, place int, reference func(round) float64) (list []slowSet) {
	for _, s := range r.Slow {
		if s.Case != c {
			continue
		}
		var p paired
		for _, x := range rounds {
			p.add(x.values[cell{s.Server, c}], reference(x), x.epoch)
		}
		list = append(list, slowSet{s.Share, place, p.units()})
	}
	return list
}
