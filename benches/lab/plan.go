package lab

import (
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"wsbench/benches/results"
)

// Plan is what a session is to measure.
type Plan struct {
	Probe   Probe
	Servers []Server // the reference's A/A process among them
	Cases   []results.Case
	Rounds  int                  // blocks per case; 0: as many as the time allows
	Few     map[results.Case]int // rounds of the cases that have fewer than Rounds: the first
	Warmup  time.Duration        // of a run, not measured
	Window  time.Duration        // of a run, measured
	Seed    uint64               // of the order
	Epochs  int                  // how often servers are started; 0: DefaultEpochs or more, see there
	Longer  float64              // how many times as long as a session it is meant to be; there are as many times as many epochs; 0: once
	Layouts int                  // after how many epochs the servers' builds are the same again, so that epochs that share one count as one; 0: they are all the same
	Looks   int                  // how often comparisons are judged, at the end for the last time; those decided leave the plan
}

// Block is one case in one round; Order holds indices of servers, none where the case
// has no runs in that round. Its ID is from 1.
type Block struct {
	ID, Round int
	Case      results.Case
	CaseIndex int
	Order     []int
}

// Blocks draws the order of the whole session from the seed.
func (p Plan) Blocks() iter.Seq[Block] {
	return func(yield func(Block) bool) {
		rng := rand.New(rand.NewPCG(p.Seed, 0))
		id := 0
		for round := 1; p.Rounds == 0 || round <= p.Rounds; round++ {
			for _, c := range rng.Perm(len(p.Cases)) {
				id++
				b := Block{ID: id, Round: round, Case: p.Cases[c], CaseIndex: c, Order: rng.Perm(len(p.Servers))}
				if p.Rounds > 0 && round > p.rounds(c) {
					b.Order = nil
				}
				if !yield(b) {
					return
				}
			}
		}
	}
}

// Name returns the name of the samples of a server under a case.
func (p Plan) Name(s results.Server, c results.Case) results.Name {
	return results.Name{Base: p.Probe.Base(), Keys: append(s.Keys(), c.Keys()...)}
}

// prefix returns the part of the names that all samples of server i share.
func (p Plan) prefix(i int) string {
	return results.Name{Base: p.Probe.Base(), Keys: p.Servers[i].Key.Keys()}.String()
}

// Background returns where wsbench's servers have the Go runtime's own threads
// (see echo.Options): apart from their loops, unless servers take part that are
// confined to one place.
func (p Plan) Background() string {
	if slices.ContainsFunc(p.Servers, Server.confined) {
		return "same"
	}
	return "apart"
}

// runCost is what a run takes besides warm-up and window: to wake and stop the
// server, and to read what it used.
const runCost = 8 * time.Millisecond

// Runs returns how many runs the plan has, repeated ones aside; 0 where that is
// up to the time.
func (p Plan) Runs() (n int) {
	for c := range p.Cases {
		n += p.rounds(c) * len(p.Servers)
	}
	return n
}

// rounds returns how many blocks case c has; 0 where that is up to the time.
func (p Plan) rounds(c int) int {
	if n, ok := p.Few[p.Cases[c]]; ok {
		return min(n, p.Rounds)
	}
	return p.Rounds
}
