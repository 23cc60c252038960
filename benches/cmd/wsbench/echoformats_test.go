//go:build linux

package main

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// The server's objects, a line each: when it listens, on the signal, and at
// the end.
func TestEchoJSON(t *testing.T) {
	for _, tt := range []struct {
		flags  string
		end    os.Signal
		absent []string
	}{
		{"-io epoll", syscall.SIGTERM, []string{"host{}", "workers[]."}}, {"-io epoll -workers 2", os.Interrupt, []string{"host{}"}}, {"-io net", syscall.SIGHUP, []string{"host{}", "workers[]."}},
	} {
		s := wsbench(t, strings.Fields("echo -addr 127.0.0.1:0 -format json "+tt.flags)...)
		first, _ := s.out.ReadBytes('\n')
		var begun struct{ Event, Address string }
		if err := json.Unmarshal(first, &begun); err != nil || begun.Event != "listening" {
			t.Fatalf("%v: %s", err, first)
		}
		if err := checkDocument("echo", first, "counters.", "workers[]."); err != nil {
			t.Error(err)
		}
		someLoad(t, "2", "ws://"+begun.Address+"/")
		for _, sig := range []os.Signal{syscall.SIGUSR1, tt.end} {
			s.cmd.Process.Signal(sig)
			line, _ := s.out.ReadBytes('\n')
			if err := checkDocument("echo", line, tt.absent...); err != nil || !strings.Contains(string(line), `"event":"counters"`) {
				t.Errorf("%s: %v in %s", tt.flags, err, line)
			}
		}
		if rest, _ := io.ReadAll(s.out); len(rest) > 0 || s.cmd.Wait() != nil {
			t.Errorf("%s: the end is %q, %v", tt.flags, rest, s.cmd.ProcessState)
		}
	}
}

func TestEchoBench(t *testing.T) {
	for flags, want := range map[string]string{
		"-io epoll":            `BenchmarkServer/server=wsbench/io=epoll [1-9]\d* .* syscalls/msg .* frames/recv .* [1-9]\d* accepted-conns .* EAGAINs .*\n$`,
		"-io net":              `BenchmarkServer/server=wsbench/io=net [1-9]\d* .* frames/recv .* sends\n$`,
		"-io epoll -workers 2": `/worker=0 (.*\n)+.*/worker=1 (.*\n)+BenchmarkServer/server=wsbench/io=epoll [1-9]`,
	} {
		cmd := exec.CommandContext(t.Context(), "wsbench", strings.Fields("echo -addr 127.0.0.1:0 -format bench "+flags)...)
		var out strings.Builder
		cmd.Stdout = &out
		errs, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, 4096)
		n, _ := errs.Read(b)
		addr := regexp.MustCompile(`^wsbench echo: listening on (\S+) `).FindSubmatch(b[:n])
		if addr == nil {
			t.Fatalf("it says %q", b[:n])
		}
		someLoad(t, "2", "ws://"+string(addr[1])+"/")
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
		if err := checkBench("Server/server=wsbench/io=", 1, []byte(out.String())); err != nil {
			t.Error(err)
		}
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("%s: no %s in\n%s", flags, want, &out)
		}
	}
}

// A server goes on when nobody reads its counters any more.
func TestEchoUnread(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "wsbench", "echo", "-addr", "127.0.0.1:0")
	cmd.Stdout = w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	b := make([]byte, 4096)
	n, _ := r.Read(b)
	r.Close()
	addr := regexp.MustCompile(`listening on (\S+) `).FindSubmatch(b[:n])
	if addr == nil {
		t.Fatalf("it says %q", b[:n])
	}
	for range 3 {
		cmd.Process.Signal(syscall.SIGUSR1)
		time.Sleep(5 * time.Millisecond)
	}
	someLoad(t, "1", "ws://"+string(addr[1])+"/") // also after its counters went unread
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	if status := cmd.ProcessState.ExitCode(); status != brokenPipe {
		t.Errorf("%v, want exit status %d", cmd.ProcessState, brokenPipe)
	}
}

// someLoad puts connections under load until echoes come: on a busy machine a
// short window may have none.
func someLoad(t *testing.T, conns, url string) {
	t.Helper()
	waiting.For(t, "echoes of "+url, func() bool {
		return run([]string{"load", "-conns", conns, "-for", "50ms", "-warmup", "0s", url}, io.Discard, io.Discard) == nil
	})
}
