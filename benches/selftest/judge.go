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
	Early       int // those decided at a look before the end, likewise
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

// Judging is how sub-sessions are made and judged.
type Judging struct {
	Sessions int     // sub-sessions of each kind
	Looks    int     // how often each is judged, at its end for the last time
	Margin   float64 // the share that does not matter
	Seed     uint64  // of labels and noise
}

// family is a sub-session, for the test: of the comparisons of identical servers
// and, in the place of one of them, those with slow ones.
type family struct {
	terms  results.Terms
	blocks int // of all comparisons of identical servers
	same   []results.Series
	slow   []slowSet
}

type slowSet struct {
	share float64
	place int // of the comparison that it takes part instead of
	set   results.Series
}

// outcome is a family, judged.
type outcome struct {
	blocks, equivalent, early int
	alarm                     bool
	slow                      []results.Finding
}

// judge judges a family as a session is judged, look by look.
func (f family) judge(better string) (o outcome) {
	o.blocks = f.blocks
	for _, d := range f.terms.Judge(f.same, better) {
		switch d.Verdict.Kind {
		case results.Equivalent:
			o.equivalent++
		case results.Faster, results.Slower:
			o.alarm = true
		}
		if d.Decided && d.Share < 1 {
			o.early++
		}
	}
	sets := slices.Clone(f.same)
	for _, s := range f.slow {
		sets[s.place] = s.set
		o.slow = append(o.slow, f.terms.Judge(sets, better)[s.place].Verdict.Kind)
		sets[s.place] = f.same[s.place]
	}
	return o
}

// add counts a family.
func (t *Tally) add(f family, o outcome) {
	t.Sessions++
	t.Blocks += o.blocks
	t.Equivalent += o.equivalent
	t.Early += o.early
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
func (t *Tally) judgeAll(ctx context.Context, n int, better string, make func(i int) family) error {
	var mu sync.Mutex
	var done sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		done.Go(func() {
			for i := w; i < n && ctx.Err() == nil; i += workers {
				f := make(i)
				o := f.judge(better)
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

// Share returns how many times as long as a session a record has to be that has as many
// blocks of each comparison, both of so many cases. A session is the reference, its second
// process and Family comparisons; a record has all slow servers besides.
func Share(cases int) float64 {
	record := Family + cases + cases*len(Levels)
	return float64(record) / float64(Family+2*cases)
}

// Stretch returns how much of the record stands for a session of a length: nine
// tenths, as a session begins and ends, too, times Share.
func (r *Record) Stretch(session time.Duration) time.Duration {
	return time.Duration(0.9 * Share(len(r.Cases)) * float64(session))
}

// lengths are the sessions that sub-sessions stand for.
var lengths = []time.Duration{time.Minute, 2 * time.Minute, 5 * time.Minute}

// Judge makes sub-sessions of each length that the record has, or of all of
// one that is shorter, and judges them: those of quiet stretches, and those of others.
// The end of ctx ends it early, with its error.
func (r *Record) Judge(ctx context.Context, how Judging) (list []Tally, err error) {
	all := r.Length()
	for _, length := range lengths {
		own := r.Stretch(length)
		if own > all {
			break
		}
		some, err := r.judgeStretches(ctx, how, Tally{Length: length, Stretches: int(all / own)}, own)
		if list = append(list, some...); err != nil {
			return list, err
		}
	}
	if len(list) > 0 || all == 0 {
		return list, nil
	}
	shorter := time.Duration(float64(all) / float64(r.Stretch(time.Hour)) * float64(time.Hour))
	return r.judgeStretches(ctx, how, Tally{Length: shorter, Stretches: 1}, all)
}

// stretch is consecutive rounds that stand for a session.
type stretch struct {
	rounds []round
	looks  []results.Look // before the end
}

// stretch returns the i-th stretch of a length, with as many looks as a session has.
func (r *Record) stretch(i int, length time.Duration, looks int) (s stretch) {
	from := r.rounds[0].at + time.Duration(i)*length
	for _, x := range r.rounds {
		if x.at >= from && x.at < from+length {
			s.rounds = append(s.rounds, x)
		}
	}
	for _, share := range stat.Doubling(looks) {
		due := from + time.Duration(share*float64(length))
		if n := slices.IndexFunc(s.rounds, func(x round) bool { return x.at >= due }); share < 1 && n > 0 {
			s.looks = append(s.looks, results.Look{Block: s.rounds[n-1].block, Share: share})
		}
	}
	return s
}

// judgeStretches judges sub-sessions of stretches of a length, quiet ones first.
func (r *Record) judgeStretches(ctx context.Context, how Judging, of Tally, length time.Duration) (list []Tally, err error) {
	for _, quiet := range []bool{true, false} {
		var stretches []stretch
		for i := range of.Stretches {
			if s := r.stretch(i, length, how.Looks); r.quiet(s.rounds) == quiet {
				stretches = append(stretches, s)
			}
		}
		if len(stretches) == 0 {
			continue
		}
		t := Tally{Length: of.Length, Stretches: len(stretches), Quiet: quiet}
		if err := t.judgeAll(ctx, how.Sessions, r.Unit.Better, r.drawn(stretches, how)); err != nil {
			return list, err
		}
		list = append(list, t)
	}
	return list, nil
}

// QuietShare is the run-queue delay of a quiet stretch, as a share of its runs, and its steal,
// as a share of the CPUs' time, at most.
const QuietShare = 0.02

// quiet reports whether delay and steal are known to be small. The steal of rounds is that
// of their starts of the servers.
func (r *Record) quiet(rounds []round) bool {
	waited, n, stolen := 0.0, 0, 0.0
	for _, x := range rounds {
		share, ok := r.steal[x.epoch]
		if !ok {
			return false
		}
		waited, n, stolen = waited+x.waited, n+x.known, stolen+share
	}
	return n > 0 && waited <= QuietShare*float64(n) && stolen <= QuietShare*float64(len(rounds))
}

// drawn returns what makes sub-session i, of one of the stretches.
func (r *Record) drawn(stretches []stretch, how Judging) func(i int) family {
	n := len(stretches)
	return func(i int) family {
		rng := rand.New(rand.NewPCG(how.Seed, uint64(i)))
		return r.family(stretches[i%n], r.Cases[i/n%len(r.Cases)], how.Margin, rng)
	}
}

// family returns a sub-session of a stretch whose labels are drawn: the first is the
// reference, the second its A/A process. The slow servers are those under case slow.
func (r *Record) family(of stretch, slow results.Case, margin float64, rng *rand.Rand) (f family) {
	f.terms = results.Terms{Margin: margin, Looks: of.looks}
	for _, c := range r.Cases {
		labels := map[int][]int{} // by epoch
		for _, x := range of.rounds {
			if labels[x.epoch] == nil {
				labels[x.epoch] = rng.Perm(len(r.Same))
			}
		}
		value := func(x round, label int) float64 {
			return x.values[cell{r.Same[labels[x.epoch][label]], c}]
		}
		reference := func(x round) float64 { return middle(value(x, 0), value(x, 1)) }
		if c == slow {
			f.slow = r.slowSets(of.rounds, c, len(f.same)+1, reference, f.terms)
		}
		for label := range r.Same[1:] {
			base := reference
			if label == 0 { // the A/A process
				base = func(x round) float64 { return value(x, 0) }
			}
			var p paired
			for _, x := range of.rounds {
				p.add(value(x, 1+label), base(x), x)
			}
			f.blocks += len(p)
			f.same = append(f.same, f.terms.Series(p))
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
func (r *Record) slowSets(rounds []round, c results.Case, place int, reference func(round) float64, terms results.Terms) (list []slowSet) {
	for _, s := range r.Slow {
		if s.Case != c {
			continue
		}
		var p paired
		for _, x := range rounds {
			p.add(x.values[cell{s.Server, c}], reference(x), x)
		}
		list = append(list, slowSet{s.Share, place, terms.Series(p)})
	}
	return list
}
