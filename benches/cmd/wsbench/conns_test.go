package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/results"
)

// The whole way: our own servers as processes, the file, the table.
func TestConnsOfOwnServers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("conns-", os.Getpid())
	args := "conns -io epoll,raw,net -conns 100 -rounds 2 -settle 10ms -seed 1 -o " + dir
	out, status := outcomeOf(t, matrixCommand(mark, args))
	if status != 0 {
		t.Fatalf("exit status %d:\n%s", status, out)
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	b, err := os.ReadFile(filepath.Join(dir, results.BenchFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, io := range []string{"epoll", "raw", "net"} {
		line := regexp.MustCompile(`\nBenchmarkConns/server=wsbench/io=` + io + `/conns=100 1 \S+ B/conn [1-9]\d+(\.\d+)? cpu-ns/open [1-9]\d+ empty-B`)
		if n := len(line.FindAll(b, -1)); n != 2 {
			t.Errorf("%d samples of %s, want 2:\n%s", n, io, b)
		}
		if row := regexp.MustCompile(`\n` + io + ` +100 +2 `); !row.MatchString(out) {
			t.Errorf("%s is not in the table:\n%s", io, out)
		}
	}
}

// The first signal ends a session with what was measured.
func TestConnsInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("conns-interrupt-", os.Getpid())
	cmd := matrixCommand(mark, "conns -io epoll -conns 10 -rounds 100000 -settle 10ms -o "+dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(waiting.Bound); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if b, _ := os.ReadFile(filepath.Join(dir, results.BenchFile)); bytes.Contains(b, []byte("\nBenchmarkConns")) {
			break
		}
	}
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	b, _ := os.ReadFile(filepath.Join(dir, results.BenchFile))
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(out.String(), "interrupted after") || !bytes.Contains(b, []byte("\nINTERRUPTED ")) {
		t.Errorf("exit status %d, %s", code, out.String())
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
