package lab

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"wsbench/benches/results"
)

// Calls of threads that are there, and of those to come, are counted.
func TestTraced(t *testing.T) {
	tr, err := trace(os.Getpid())
	if err != nil {
		t.Skip(err)
	}
	defer tr.close()
	const calls = 10_000
	tr.edge(false)
	for range calls {
		syscall.Getppid()
	}
	tr.edge(true)
	if tr.all < calls || tr.all > 3*calls {
		t.Errorf("%d calls were counted of %d and what the runtime does beside them", tr.all, calls)
	}
}

// Samples of servers that are not this project's tell their system calls: this
// one's reads once and writes once for each message, at least.
func TestExternalCalls(t *testing.T) {
	s := tiny(t, "")
	if err := traceable(); err != nil {
		s.Plan.Rounds = 1
		path, _, _ := s.Run(t.Context())
		if b, _ := os.ReadFile(path); !strings.Contains(string(b), "\nSKIP syscalls/msg: only servers that count their own have it: ") {
			t.Errorf("no SKIP line though %v:\n%s", err, b)
		}
		t.Skip(err)
	}
	res := runUntil(t, s, func(*results.Results) bool { return false })
	counted := 0
	for _, x := range res.Samples {
		if n, ok := x.Values["syscalls/msg"]; ok {
			if counted++; n < 2 || n > 50 {
				t.Errorf("%v: %v system calls per message", x.Name, n)
			}
		}
	}
	if counted == 0 {
		t.Errorf("none of %d samples tells its system calls", len(res.Samples))
	}
}
