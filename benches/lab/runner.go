package lab

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wsbench/benches/results"
)

// Executor carries out runs. It is called by one goroutine, one run at a time,
// of server i of the plan in block b. An error ends the runs of that server
// under the block's case, a *ServerFault all of its runs; where ctx ended, the
// run is no sample, and no fault.
type Executor interface {
	Run(ctx context.Context, i int, b Block) (Outcome, error)
}

// Journal takes what a session comes to, as it comes. See results.Writer.
type Journal interface {
	Block(id, round int, c string, at time.Duration) error
	Sample(s results.Sample) error
	Discarded(name, reason string) error
	Skip(name, reason string) error
	Note(text string) error
	Interrupted(text string) error
}

// ServerFault is an error after which a server can take no more runs.
type ServerFault struct{ Reason string }

func (e *ServerFault) Error() string { return e.Reason }

// Tally counts what a session came to.
type Tally struct {
	Done      int // runs of the plan that were carried out or fell away
	Samples   int
	Discarded int // runs, repeated ones among them
	Failures  int // servers, or pairs of server and case, whose runs ended early
	Alive     int // pairs of server and case that could still take runs
}

// Runner carries a plan out, block by block.
type Runner struct {
	Plan    Plan
	Exec    Executor
	Journal Journal
	Watch   Progress
	Now     func() time.Time
	Keep    *results.Histograms // saved after each round; nil: none are kept

	// Deadline, where there is one, is kept: runs are no longer repeated, and
	// the last rounds fall away, when it nears.
	Deadline time.Time

	tally    Tally
	repeated int             // runs
	taken    int             // runs that were carried out
	spent    time.Duration   // in them
	dead     map[[2]int]bool // server, case
	began    time.Time
}

// Exclude marks server i as unable to take runs under case c.
func (r *Runner) Exclude(i, c int) {
	if r.dead == nil {
		r.dead = map[[2]int]bool{}
	}
	r.dead[[2]int{i, c}] = true
}

// Run takes all runs of the plan, or those until ctx ends; the error is then
// ctx's. Every sample is in the journal before the next run begins; an error
// of the journal ends the session.
func (r *Runner) Run(ctx context.Context) (Tally, error) {
	r.began = r.Now()
	err := r.blocks(ctx)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		text := fmt.Sprintf("after %d of %d runs", r.tally.Done, r.Plan.Runs())
		err = errors.Join(ctx.Err(), r.Journal.Interrupted(text))
	}
	r.tally.Alive = r.alive()
	return r.tally, err
}

// maxRepeats bounds the runs that are repeated to 1 in so many of the plan's:
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
	if err := r.Journal.Block(b.ID, b.Round, b.Case.String(), r.Now().Sub(r.began)); err != nil {
		return err
	}
	var again []int
	for _, i := range b.Order {
		discarded, err := r.run(ctx, i, b)
		if err != nil {
			return err
		}
		if discarded {
			again = append(again, i)
		}
		r.tally.Done++
		r.Watch.Run(b, r.tally, r.Plan.Runs(), r.left())
	}
	for _, i := range again {
		if r.repeated == r.Plan.Runs()/maxRepeats || !r.spare() {
			break
		}
		r.repeated++
		if _, err := r.run(ctx, i, b); err != nil {
			return err
		}
	}
	return nil
}

// run is one run of server i, and reports whether it was discarded. The error
// ends the session.
func (r *Runner) run(ctx context.Context, i int, b Block) (discarded bool, err error) {
	if r.dead[[2]int{i, b.CaseIndex}] {
		return false, nil
	}
	began := r.Now()
	out, err := r.Exec.Run(ctx, i, b)
	r.taken++
	r.spent += r.Now().Sub(began)
	return r.record(ctx, i, b, out, err)
}

// record writes down what became of a run.
func (r *Runner) record(ctx context.Context, i int, b Block, out Outcome, err error) (discarded bool, _ error) {
	name := r.Plan.Name(r.Plan.Servers[i].Key, b.Case)
	for _, n := range out.Notes {
		if err := r.Journal.Note(n); err != nil {
			return false, err
		}
	}
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case err != nil:
		return false, r.fail(i, b, err)
	case out.Discard != "":
		r.tally.Discarded++
		return true, r.Journal.Discarded(name.String(), out.Discard)
	}
	r.tally.Samples++
	r.Keep.Add(name.String(), out.Latency)
	return false, r.Journal.Sample(results.Sample{Name: name, Pkg: ownPackage, Iters: out.Messages, Values: out.Values})
}

// ownPackage is the key pkg of the samples.
const ownPackage = "wsbench/benches"

// fail takes server i out of the session: under the case of b, or altogether
// if the server is lost.
func (r *Runner) fail(i int, b Block, err error) error {
	r.tally.Failures++
	name := r.Plan.Name(r.Plan.Servers[i].Key, b.Case)
	var fault *ServerFault
	if !errors.As(err, &fault) {
		r.Exclude(i, b.CaseIndex)
		return r.skip(name.String(), err)
	}
	r.excludeAll(i)
	return r.skip(r.Plan.prefix(i), err)
}

func (r *Runner) skip(name string, err error) error {
	r.Watch.Say("skipped %s: %v", name, err)
	return r.Journal.Skip(name, err.Error())
}

func (r *Runner) excludeAll(i int) {
	for c := range r.Plan.Cases {
		r.Exclude(i, c)
	}
}

func (r *Runner) alive() (n int) {
	for i := range r.Plan.Servers {
		for c := range r.Plan.Cases {
			if !r.dead[[2]int{i, c}] {
				n++
			}
		}
	}
	return n
}
