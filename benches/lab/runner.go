package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// Outcome is a turn that came to its end.
type Outcome struct {
	Messages int64                   // within the window
	Echoes   int64                   // of the whole turn, warm-up and drain included
	Values   map[string]float64      // by unit
	Latency  *hdrhistogram.Histogram // ns; nil: not known
	Doubt    string                  // why the turn is no sample; "" if it is one
	Notes    []string                // what the reader must know from here on
}

// Executor carries out turns. It is called by one goroutine, one turn at a
// time, of variant v, an index into the plan's, in block b. An error ends the
// turns of v under the block's case, a *ServerFault all of v's; where ctx ended, the turn
// is not a sample and nobody's fault.
type Executor interface {
	Turn(ctx context.Context, v int, b Block) (Outcome, error)
}

// ServerFault is an error after which a server can take no more turns.
type ServerFault struct{ Reason string }

func (e *ServerFault) Error() string { return e.Reason }

// Watcher is told how a session goes on.
type Watcher interface {
	Turn(b Block, so Tally, total int, left time.Duration) // after every turn of total
}

// Tally counts what a session came to.
type Tally struct {
	Done     int // turns of the plan that were carried out or fell away
	Samples  int
	LeftOut  int // turns left out, repeated ones among them
	Failures int // variants or pairs whose turns ended early
	Alive    int // pairs of variant and case that could still take turns
}

// Runner carries a plan out, block by block.
type Runner struct {
	Plan    Plan
	Exec    Executor
	Journal Journal
	Watch   Watcher
	Now     func() time.Time
	Keep    *Histograms // saved after each round; nil: none are kept

	// Deadline, where there is one, is kept: turns are no longer repeated, and
	// the last rounds fall away, when it nears.
	Deadline time.Time

	tally    Tally
	repeated int             // turns
	taken    int             // turns that were carried out
	spent    time.Duration   // in them
	dead     map[[2]int]bool // variant, case
	began    time.Time
}

// Exclude marks variant v as unable to take turns under case c.
func (r *Runner) Exclude(v, c int) {
	if r.dead == nil {
		r.dead = map[[2]int]bool{}
	}
	r.dead[[2]int{v, c}] = true
}

// Run takes all turns of the plan, or those until ctx ends; the error is then
// ctx's. Every sample is in the journal before the next turn begins; an error
// of the journal ends the session.
func (r *Runner) Run(ctx context.Context) (Tally, error) {
	r.began = r.Now()
	err := r.blocks(ctx)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		text := fmt.Sprintf("after %d of %d turns", r.tally.Done, r.Plan.Turns())
		err = errors.Join(ctx.Err(), r.Journal.Interrupted(text))
	}
	r.tally.Alive = r.alive()
	return r.tally, err
}

// maxRepeats bounds the turns that are repeated to 1 in so many of the plan's:
// on a host that is busy throughout, repeating is futile, and the session is
// to end when it said.
const maxRepeats = 8

func (r *Runner) blocks(ctx context.Context) error {
	round := 1
	for _, b := range r.Plan.Blocks() {
		if !r.inTime(b) {
			return r.Journal.Note(r.cut(b))
		}
		if b.Round != round {
			round = b.Round
			if err := r.Keep.Save(); err != nil {
				return err
			}
		}
		if err := r.block(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

func (r *Runner) block(ctx context.Context, b Block) error {
	if err := r.Journal.Block(b); err != nil {
		return err
	}
	var again []int
	for _, v := range b.Order {
		leftOut, err := r.turn(ctx, v, b)
		if err != nil {
			return err
		}
		if leftOut {
			again = append(again, v)
		}
		r.tally.Done++
		r.Watch.Turn(b, r.tally, r.Plan.Turns(), r.left())
	}
	for _, v := range again {
		if r.repeated == r.Plan.Turns()/maxRepeats || !r.spare() {
			break
		}
		r.repeated++
		if _, err := r.turn(ctx, v, b); err != nil {
			return err
		}
	}
	return nil
}

// turn is one turn of variant v, and tells whether it was left out. The error
// is one that ends the session.
func (r *Runner) turn(ctx context.Context, v int, b Block) (leftOut bool, err error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if r.dead[[2]int{v, b.CaseIndex}] {
		return false, nil
	}
	began := r.Now()
	out, err := r.Exec.Turn(ctx, v, b)
	r.taken++
	r.spent += r.Now().Sub(began)
	return r.record(ctx, v, b, out, err)
}

// record writes down what became of a turn.
func (r *Runner) record(ctx context.Context, v int, b Block, out Outcome, err error) (leftOut bool, _ error) {
	variant := r.Plan.Variants[v]
	for _, n := range out.Notes {
		if err := r.Journal.Note(n); err != nil {
			return false, err
		}
	}
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err != nil:
		return false, r.fail(v, b, err)
	case out.Doubt != "":
		r.tally.LeftOut++
		return true, r.Journal.LeftOut(variant.Name(b.Case), out.Doubt)
	}
	r.tally.Samples++
	r.Keep.Add(variant.Name(b.Case), out.Latency)
	return false, r.Journal.Sample(Sample{variant, b.Case, b.ID, out.Messages, out.Values})
}

// fail takes variant v out of the session: under the case of b, or altogether
// if its server is lost.
func (r *Runner) fail(v int, b Block, err error) error {
	r.tally.Failures++
	variant := r.Plan.Variants[v]
	var fault *ServerFault
	if !errors.As(err, &fault) {
		r.Exclude(v, b.CaseIndex)
		return r.Journal.Skip(variant.Name(b.Case), err.Error())
	}
	for c := range r.Plan.Cases {
		r.Exclude(v, c)
	}
	return r.Journal.Skip(variant.Prefix(), err.Error())
}

func (r *Runner) alive() (n int) {
	for v := range r.Plan.Variants {
		for c := range r.Plan.Cases {
			if !r.dead[[2]int{v, c}] {
				n++
			}
		}
	}
	return n
}
