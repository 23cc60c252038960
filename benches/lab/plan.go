package lab

import (
	"math/rand/v2"
	"time"
)

// Plan is what a session is to measure.
type Plan struct {
	Variants []Variant // the reference's A/A process among them
	Cases    []Case
	Rounds   int           // blocks a case
	Warmup   time.Duration // of a turn, not measured
	Window   time.Duration // of a turn, measured
	Seed     uint64        // of the order
}

// Block is one case in one round; Order holds indices of variants. Its ID is
// from 1.
type Block struct {
	ID, Round int
	Case      Case
	CaseIndex int
	Order     []int
}

// Blocks draws the order of the whole session from the seed.
func (p Plan) Blocks() []Block {
	rng := rand.New(rand.NewPCG(p.Seed, 0))
	var blocks []Block
	for round := 1; round <= p.Rounds; round++ {
		for _, c := range rng.Perm(len(p.Cases)) {
			blocks = append(blocks, Block{
				ID:        len(blocks) + 1,
				Round:     round,
				Case:      p.Cases[c],
				CaseIndex: c,
				Order:     rng.Perm(len(p.Variants)),
			})
		}
	}
	return blocks
}

// Background is where wsbench's servers have the Go runtime's own threads (see
// echo.Options): apart from their loops, unless servers take part that are
// confined to one place.
func (p Plan) Background() string {
	for _, v := range p.Variants {
		if !v.PinsItself {
			return "same"
		}
	}
	return "apart"
}

// turnCost is what a turn takes besides warm-up and window: to wake and stop
// the server, and to read what it used.
const turnCost = 20 * time.Millisecond

// Estimate is how long the plan's turns take.
func (p Plan) Estimate() time.Duration {
	return time.Duration(p.Turns()) * (p.Warmup + p.Window + turnCost)
}

// Turns is how many turns the plan has, repeated ones aside.
func (p Plan) Turns() int { return p.Rounds * len(p.Cases) * len(p.Variants) }
