package lab

import (
	"fmt"

	"wsbench/benches/host"
	"wsbench/benches/results"
)

// spareDescriptors is what a process needs besides its connections: files of
// the runtime, listeners, pipes, and the epoll instances of the groups.
const spareDescriptors = 128

// TooMany returns for each case why its connections are too many for limit
// descriptors a process, "" where they are not. This process holds the
// connections of all servers, a server those of its cases; cases that fit go
// first. With apart only one case is open at a time.
func TooMany(cases []results.Case, servers int, limit uint64, apart bool) []string {
	reasons := make([]string, len(cases))
	used := uint64(spareDescriptors)
	for i, c := range cases {
		need := uint64(c.Int("conns") * servers)
		if used+need > limit {
			reasons[i] = fmt.Sprintf("too few descriptors: %s %d with those of the other cases, the limit is %d; raise it with ulimit -n",
				needing(c.Int("conns"), servers), used+need, limit)
			continue
		}
		if !apart {
			used += need
		}
	}
	return reasons
}

// needing returns the beginning of a sentence on the descriptors of a case; one
// that tells of no connections has a few at most.
func needing(conns, servers int) string {
	if conns == 0 {
		return "this process and its servers need"
	}
	return fmt.Sprintf("%d connections to each of %d servers need", conns, servers)
}

// tooFew returns what to do where conns connections need more descriptors than
// limit.
func tooFew(conns int, need, limit uint64) error {
	advice := "raise it with ulimit -n"
	if limit > spareDescriptors {
		advice += fmt.Sprintf(", or open %d connections", limit-spareDescriptors)
	}
	return fmt.Errorf("%d connections need %d descriptors, the limit is %d: %s", conns, need, limit, advice)
}

// CheckDescriptors returns why this process, or a server, may not have so many
// connections. It raises the limit as far as it goes.
func CheckDescriptors(conns int) error {
	limit, err := host.Descriptors()
	if err != nil {
		return err
	}
	if need := uint64(conns) + spareDescriptors; need > limit {
		return tooFew(conns, need, limit)
	}
	return nil
}
