package lab

import "time"

// Budget is how long a session may take, in one place.
type Budget struct {
	Total time.Duration // from the process's start; as many rounds as fit
	Micro MicroBudget
}

// Runs are short: noise is correlated over seconds, so that many short blocks
// resolve more in the same time than few long ones.
const (
	Warmup = 10 * time.Millisecond
	Window = 60 * time.Millisecond
)

// MicroBudget is how long the microbenchmarks may take.
type MicroBudget struct {
	Benchtime time.Duration // of each benchmark
	Count     int           // samples of each
	Limit     time.Duration // of all together and of building them; who is not done then is skipped
}

// DefaultBudget suits "make bench", which is to stay under 5 minutes with the
// go command's time, which is not known here.
var DefaultBudget = Budget{
	Total: 280 * time.Second,
	Micro: MicroBudget{Benchtime: 50 * time.Millisecond, Count: 6, Limit: 40 * time.Second},
}

// QuickBudget takes less than a minute.
var QuickBudget = Budget{
	Total: 50 * time.Second,
	Micro: MicroBudget{Benchtime: 20 * time.Millisecond, Count: 4, Limit: 12 * time.Second},
}
