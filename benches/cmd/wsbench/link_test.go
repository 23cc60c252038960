package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsbench/benches/results"
)

// With -mtu a session is on a link of its own: its cases and a note say so, and
// servers know nothing of it.
func TestMatrixOnLink(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("link-", os.Getpid())
	cmd := matrixCommand(mark, "matrix -mtu 1500 -io net -cases 2/16384 -rounds 1 -for 20ms -noise off -o "+dir)
	cmd.Args = append(cmd.Args, "-server", `mine=test -z "$WSBENCH_LINK" && wsbench echo -io net -addr 127.0.0.1:{port}`)
	out, status := outcomeOf(t, cmd)
	if strings.Contains(out, "a network namespace: ") {
		if status != 1 || !strings.Contains(out, "by -segment 1448\n") {
			t.Errorf("exit status %d, %s", status, out)
		}
		t.Skip(out)
	}
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if status != 0 || err != nil || len(res.Samples)+len(res.Discarded) < 3 {
		t.Fatalf("exit status %d, %v, %s", status, err, out)
	}
	for _, s := range res.Samples {
		if s.Name.Case() != "conns=2/size=16384/depth=1/mtu=1500" {
			t.Errorf("the case of %v is %s", s.Name, s.Name.Case())
		}
	}
	if notes := strings.Join(res.Notes, "\n"); !strings.Contains(notes, "packets of at most 1500 bytes") || !strings.Contains(res.Command, "-mtu 1500") {
		t.Errorf("notes %s, command %s", notes, res.Command)
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
