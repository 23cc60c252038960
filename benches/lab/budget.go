package lab

import (
	"time"

	"wsbench/benches/results"
)

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
	Benchtime time.Duration  // of each sample
	Count     int            // samples of each benchmark, at most
	Limit     time.Duration  // of all together; to build them is not in it
	Packages  []MicroPackage // nil: those of a session
	Sides     []MicroSide    // source trees that take turns; nil: the one around the current directory
	Layouts   int            // code layouts of the sides' benchmarks, which take turns by round
}

// MicroSide is a source tree whose microbenchmarks are compared with another's.
type MicroSide struct {
	Key  results.Server // of its samples
	Root string
}

// DefaultBudget suits "make bench", which stays under 5 minutes together with the
// go command's own time.
var DefaultBudget = Budget{
	Total: 280 * time.Second,
	Micro: MicroBudget{Benchtime: 10 * time.Millisecond, Count: 12, Limit: 60 * time.Second},
}

// QuickBudget takes less than a minute.
var QuickBudget = Budget{
	Total: 50 * time.Second,
	Micro: MicroBudget{Benchtime: 5 * time.Millisecond, Count: 10, Limit: 20 * time.Second},
}
