package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// outcome is what a step came to.
type outcome struct {
	err  error
	text string // for the line about it
}

func (o outcome) String() string {
	if o.err != nil {
		return strings.TrimSpace(o.text + " " + o.err.Error())
	}
	return o.text
}

// do runs the step in the machine. What its programs print goes to the console.
func (s step) do() outcome {
	fmt.Printf("\n== %s\n", s.name)
	ctx, cancel := context.WithTimeoutCause(context.Background(), s.limit, fmt.Errorf("it took more than %v", s.limit))
	defer cancel()
	cmd := s.command(ctx)
	if s.serve != nil {
		stop, addr, err := serve(ctx, s.serve)
		if err != nil {
			return outcome{err: err}
		}
		defer stop()
		for i, a := range cmd.Args {
			cmd.Args[i] = strings.ReplaceAll(a, "ADDR", addr)
		}
	}
	var out bytes.Buffer
	cmd.Stdout = io.MultiWriter(os.Stdout, &out)
	cmd.Stderr = cmd.Stdout
	err := cmd.Run()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return s.judge(out.String(), err)
}

// command returns the step's program.
func (s step) command(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/wsbench", s.args...)
	if s.tests != "" {
		folder := filepath.Join("/tests", s.tests)
		cmd = exec.CommandContext(ctx, filepath.Join(folder, "test"), "-test.v", "-test.run", s.run, "-test.timeout", (s.limit - time.Second).String())
		cmd.Dir = folder
	}
	cmd.WaitDelay = 2 * time.Second
	return cmd
}

// judge makes an outcome of what a program printed, and of how it ended.
func (s step) judge(text string, err error) outcome {
	found := ""
	if s.want != "" && err == nil {
		if found = regexp.MustCompile(s.want).FindString(text); found == "" {
			err = fmt.Errorf("its output does not match %q", s.want)
		}
	}
	if s.tests == "" {
		return outcome{err, strings.TrimSpace(found)}
	}
	c := countTests(text)
	if err == nil && c.passed == 0 {
		err = errors.New("no test passed")
	}
	return outcome{err, strings.TrimSpace(c.String() + " " + found)}
}

// tests counts the tests at the top level of a package.
type tests struct {
	passed, failed int
	skipped        []string
}

// countTests reads the output of a test binary with -test.v.
func countTests(text string) (c tests) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case len(f) < 3 || f[0] != "---":
		case f[1] == "PASS:" && line[0] == '-':
			c.passed++
		case f[1] == "FAIL:" && line[0] == '-':
			c.failed++
		case f[1] == "SKIP:":
			c.skipped = append(c.skipped, f[2])
		}
	}
	return c
}

func (c tests) String() string {
	s := fmt.Sprintf("%d passed", c.passed)
	if c.failed > 0 {
		s += fmt.Sprintf(", %d failed", c.failed)
	}
	if len(c.skipped) > 0 {
		s += fmt.Sprintf(", %d skipped (%s)", len(c.skipped), strings.Join(c.skipped, " "))
	}
	return s
}

// listening matches the server's line that tells its address.
var listening = regexp.MustCompile(`listening on (\S+)`)

// serve starts wsbench echo and returns its address, and a function that stops it.
func serve(ctx context.Context, flags []string) (stop func(), addr string, err error) {
	cmd := exec.CommandContext(ctx, "/bin/wsbench", append([]string{"echo", "-addr", "127.0.0.1:0"}, flags...)...)
	r, w, err := os.Pipe()
	if err != nil {
		return nil, "", err
	}
	cmd.Stdout, cmd.Stderr = w, w
	err = cmd.Start()
	w.Close()
	if err != nil {
		return nil, "", err
	}
	found := make(chan string, 1)
	go func() {
		defer close(found)
		for lines := bufio.NewScanner(r); lines.Scan(); {
			fmt.Printf("server: %s\n", lines.Text())
			if m := listening.FindStringSubmatch(lines.Text()); m != nil {
				select {
				case found <- m[1]:
				default:
				}
			}
		}
	}()
	stop = func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}
	addr, ok := <-found
	if !ok {
		stop()
		return nil, "", errors.New("wsbench echo ended before it listened")
	}
	return stop, addr, nil
}
