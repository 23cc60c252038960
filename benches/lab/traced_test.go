//go:build linux

package lab

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"wsbench/benches/results"
)

// The calls of a child are counted: it makes so many, and a few to read and write
// before and after them.
func TestTraced(t *testing.T) {
	const calls = 1000
	child := exec.Command("sh", "-c", fmt.Sprintf("read go; i=0; while [ $i -lt %d ]; do kill -0 $$; i=$((i+1)); done; echo done; read end", calls))
	in, err := child.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	defer child.Wait()
	defer in.Close()
	tr, err := trace(child.Process.Pid)
	if err != nil {
		t.Skip(err)
	}
	defer tr.close()
	tr.edge(false)
	io.WriteString(in, "go\n")
	if _, err := io.ReadFull(out, make([]byte, len("done\n"))); err != nil {
		t.Fatal(err)
	}
	tr.edge(true)
	if tr.all < calls || tr.all > 5*calls { // some shells mask signals around each kill
		t.Errorf("%d calls were counted of %d and a few", tr.all, calls)
	}
}

// Samples tell all system calls of their servers, whoever made these; where the
// kernel does not count them the file says why.
func TestAllCalls(t *testing.T) {
	s := tiny(t, "")
	if err := traceable(); err != nil {
		s.Plan.Rounds = 1
		path, _, _ := s.Run(t.Context())
		if b, _ := os.ReadFile(path); !strings.Contains(string(b), "\nSKIP all-syscalls/msg: the kernel does not count them here: ") {
			t.Errorf("no SKIP line though %v:\n%s", err, b)
		}
		t.Skip(err)
	}
	s.Plan.Rounds = 100
	told := func(x results.Sample) bool { return x.Values["all-syscalls/msg"] > 0 }
	if res := runUntil(t, s, func(res *results.Results) bool { return slices.ContainsFunc(res.Samples, told) }); !slices.ContainsFunc(res.Samples, told) {
		t.Errorf("none of %d samples tells its system calls", len(res.Samples))
	}
}
