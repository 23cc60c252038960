package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
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
	Block(b results.Block, c string) error
	Look(l results.Look) error
	Steal(s results.Steal) error
	Sample(s results.Sample) error
	Discarded(s results.Sample, reason string) error
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

// and returns what t and more are together.
func (t Tally) and(more Tally) Tally {
	return Tally{t.Done + more.Done, t.Samples + more.Samples, t.Discarded + more.Discarded, t.Failures + more.Failures, t.Alive + more.Alive}
}

// Runner carries a plan out, block by block.
type Runner struct {
	Plan    Plan
	Exec    Executor
	Journal Journal
	Watch   Progress
	Now     func() time.Time
	Keep    *results.Histograms // of latencies, saved after each round; nil: none are kept
	Pacing  *results.Histograms // as Keep, of pacing errors
	Terms   results.Terms       // of the comparisons, but for the looks
	Of      string              // what the runs are of, where a session has others; "": it has none

	// Deadline, where there is one, is kept: blocks are no longer repeated, and
	// the last rounds fall away, when it nears. A plan without a number of rounds
	// needs one.
	Deadline time.Time
	// Restart starts all servers anew, for the next epoch; nil: there is one.
	Restart func(context.Context) error
	// Steal returns the share of the CPUs' time that the hypervisor gave to others since the
	// last call; ok is false where that is not known. nil: it never is.
	Steal func() (share float64, ok bool)
	// StartTook is how long the last start of all servers took.
	StartTook time.Duration

	tally      Tally
	epoch      int // from 1
	epochBegan time.Time
	taken      int             // runs that were carried out
	spent      time.Duration   // in them
	dead       map[[2]int]bool // server, case
	beyond     map[[2]int]bool // server, case: not planned
	fewer      int             // runs than the plan has, for that
	began      time.Time

	samples []results.Sample // where there are looks
	looks   []results.Look
	decided map[[2]int]bool // server, case
}

// Exclude marks server i as unable to take runs under case c.
func (r *Runner) Exclude(i, c int) {
	if r.dead == nil {
		r.dead = map[[2]int]bool{}
	}
	r.dead[[2]int{i, c}] = true
}

// Drop takes the runs of server i under case c out of the plan.
func (r *Runner) Drop(i, c int) {
	r.Exclude(i, c)
	if r.beyond == nil {
		r.beyond = map[[2]int]bool{}
	}
	if at := [2]int{i, c}; !r.beyond[at] {
		r.beyond[at] = true
		r.fewer += r.Plan.rounds(c)
	}
}

// Run takes all runs of the plan, or those until ctx ends; the error is then
// ctx's. Every sample is in the journal before the next block begins; an error
// of the journal ends the session.
func (r *Runner) Run(ctx context.Context) (Tally, error) {
	r.began = r.Now()
	r.epochBegan = r.began
	err := errors.Join(r.blocks(ctx), r.stolen())
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		text := fmt.Sprintf("after %d of %d runs", r.tally.Done, r.total())
		if r.Of != "" {
			text += " of " + r.Of
		}
		err = errors.Join(ctx.Err(), r.Journal.Interrupted(text))
	}
	r.tally.Alive = r.alive()
	return r.tally, err
}

func (r *Runner) blocks(ctx context.Context) error {
	r.epoch = 1
	for b := range r.Plan.Blocks() {
		if !r.inTime(b) {
			return r.cut(b)
		}
		if r.begins(b) && b.Round > 1 {
			if err := errors.Join(r.Keep.Save(), r.Pacing.Save(), r.look(b)); err != nil {
				return err
			}
			if r.settled() {
				return nil
			}
			if err := r.nextEpoch(ctx, b); err != nil {
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
	if len(b.Order) == 0 {
		return nil
	}
	if len(r.decided) > 0 && !slices.ContainsFunc(b.Order, func(i int) bool { return !r.leaves(i, b.CaseIndex) }) {
		for _, i := range b.Order {
			if !r.beyond[[2]int{i, b.CaseIndex}] {
				r.tally.Done++
			}
		}
		return nil
	}
	if err := r.Journal.Block(results.Block{ID: b.ID, Round: b.Round, Epoch: r.unit(), At: r.Now().Sub(r.began)}, b.Case.String()); err != nil {
		return err
	}
	for _, again := range []bool{false, true} {
		runs, err := r.runs(ctx, b, again)
		repeat := err == nil && !again && r.repeats(runs)
		if err == nil || ctx.Err() != nil {
			err = errors.Join(err, r.write(runs, repeat))
		}
		if err != nil || !repeat {
			return err
		}
	}
	return nil
}

// repeats reports whether a block is taken again: one with a harmed run, in a session
// that has a number of rounds, and the time. Where rounds are as many as the time
// allows, the next one serves as well, and for all servers.
func (r *Runner) repeats(runs []ran) bool {
	return r.Plan.Rounds > 0 && harmed(runs) && r.spare(len(runs))
}

// ran is a run that came to its end.
type ran struct {
	server results.Server
	sample results.Sample
	Outcome
}

// runs takes the runs of a block, again or for the first time. The error ends
// the session.
func (r *Runner) runs(ctx context.Context, b Block, again bool) (list []ran, err error) {
	for _, i := range b.Order {
		if !r.leaves(i, b.CaseIndex) {
			began := r.Now()
			out, err := r.Exec.Run(ctx, i, b)
			r.taken++
			r.spent += r.Now().Sub(began)
			switch {
			case ctx.Err() != nil:
				return list, ctx.Err()
			case err != nil:
				if err := r.fail(i, b, err); err != nil {
					return list, err
				}
			default:
				key := r.Plan.Servers[i].Key
				list = append(list, ran{key, results.Sample{Name: r.Plan.Name(key, b.Case), Pkg: ownPackage, Block: b.ID, Round: b.Round, Epoch: r.unit(), Iters: out.Messages, Values: out.Values}, out})
			}
		}
		if !again && !r.beyond[[2]int{i, b.CaseIndex}] {
			r.tally.Done++
			r.Watch.Run(b, r.tally, r.total(), r.left())
		}
	}
	return list, nil
}

// harmed reports whether one of the runs of a block is no sample.
func harmed(runs []ran) bool {
	return slices.ContainsFunc(runs, func(x ran) bool { return x.Discard != "" })
}

// write writes down what became of a block. A harmed run is no sample, and costs the pairs
// that it is part of, so that what is discarded does not depend on which of a pair was
// harmed. All of a block that is repeated is discarded.
func (r *Runner) write(runs []ran, repeat bool) error {
	of := ""
	if i := slices.IndexFunc(runs, func(x ran) bool { return x.Discard != "" }); repeat && i >= 0 {
		of = results.OfBlock + runs[i].server.Label()
	}
	for _, x := range runs {
		for _, n := range x.Notes {
			if err := r.Journal.Note(n); err != nil {
				return err
			}
		}
		if err := r.record(x, cmp.Or(x.Discard, of)); err != nil {
			return err
		}
	}
	return nil
}

// record writes down a run, and why it is discarded; "": it is a sample.
func (r *Runner) record(x ran, discard string) error {
	if discard != "" {
		r.tally.Discarded++
		return r.Journal.Discarded(x.sample, discard)
	}
	r.tally.Samples++
	r.Keep.Add(x.sample.Name.String(), x.Latency)
	r.Pacing.Add(x.sample.Name.String(), x.Pacing)
	if r.Plan.Looks > 1 {
		r.samples = append(r.samples, x.sample.Written())
	}
	if err := r.Journal.Sample(x.sample); err != nil {
		return err
	}
	for _, s := range x.More {
		if err := r.Journal.Sample(s); err != nil {
			return err
		}
	}
	return nil
}

// ownPackage is the key pkg of the samples.
const ownPackage = "wsbench/benches"

// fail takes server i out of the session: under the case of b, or altogether
// if the server is lost.
func (r *Runner) fail(i int, b Block, err error) error {
	if observer := new(ObserverFault); !errors.As(err, &observer) {
		r.tally.Failures++
	}
	r.Exclude(i, b.CaseIndex)
	if fault := new(ServerFault); errors.As(err, &fault) {
		r.excludeAll(i)
	}
	return r.skip(r.Plan.Name(r.Plan.Servers[i].Key, b.Case).String(), err)
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
