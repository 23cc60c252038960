//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"wsbench/benches/internal/pty"
	"wsbench/benches/internal/term"
)

// onTerminal runs wsbench with its output on a terminal of so many columns, and
// is what came there, CR LF as LF.
func onTerminal(t *testing.T, columns int, env []string, args ...string) string {
	t.Helper()
	out, err := triedOnTerminal(t, columns, env, args...)
	if err != nil {
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return out
}

// loadOnTerminal is onTerminal of load with a window that is as long as it takes
// for an echo to come.
func loadOnTerminal(t *testing.T, columns int, env []string, args ...string) string {
	t.Helper()
	for window := 50 * time.Millisecond; ; window *= 4 {
		out, err := triedOnTerminal(t, columns, env, append([]string{"load", "-for", window.String()}, args...)...)
		switch {
		case err == nil:
			return out
		case window > 10*time.Second || !strings.Contains(out, "no echo came in the window"):
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
}

func triedOnTerminal(t *testing.T, columns int, env []string, args ...string) (string, error) {
	t.Helper()
	screen, tty, err := pty.Open(columns, 40)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer screen.Close()
	cmd := exec.CommandContext(t.Context(), "wsbench", args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TERM=xterm-256color"}, env...)
	cmd.Stdout, cmd.Stderr = tty, tty
	read := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(screen) // until EIO
		read <- b
	}()
	err = cmd.Run()
	tty.Close()
	return strings.ReplaceAll(string(<-read), "\r\n", "\n"), err
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

func widest(text string) (n int) {
	for line := range strings.Lines(sgr.ReplaceAllString(text, "")) {
		if strings.HasPrefix(line, "samples: ") || strings.HasPrefix(line, "compare: ") {
			continue // to be copied
		}
		n = max(n, term.Columns(strings.TrimRight(line, "\n")))
	}
	return n
}

// Colours and width are those of the terminal, of the environment and of the
// flag. Package term's tests have more of their combinations.
func TestOnTerminal(t *testing.T) {
	s := startServer(t)
	args := []string{"-conns", "2", "-warmup", "5ms", "-name", strings.Repeat("long", 30), s.url}
	for _, tt := range []struct {
		columns, want int // at most
		env           []string
		flag          string
		color, ascii  bool
	}{
		{120, 120, nil, "auto", true, false},
		{120, 64, []string{"COLUMNS=64"}, "auto", true, false},
		{120, 120, []string{"NO_COLOR=1"}, "auto", false, false},
		{120, 120, []string{"NO_COLOR=1"}, "always", true, false},
		{120, 120, []string{"LC_ALL=C"}, "auto", true, true},
	} {
		out := loadOnTerminal(t, tt.columns, tt.env, append([]string{"-color", tt.flag}, args...)...)
		if got := strings.Contains(out, "\x1b[1mtarget"); got != tt.color || sgr.MatchString(out) != tt.color {
			t.Errorf("%+v: colours %v in\n%q", tt, got, out)
		}
		if n := widest(out); n > tt.want || n < tt.want-25 {
			t.Errorf("%+v: %d columns in\n%s", tt, n, out)
		}
		if ascii := !strings.ContainsFunc(out, func(r rune) bool { return r > 0x7E }); ascii != tt.ascii || tt.ascii != strings.Contains(out, "###") {
			t.Errorf("%+v: ASCII %v in\n%s", tt, ascii, out)
		}
	}
	s.end()
}

// A session draws its one line of progress over and over, and leaves nothing of
// it behind.
func TestProgressOnTerminal(t *testing.T) {
	args := strings.Fields("matrix -io epoll,raw -cases 2/20 -rounds 2 -for 20ms -noise off -o " + t.TempDir() + "/out")
	out := onTerminal(t, 90, nil, args...)
	progress, _, _ := strings.Cut(out, "\n\n")
	if !regexp.MustCompile(`\rrun 6 of 6, 0 s left  \[████████████████████\]  round 2, 2/20 *\r +\r`).MatchString(progress) {
		t.Errorf("progress is %q", progress)
	}
	if n := widest(out[len(progress):]); n > 90 {
		t.Errorf("%d columns in\n%s", n, out)
	}
	for line := range strings.Lines(progress) {
		for part := range strings.SplitSeq(strings.TrimRight(line, "\n"), "\r") {
			if strings.HasPrefix(part, "run ") && term.Columns(part) >= 90 {
				t.Errorf("drawn line of %d columns: %q", term.Columns(part), part)
			}
		}
	}
	dumb := onTerminal(t, 90, []string{"TERM=dumb"}, append(args[:len(args)-1:len(args)-1], t.TempDir()+"/out")...)
	if strings.ContainsAny(dumb, "\r\x1b") {
		t.Errorf("control characters on a dumb terminal: %q", dumb)
	}
}

// A document is the same on a terminal: no colours, no folding.
func TestDocumentOnTerminal(t *testing.T) {
	out := onTerminal(t, 60, nil, "floors", "-for", "1ms", "-format", "json", "-color", "always")
	if err := checkDocument("floors", []byte(out), "skipped[].", "notes[]", "warnings[]"); err != nil {
		t.Error(err)
	}
}

// Whoever stops reading ends a command quietly: no message, the exit status of
// a broken pipe, and what it had begun is cleared up.
func TestBrokenPipe(t *testing.T) {
	s := startServer(t)
	dir := t.TempDir()
	for i, args := range []string{
		"floors -for 1ms", "floors -for 1ms -format bench", "crossover -quick -sets hot -format bench", "help", "load -h",
		"conform -v " + s.url, "conform -cases 1.1 -format json " + s.url,
		"load -conns 1 -for 20ms -warmup 0s " + s.url, "matrix -io epoll -cases 2/20 -rounds 1 -for 20ms -noise off -o " + dir + "/m",
	} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		mark := fmt.Sprint("pipe-", os.Getpid(), "-", i)
		cmd := matrixCommand(mark, args)
		var errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = w, &errs
		cmd.Run()
		w.Close()
		if status := cmd.ProcessState.ExitCode(); status != brokenPipe || strings.Contains(errs.String(), "broken pipe") || strings.Contains(errs.String(), "goroutine") {
			t.Errorf("%s: exit status %d, %q", args, status, errs.String())
		}
		if left := marked(mark); len(left) > 0 {
			t.Errorf("%s: left behind %v", args, left)
		}
	}
	s.end()
}
