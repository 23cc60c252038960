package micro

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"
)

// Func is one variant of a comparison.
type Func struct {
	Name  string
	Bytes int // payload of one operation; 0: none
	// Run does the operation n times. An error ends the comparison.
	Run func(n int) error
}

// MinRounds is the least number of rounds of a comparison, whatever its
// budget: with it the exact interval at 95 % leaves out the extremes.
const MinRounds = 9

// MaxRounds is the most, which bounds what the exact statistics cost.
const MaxRounds = 301

// Plan is how much a comparison measures. The zero value is a valid plan of
// MinRounds rounds.
type Plan struct {
	Rounds int                  // rounds wanted; 0: as many as Budget allows, up to MaxRounds
	Budget time.Duration        // no round begins after it, MinRounds apart; 0: no limit, or MinRounds if Rounds is 0
	Batch  time.Duration        // length of a batch; 0: DefaultBatch
	Seed   uint64               // the order of the variants is drawn from it
	Clock  func() time.Duration // monotonic; nil: the host's
}

// DefaultBatch is long beside a reading of the clock (some 20 ns) and short
// beside the kernel's tick and the host's drift.
const DefaultBatch = 60 * time.Microsecond

// Result is what a comparison measured.
type Result struct {
	Pkg     string      // import path of what was measured; "": not known
	Names   []string    // by variant, as all that follow
	Bytes   []int       // payload of one operation; 0: none
	Iters   []int       // operations per batch
	Samples [][]float64 // ns per operation, round by round
}

// Compare measures fns against each other. It finds how many operations make a
// batch, then runs rounds of one batch each until plan is fulfilled. Each batch
// begins with a few operations that are not timed, so that it finds in the
// caches and predictors what it would leave there itself. A caller that wants to
// stay on one CPU calls [Pin] before.
func Compare(ctx context.Context, fns []Func, plan Plan) (*Result, error) {
	plan, err := plan.complete(len(fns))
	if err != nil {
		return nil, err
	}
	m := &meter{plan: plan, fns: fns, res: &Result{Samples: make([][]float64, len(fns))}}
	for _, f := range fns {
		n, err := m.calibrate(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.Name, err)
		}
		m.res.Names = append(m.res.Names, f.Name)
		m.res.Bytes = append(m.res.Bytes, f.Bytes)
		m.res.Iters = append(m.res.Iters, n)
	}
	return m.res, m.rounds(ctx)
}

func (p Plan) complete(fns int) (Plan, error) {
	switch {
	case fns == 0:
		return p, errors.New("micro: nothing to compare: pass one Func or more")
	case p.Rounds < 0 || p.Budget < 0 || p.Batch < 0:
		return p, fmt.Errorf("micro: rounds %d, budget %v, batch %v: none may be negative", p.Rounds, p.Budget, p.Batch)
	}
	if p.Batch == 0 {
		p.Batch = DefaultBatch
	}
	if p.Rounds == 0 && p.Budget == 0 {
		p.Rounds = MinRounds
	}
	if p.Rounds == 0 || p.Rounds > MaxRounds {
		p.Rounds = MaxRounds
	}
	if p.Clock == nil {
		began := time.Now()
		p.Clock = func() time.Duration { return time.Since(began) }
	}
	return p, nil
}

type meter struct {
	plan Plan
	fns  []Func
	res  *Result
}

// rounds measures until the plan is fulfilled.
func (m *meter) rounds(ctx context.Context) error {
	began := m.plan.Clock()
	draw := rand.New(rand.NewPCG(m.plan.Seed, 0))
	for round := 0; round < m.plan.Rounds; round++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if m.plan.Budget > 0 && round >= MinRounds && m.plan.Clock()-began >= m.plan.Budget {
			return nil
		}
		for _, i := range draw.Perm(len(m.fns)) {
			ns, err := m.batch(m.fns[i], m.res.Iters[i])
			if err != nil {
				return fmt.Errorf("%s: %w", m.fns[i].Name, err)
			}
			m.res.Samples[i] = append(m.res.Samples[i], ns)
		}
	}
	return nil
}

// batch returns the time of one of n operations, in ns.
func (m *meter) batch(f Func, n int) (float64, error) {
	if warm := n / 16; warm > 0 {
		if err := f.Run(warm); err != nil {
			return 0, err
		}
	}
	d, err := m.time(f, n)
	return float64(d) / float64(n), err
}

func (m *meter) time(f Func, n int) (time.Duration, error) {
	began := m.plan.Clock()
	err := f.Run(n)
	return m.plan.Clock() - began, err
}

// calibrate finds how many operations take about as long as a batch: it
// doubles them until they take a quarter of one. One operation at least.
func (m *meter) calibrate(f Func) (int, error) {
	const most = 1 << 30
	for n := 1; ; n *= 2 {
		d, err := m.time(f, n)
		if err != nil {
			return 0, err
		}
		if again, err := m.time(f, n); err != nil {
			return 0, err
		} else if again < d { // the first pays for page faults and cold code
			d = again
		}
		if d >= m.plan.Batch/4 && d > 0 || n >= most {
			return max(1, min(most, int(float64(n)*float64(m.plan.Batch)/float64(max(d, 1))))), nil
		}
		if n > 1<<20 {
			runtime.Gosched()
		}
	}
}
