package lab

import "time"

// Budget is how long a session may take, in one place. A run costs its
// warm-up and its window and runCost.
type Budget struct {
	Total  time.Duration // from the process's start; then rounds fall away
	Rounds int
	Warmup time.Duration
	Window time.Duration
	Micro  MicroBudget
}

// MicroBudget is how long the microbenchmarks may take.
type MicroBudget struct {
	Benchtime time.Duration // of each benchmark
	Count     int           // samples of each
	Limit     time.Duration // of all together and of building them; who is not done then is skipped
}

// DefaultBudget suits the five cases in three io modes and the A/A process:
// 240 runs in under 4 minutes. With the go command's time, which is not known
// here, "make bench" is to stay under 5 minutes.
var DefaultBudget = Budget{
	Total:  280 * time.Second,
	Rounds: 12, Warmup: 80 * time.Millisecond, Window: 750 * time.Millisecond,
	Micro: MicroBudget{Benchtime: 50 * time.Millisecond, Count: 6, Limit: 40 * time.Second},
}

// QuickBudget takes about 45 seconds, and "make bench QUICK=1" less than a
// minute. Nine rounds are the fewest in which a
// difference can be told from noise among ten comparisons (0.0039 * 10 is
// below 0.05); what short windows lose is the grain of interference, see
// host.Meter.
var QuickBudget = Budget{
	Total:  50 * time.Second,
	Rounds: 9, Warmup: 40 * time.Millisecond, Window: 100 * time.Millisecond,
	Micro: MicroBudget{Benchtime: 20 * time.Millisecond, Count: 4, Limit: 12 * time.Second},
}
