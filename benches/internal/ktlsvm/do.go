package main

import (
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
	server := &server{}
	if s.serve != nil {
		if err := server.start(ctx, s.serve); err != nil {
			return outcome{err: err}
		}
		defer server.stop()
		for i, a := range cmd.Args {
			cmd.Args[i] = strings.ReplaceAll(a, "ADDR", server.addr)
		}
	}
	var out bytes.Buffer
	cmd.Stdout = io.MultiWriter(os.Stdout, &out)
	cmd.Stderr = cmd.Stdout
	err := cmd.Run()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	result := s.judge(out.String(), err)
	if text := server.stop(); result.err == nil && !regexp.MustCompile(s.says).MatchString(text) {
		result.err = fmt.Errorf("the server's output does not match %q", s.says)
	}
	return result
}

// command returns the step's program.
func (s step) command(ctx context.Context) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/wsbench", s.args...)
	if s.tests != "" {
		folder := filepath.Join("/tests", s.tests)
		args := []string{"-test.v", "-test.run", s.run, "-test.timeout", (s.limit - time.Second).String()}
		cmd = exec.CommandContext(ctx, filepath.Join(folder, "test"), append(args, s.args...)...)
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
	if s.tests == "" || s.want != "" {
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
