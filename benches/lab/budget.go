package lab

import "time"

// Budget is how long a session may take, in one place. A turn costs its
// warm-up and its window and about 20 ms of starting, stopping and reading.
type Budget struct {
	Rounds     int
	Warmup     time.Duration
	Window     time.Duration
	Components ComponentBudget
}

// ComponentBudget is how long the components' own benchmarks may take.
type ComponentBudget struct {
	Benchtime time.Duration // of each benchmark
	Count     int           // samples of each
	Limit     time.Duration // of all together; who is not done then is skipped
}

// DefaultBudget suits the five cases in three io modes and the A/A process:
// 240 turns in under 4 minutes.
var DefaultBudget = Budget{
	Rounds: 12, Warmup: 80 * time.Millisecond, Window: 750 * time.Millisecond,
	Components: ComponentBudget{Benchtime: 50 * time.Millisecond, Count: 6, Limit: 40 * time.Second},
}

// QuickBudget takes under 40 seconds. Nine rounds are the fewest in which a
// difference can be told from noise among ten comparisons (0.0039 * 10 is
// below 0.05); what short windows lose is the grain of interference, see
// meter.doubt.
var QuickBudget = Budget{
	Rounds: 9, Warmup: 40 * time.Millisecond, Window: 100 * time.Millisecond,
	Components: ComponentBudget{Benchtime: 20 * time.Millisecond, Count: 4, Limit: 12 * time.Second},
}
