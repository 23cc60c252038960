//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// The whole way: our own servers as processes, every shape in both modes.
func TestChunkOfOwnServers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("chunk-", os.Getpid())
	args := "chunk -io epoll,net,raw -shape all -frames 40,100 -for 0 -gap 1us -idle 1ms -rounds 1 -noise off -seed 1 -o " + dir
	out, status := outcomeOf(t, matrixCommand(mark, args))
	if status != 0 {
		t.Fatalf("exit status %d:\n%s", status, out)
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil || len(res.Warnings) > 0 || len(res.Skipped) > 0 || !strings.HasPrefix(res.Command, "wsbench chunk -seed 1 -io epoll,net,raw") {
		t.Fatalf("%v, %+v", err, res)
	}
	seen := map[string]bool{}
	for _, s := range res.Of("Chunk") {
		seen[s.Name.String()] = true
		if n := s.Values["frames/recv"]; n > float64(s.Iters) {
			t.Errorf("%s: %v frames per recv, more than were sent: the warm-up's are among them", s.Name, n)
		}
		if _, ok := s.Values["cpu-ns/frame"]; !ok || s.Iters != int64(s.Name.Case().Int("frames")) || s.Values["wall-ns/frame"] <= 0 {
			t.Errorf("%+v", s)
		}
	}
	for _, io := range []string{"epoll", "net", "raw"} {
		for _, c := range (&chunk{answer: lab.AnswerCount}).cases([]string{lab.Coalesced, lab.Paced}, lab.Shapes(), []int{40, 100}) {
			name := results.Name{Base: "Chunk", Keys: append(results.ServerOf(results.Own, io).Keys(), c.Keys()...)}
			if !seen[name.String()] {
				t.Errorf("no sample of %s", name)
			}
		}
	}
}

// Several servers have more rounds of one case of each mode, and one server none.
func TestChunkPairs(t *testing.T) {
	for io, want := range map[string]int{
		"epoll":     4 * 2,
		"epoll,net": 2 * (2 + 5 + 2 + 2 + 5), // A: 40, 4000; B: 40, 4000, 2000
	} {
		c, _, err := chunkExperiment.parse(strings.Fields("-io "+io+" -frames 40,4000 -for 0 -rounds 2 -pairs 5 -mode A,B"), os.Stdout, os.Stderr)
		if err != nil {
			t.Fatal(err)
		}
		if p := c.session.Plan; p.Runs() != want {
			t.Errorf("-io %s: %d runs, want %d: %+v", io, p.Runs(), want, p.Few)
		}
	}
}

// A server that is killed, and a signal: bench.txt has what was measured.
func TestChunkInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("chunk-interrupt-", os.Getpid())
	cmd := matrixCommand(mark, "chunk -io epoll -mode B -frames 50 -gap 1us -idle 1ms -rounds 1000000 -noise off -o "+dir)
	cmd.Args = append(cmd.Args, "-server", "frail=wsbench echo -io net -addr 127.0.0.1:{port} & echo $! >"+dir+".pid; wait")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, results.BenchFile)
	has := func(text string) func() bool {
		return func() bool {
			b, _ := os.ReadFile(path)
			return bytes.Contains(b, []byte(text)) || cmd.Process.Signal(syscall.Signal(0)) != nil
		}
	}
	waiting.For(t, "the server has a sample", has("\nBenchmarkChunk/server=frail/"))
	pid, _ := os.ReadFile(dir + ".pid")
	n, err := strconv.Atoi(strings.TrimSpace(string(pid)))
	if err != nil {
		t.Fatal(err)
	}
	syscall.Kill(n, syscall.SIGKILL)
	waiting.For(t, "the server is skipped", has("\nSKIP BenchmarkChunk/server=frail"))
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	res, err := results.Open(path)
	if err != nil || len(res.Warnings) > 0 || res.Interrupted == "" || len(res.Skipped) != 1 || !strings.Contains(res.Skipped[0].Text, "the server ended") {
		t.Errorf("%v: warnings %v, interrupted %q, skipped %v", err, res.Warnings, res.Interrupted, res.Skipped)
	}
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(out.String(), "interrupted after") {
		t.Errorf("exit status %d, %s", code, out.String())
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// The command ab compares two sets of flags by their tiny frames.
func TestChunkAB(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	cmd := matrixCommand(fmt.Sprint("chunk-ab-", os.Getpid()), "ab -chunk -rounds 2 -noise off -o "+dir)
	cmd.Args = append(cmd.Args, "", "-flush frame")
	out, status := outcomeOf(t, cmd)
	if status != 0 || !strings.Contains(out, "B against A") || !strings.Contains(out, "cpu-ns/frame") {
		t.Errorf("exit status %d:\n%s", status, out)
	}
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil || len(res.Warnings) > 0 || len(res.Of("Chunk")) != 2*2*3 {
		t.Errorf("%v, %+v", err, res)
	}
}
