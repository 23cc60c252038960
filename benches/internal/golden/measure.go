package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// commands write benchmark lines to their standard output. {addr} is where a
// server listens, {log} what strace counted.
var commands = []string{
	"matrix -io epoll,uring,raw,net -cases 2/20 -rounds 4 -for 60ms -noise 1",
	"matrix -profile json -c 2 -io epoll,net -rounds 1 -for 60ms -noise 1",
	"conns -io epoll,uring,net -conns 10 -rounds 1 -settle 1ms",
	"chunk -io epoll,uring,net -frames 50 -for 0 -idle 1ms -rounds 1 -noise off",
	"accept -io epoll,net -work 10us -rates 100 -for 50ms -bucket 25ms -search=false -rounds 1 -noise off",
	"tls -cases 2/20 -rounds 4 -idle 10 -handshakes 100ms -attribute=false -noise off",
	"load -conns 2 -for 500ms -warmup 0s ws://{addr}/",
	"conform -cases 1.1.1 ws://{addr}/",
	"profile -cases 2/20 -rounds 1 -for 200ms -noise 1",
	"profile counts -messages 100 -name server=mine {log}",
	"floors -for 1ms",
	"crossover -quick",
}

// straceLog is a capture among the tests of package counts.
const straceLog = "profiles/counts/testdata/strace-5.10-c-epoll.txt"

// measure runs everything.
func measure() (*recorder, error) {
	r := &recorder{found: map[string]*benchmark{}}
	out, err := output("go", "test", "-run", "^$", "-bench", ".", "-benchtime", "1x", "./...")
	if err != nil {
		return nil, err
	}
	r.read("go test", out)
	dir, err := os.MkdirTemp("", "golden-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	bin := filepath.Join(dir, "wsbench")
	if _, err := output("go", "build", "-buildvcs=false", "-o", bin, "./benches/cmd/wsbench"); err != nil {
		return nil, err
	}
	if err := measureCommands(r, bin, dir); err != nil {
		return nil, err
	}
	return r, nil
}

func measureCommands(r *recorder, bin, dir string) error {
	server := exec.Command(bin, "echo", "-addr", "127.0.0.1:0", "-format", "bench")
	var counters bytes.Buffer
	server.Stdout = &counters
	stderr, err := server.StderrPipe()
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	defer server.Process.Kill() // fails where all went well, as it has ended
	lines := bufio.NewScanner(stderr)
	lines.Scan()
	_, rest, _ := strings.Cut(lines.Text(), "listening on ")
	addr, _, _ := strings.Cut(rest, " ")
	for i, c := range commands {
		if needs := lacking(c); needs != "" {
			fmt.Fprintf(os.Stderr, "golden: wsbench %s: skipped, as %s is not installed\n", c, needs)
			r.skipped = append(r.skipped, source(c))
			continue
		}
		args := strings.Fields(strings.NewReplacer("{addr}", addr, "{log}", straceLog).Replace(c))
		name := source(c)
		if session(name) {
			args = append(args, "-o", filepath.Join(dir, fmt.Sprint(i)))
		}
		words := len(strings.Fields(name))
		args = append(args[:words:words], append([]string{"-format", "bench"}, args[words:]...)...)
		out, err := output(bin, args...)
		if err != nil && !(session(name) && bytes.Contains(out, []byte("\nDISCARDED "))) {
			return err
		}
		r.read(name, out)
	}
	server.Process.Signal(syscall.SIGTERM)
	io.Copy(io.Discard, stderr)
	if err := server.Wait(); err != nil {
		return fmt.Errorf("wsbench echo: %w", err)
	}
	r.read("echo", counters.Bytes())
	return nil
}

// source returns the command and subcommand of a command line.
func source(line string) string {
	words := strings.Fields(line)
	if len(words) > 1 && words[0] == "profile" && !strings.HasPrefix(words[1], "-") {
		return words[0] + " " + words[1]
	}
	return words[0]
}

// lacking returns the program that a command line needs and this host lacks.
func lacking(line string) string {
	if source(line) != "profile" {
		return ""
	}
	for _, program := range []string{"perf", "strace"} {
		if _, err := exec.LookPath(program); err != nil {
			return program
		}
	}
	return ""
}

// output runs a command and returns what it prints, also beside an error.
func output(name string, args ...string) ([]byte, error) {
	fmt.Fprintf(os.Stderr, "golden: %s %s\n", filepath.Base(name), strings.Join(args, " "))
	var errs bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return out, fmt.Errorf("%s %s: %w\n%s%s", filepath.Base(name), strings.Join(args, " "), err, errs.Bytes(), out)
	}
	return out, nil
}
