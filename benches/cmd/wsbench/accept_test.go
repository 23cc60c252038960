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

	"wsbench/benches/echo"
	"wsbench/benches/internal/waiting"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// The whole way: our own servers as processes, the work in every place.
func TestAcceptOfOwnServers(t *testing.T) {
	for _, request := range []string{lab.RequestHTTP, lab.RequestOpening} {
		dir := filepath.Join(t.TempDir(), "out")
		mark := fmt.Sprint("accept-", os.Getpid())
		args := "accept -io epoll,net -work 20us -request " + request + " -rates 100 -for 50ms -bucket 25ms -search=false -rounds 1 -noise off -seed 1 -o " + dir
		out, status := outcomeOf(t, matrixCommand(mark, args))
		if status != 0 || !strings.Contains(out, "Accept queue at a glance") {
			t.Fatalf("exit status %d:\n%s", status, out)
		}
		if left := marked(mark); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		res, err := results.Open(filepath.Join(dir, results.BenchFile))
		if err != nil || len(res.Warnings) > 0 || len(res.Skipped) > 0 || len(res.Of("Accept")) != 6 || len(res.Of(lab.SeriesBase)) == 0 {
			t.Fatalf("%v, %+v", err, res)
		}
		for _, s := range res.Of("Accept") {
			if s.Values["work-ns"] <= 0 || s.Values["backlog-conns"] < 1 || s.Iters < 1 || s.Name.Value("request") != request {
				t.Errorf("%+v", s)
			}
		}
	}
}

// The command ab compares two sets of flags by requests that cost work.
func TestAcceptAB(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	cmd := matrixCommand(fmt.Sprint("accept-ab-", os.Getpid()), "ab -accept -for 50ms -rounds 2 -noise off -o "+dir)
	cmd.Args = append(cmd.Args, "-work 20us", "-work 20us -work-on pool")
	out, status := outcomeOf(t, cmd)
	if status != 0 || !strings.Contains(out, "B against A") || !strings.Contains(out, "cpu-ns/req") || !strings.Contains(out, "p99-ns") {
		t.Errorf("exit status %d:\n%s", status, out)
	}
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil || len(res.Warnings) > 0 || len(res.Of("Accept")) != 2*2*3 {
		t.Errorf("%v, %+v", err, res)
	}
}

// Under ab -accept the reference server has the usual work, unless a side says otherwise,
// and somebody else's server is left as it is.
func TestAcceptWork(t *testing.T) {
	own := lab.OwnServer("wsbench", "epoll")
	other, err := lab.External("mine=./mine {port}")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		server     lab.Server
		path, work string
	}{
		{own, echo.WorkPath, "-work 4ms"},
		{own.Varied("work", "20us"), echo.WorkPath, "20us"},
		{other, "", "./mine {port}"},
	} {
		s := tt.server
		working(&s)
		if got := strings.Join(s.Argv, " "); s.Path != tt.path || !strings.HasSuffix(got, tt.work) || strings.Count(got, "-work") > 1 {
			t.Errorf("%q at %q, want %s at %q", got, s.Path, tt.work, tt.path)
		}
	}
}

// A server that is killed, and a signal: bench.txt has what was measured.
func TestAcceptInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("accept-interrupt-", os.Getpid())
	cmd := matrixCommand(mark, "accept -io epoll -work 20us -work-on loop -request opening -rates 50 -for 40ms -bucket 10ms -search=false -rounds 1000000 -noise off -o "+dir)
	cmd.Args = append(cmd.Args, "-server", "frail=wsbench echo -io net -addr 127.0.0.1:{port} & echo $! >"+dir+".pid; wait")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, results.BenchFile)
	has := func(text string) bool {
		b, _ := os.ReadFile(path)
		return bytes.Contains(b, []byte(text)) || cmd.Process.Signal(syscall.Signal(0)) != nil
	}
	waiting.For(t, "the server has a sample", func() bool { return has("\nBenchmarkAccept/server=frail/") })
	waiting.For(t, "the server is killed in a run", func() bool {
		pid, _ := os.ReadFile(dir + ".pid")
		if n, err := strconv.Atoi(strings.TrimSpace(string(pid))); err == nil {
			syscall.Kill(n, syscall.SIGKILL)
		}
		return has("\nSKIP BenchmarkAccept/server=frail")
	})
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	res, err := results.Open(path)
	if err != nil || len(res.Warnings) > 0 || res.Interrupted == "" || len(res.Skipped) != 1 {
		t.Errorf("%v: warnings %v, interrupted %q, skipped %v", err, res.Warnings, res.Interrupted, res.Skipped)
	}
	if code := cmd.ProcessState.ExitCode(); code != 1 || !strings.Contains(out.String(), "interrupted after") {
		t.Errorf("exit status %d, %s", code, out.String())
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
