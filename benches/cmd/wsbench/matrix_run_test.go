package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// markKey is in the environment of a command that a test runs, and so of all
// that it starts: what it leaves behind is known by it.
const markKey = "WSBENCH_TEST_MARK"

// matrixCommand is wsbench, which testscript.Main has put on the PATH, with mark.
func matrixCommand(mark, args string) *exec.Cmd {
	cmd := exec.Command("wsbench", strings.Fields(args)...)
	cmd.Env = append(os.Environ(), markKey+"="+mark)
	return cmd
}

// outcomeOf runs a command to its end.
func outcomeOf(t *testing.T, cmd *exec.Cmd) (out string, status int) {
	t.Helper()
	b, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

// marked lists the living processes that have mark in their environment.
func marked(mark string) (list []string) {
	all, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range all {
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(markKey+"="+mark+"\x00")) {
			list = append(list, path)
		}
	}
	return list
}

// The whole way: our own servers as processes, a session, its file, benchstat.
func TestMatrixOfOwnServers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("matrix-", os.Getpid())
	args := "matrix -io epoll,net,raw -cases 2/20 -rounds 2 -for 50ms -noise off -seed 1 -o " + dir
	out, status := outcomeOf(t, matrixCommand(mark, args))
	if status != 0 {
		t.Fatalf("exit status %d:\n%s", status, out)
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	path := filepath.Join(dir, results.BenchFile)
	checkOwnSamples(t, path)
	checkBenchstat(t, path)
	checkPage(t, dir, out)

	before, _ := os.ReadFile(path)
	out, status = outcomeOf(t, matrixCommand(mark, args))
	if after, _ := os.ReadFile(path); status != 2 || !strings.Contains(out, "name another folder") || !bytes.Equal(before, after) {
		t.Errorf("a second session in the same folder: exit status %d, %s", status, out)
	}
}

// checkOwnSamples wants a sample of all four servers in both rounds, but for
// those discarded, with what a server of ours counts.
func checkOwnSamples(t *testing.T, path string) {
	t.Helper()
	res, err := results.Open(path)
	if err == nil { // whether the kernel lets system calls be counted is the host's matter
		res.Skipped = slices.DeleteFunc(res.Skipped, func(r results.Reason) bool { return r.Name == lab.Untraced })
	}
	if err != nil || len(res.Warnings) > 0 || len(res.Skipped) > 0 || len(res.Samples)+len(res.Discarded) < 8 {
		t.Fatalf("%v; warnings %v, skipped %v, %d samples, discarded %v", err, res.Warnings, res.Skipped, len(res.Samples), res.Discarded)
	}
	for _, s := range res.Samples {
		_, counted := s.Values["syscalls/msg"]
		_, waits := s.Values["frames/wait"]
		if polled := s.Name.Value("io") != "net"; s.Values["frames/recv"] <= 0 || waits != polled || polled && !counted {
			t.Errorf("%s counts %v", s.Name, s.Values)
		}
		if _, split := s.Values["user-ns/msg"]; split {
			t.Errorf("%s: a window of 50 ms tells user from system time", s.Name)
		}
	}
	if res.Config["cpu-quota"] == "" {
		t.Errorf("the configuration has no cpu-quota: %v", res.Config)
	}
	if notes := strings.Join(res.Notes, "; "); res.Config["server-cpu"] != "any" && !strings.Contains(notes, "-background apart") {
		t.Errorf("notes %q do not tell where the runtime's threads are", notes)
	}
}

// checkPage wants the page, its plots and the histograms beside the samples,
// and a command in the file that asks for the same.
func checkPage(t *testing.T, dir, out string) {
	t.Helper()
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil || len(res.Warnings) > 0 || !strings.HasPrefix(res.Command, "wsbench matrix -seed 1 -io epoll,net,raw -cases 2/20") || strings.Contains(res.Command, dir) {
		t.Fatalf("%v, %+v", err, res)
	}
	sum := map[string]int64{}
	for _, s := range res.Samples {
		sum[s.Name.Server().Label()] += s.Iters
	}
	for _, l := range res.Latencies {
		// Up to two messages, of two connections, are in flight when each of the two windows begins.
		if label, n := l.Name.Server().Label(), l.Hist.TotalCount(); n > sum[label] || n < sum[label]-4 || n == 0 {
			t.Errorf("%d latencies of %s, and %d messages", l.Hist.TotalCount(), label, sum[label])
		}
	}
	if len(res.Latencies) != len(sum) {
		t.Errorf("%d histograms of %d servers", len(res.Latencies), len(sum))
	}
	page := filepath.Join(dir, "report.html")
	if b, err := os.ReadFile(page); err != nil || !bytes.Contains(b, []byte(`<section id="latency"`)) || !strings.Contains(out, "report:  "+page) {
		t.Errorf("%v, %s", err, out)
	}
	if plots, _ := filepath.Glob(filepath.Join(dir, "plots", "*.svg")); len(plots) < 5 {
		t.Errorf("plots %v", plots)
	}
}

// checkBenchstat wants benchstat to read the file, a column an I/O mode.
func checkBenchstat(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command("go", "tool", "benchstat", "-format", "csv", "-col", "/io", path).CombinedOutput()
	if err != nil {
		t.Fatalf("benchstat: %v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		columns := slices.DeleteFunc(strings.Split(strings.TrimSpace(line), ","), func(s string) bool { return s == "" })
		slices.Sort(columns)
		if slices.Equal(columns, []string{"epoll", "net", "raw", "raw-aa"}) {
			return
		}
	}
	t.Errorf("benchstat shows no columns epoll, net, raw and raw-aa:\n%s", out)
}

// A server that has left its process group ends with the session.
func TestMatrixEndsServerOfItsOwnSession(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip(err)
	}
	mark := fmt.Sprint("setsid-", os.Getpid())
	cmd := matrixCommand(mark, "matrix -io none -cases 2/20 -rounds 1 -for 20ms -noise off -o "+filepath.Join(t.TempDir(), "out"))
	cmd.Args = append(cmd.Args, "-server", "mine=setsid wsbench echo -io net -addr 127.0.0.1:{port} & wait")
	if out, status := outcomeOf(t, cmd); status != 0 {
		t.Errorf("exit status %d, %s", status, out)
	}
	waiting.For(t, "the server has ended", func() bool { return len(marked(mark)) == 0 })
}

// A second signal ends at once what the session has started, also where a shell
// is deaf to the first.
func TestMatrixInterruptedTwice(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("twice-", os.Getpid())
	cmd := matrixCommand(mark, "matrix -io none -cases 2/20 -rounds 100000 -for 20ms -noise off -o "+dir)
	cmd.Args = append(cmd.Args, "-server", `mine=trap "" TERM; wsbench echo -io net -addr 127.0.0.1:{port}; sleep 600; true`)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waiting.For(t, "a block begins", func() bool {
		b, _ := os.ReadFile(filepath.Join(dir, results.BenchFile))
		return bytes.Contains(b, []byte("\nBLOCK 1 "))
	})
	cmd.Process.Signal(os.Interrupt)
	waiting.For(t, "the shell goes on to sleep", func() bool {
		return slices.ContainsFunc(marked(mark), func(path string) bool {
			name, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "comm"))
			return string(name) == "sleep\n"
		}) || cmd.Process.Signal(syscall.Signal(0)) != nil
	})
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(out.String(), "interrupted after") {
		t.Errorf("exit status %d, %s", code, &out)
	}
	waiting.For(t, "nothing is left", func() bool { return len(marked(mark)) == 0 })
}

// The first signal ends a session with what was measured.
func TestMatrixInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("interrupt-", os.Getpid())
	cmd := matrixCommand(mark, "matrix -io epoll,raw -cases 2/20 -rounds 100000 -for 20ms -noise off -o "+dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(waiting.Bound); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if b, _ := os.ReadFile(filepath.Join(dir, results.BenchFile)); bytes.Contains(b, []byte("\nBLOCK 2 ")) {
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
