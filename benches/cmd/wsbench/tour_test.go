//go:build linux

package main

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// touring is a tour that a test reads line by line.
type touring struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines *bufio.Scanner
	said  strings.Builder // on both outputs
	mark  string
}

func startTour(t *testing.T, args string) *touring {
	t.Helper()
	if exec.Command("sh", "-c", "command -v curl || command -v wget").Run() != nil {
		t.Skip("neither curl nor wget is installed, by which Go's profiles are got")
	}
	p := &touring{t: t, mark: fmt.Sprintf("%s-%d", t.Name(), os.Getpid())}
	p.cmd = matrixCommand(p.mark, "tour "+args)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.cmd.Stdout, p.cmd.Stderr, p.lines = w, w, bufio.NewScanner(r)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { p.cmd.Process.Kill(); r.Close() })
	return p
}

// until reads to the first line that holds text, and returns it.
func (p *touring) until(text string) string {
	p.t.Helper()
	for p.lines.Scan() {
		fmt.Fprintln(&p.said, p.lines.Text())
		if strings.Contains(p.lines.Text(), text) {
			return p.lines.Text()
		}
	}
	p.t.Fatalf("it ends without %q:\n%s", text, &p.said)
	return ""
}

// interrupt ends the tour as Ctrl-C does, and returns its exit status.
func (p *touring) interrupt() (status int) {
	p.t.Helper()
	p.cmd.Process.Signal(os.Interrupt)
	for p.lines.Scan() {
		fmt.Fprintln(&p.said, p.lines.Text())
	}
	p.cmd.Wait()
	if left := marked(p.mark); len(left) > 0 {
		p.t.Errorf("left running: %q", left)
	}
	return p.cmd.ProcessState.ExitCode()
}

func wantFiles(t *testing.T, dir string, names ...string) {
	t.Helper()
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s is missing or empty: %v", name, err)
		}
	}
}

// A tour names the component of the planted fault, leaves the files of each step,
// tells the commands, and serves its page until Ctrl-C.
func TestTour(t *testing.T) {
	onceWithoutRace(t)
	dir := filepath.Join(t.TempDir(), "out")
	p := startTour(t, "-rounds 1 -with pprof -noise off -serve -o "+dir)
	url := regexp.MustCompile(`http://\S+`).FindString(p.until("until Ctrl-C"))
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if page, err := io.ReadAll(answer.Body); err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(page), "4. wsbench ab") {
		t.Errorf("%s: %s, %v", url, answer.Status, err)
	}
	if status := p.interrupt(); status != 0 {
		t.Errorf("exit status %d", status)
	}
	said := strings.Join(strings.Fields(p.said.String()), " ")
	for _, want := range []string{
		"Compared with net, slow 10/16384 takes the most CPU time in mask (such as main.", "by Go's profiler", "file://" + dir + "/report.html",
		"$ go build", "$ wsbench matrix -rounds 1", "$ wsbench profile -rounds 1", "$ wsbench ab -rounds 1",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(p.said.String())
	}
	wantFiles(t, dir, "report.html", "matrix/bench.txt", "matrix/report.html", "profile/report.html", "profile/slow-10-16384/go.pb.gz",
		"profile/slow-10-16384/flame.svg", "ab/report.html", "ab/old.txt", "ab/new.txt")
}

// An interrupted tour keeps the steps that it finished.
func TestTourInterrupted(t *testing.T) {
	onceWithoutRace(t)
	dir := filepath.Join(t.TempDir(), "out")
	p := startTour(t, "-rounds 1 -with pprof -noise off -o "+dir)
	p.until("$ wsbench profile")
	if status := p.interrupt(); status != 1 || !strings.Contains(p.said.String(), "wsbench: tour: interrupted in step 3; what was measured is in "+dir) {
		t.Errorf("exit status %d:\n%s", status, &p.said)
	}
	wantFiles(t, dir, "report.html", "matrix/bench.txt", "matrix/report.html")
	if page, err := os.ReadFile(filepath.Join(dir, "report.html")); err != nil || !strings.Contains(string(page), "2. wsbench matrix") || strings.Contains(string(page), "wsbench ab") {
		t.Errorf("the page is not of the finished step (%v)", err)
	}
}

func TestTourNeedsGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := exampleRoot(); err == nil || !strings.Contains(err.Error(), "the go command is not in PATH") {
		t.Errorf("without the go command: %v", err)
	}
}
