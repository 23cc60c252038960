//go:build linux

package profiles

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// place holds the unpacked scripts, and target the program that they observe;
// both may be read by every user.
var place, target string

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	flag.Parse()
	flag.Set("test.parallel", "6") // captures mostly wait
	dir, err := os.MkdirTemp("", "wsbench-profiles-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	place, target = dir, filepath.Join(dir, "target")
	if err := errors.Join(os.Chmod(dir, 0o755), Unpack(dir)); err != nil {
		panic(err)
	}
	out, err := exec.Command("go", "build", "-o", target, "./testdata/target").CombinedOutput()
	if err != nil {
		panic(fmt.Sprintf("building the target: %v\n%s", err, out))
	}
	return m.Run()
}

// A process is one that a test observes.
type process struct {
	*exec.Cmd
	pid  int
	addr string // where the target listens
}

// observed starts the target, by way of prefix if there is one.
func observed(t *testing.T, prefix ...string) *process {
	t.Helper()
	args := append(prefix, target)
	return begin(t, exec.Command(args[0], args[1:]...))
}

func begin(t *testing.T, cmd *exec.Cmd) *process {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{Cmd: cmd}
	t.Cleanup(func() {
		syscall.Kill(p.pid, syscall.SIGKILL)
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, _ := bufio.NewReader(out).ReadString('\n')
	if _, err := fmt.Sscanf(line, "target %d %s", &p.pid, &p.addr); err != nil {
		t.Fatalf("the target says %q: %v", line, err)
	}
	return p
}

// untouched fails the test unless the process runs, and nobody traces it.
func (p *process) untouched(t *testing.T) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		t.Fatalf("the target is gone: %v", err)
	}
	for line := range strings.Lines(string(status)) {
		switch f := strings.Fields(line); f[0] {
		case "State:":
			if strings.Contains("TtZX", f[1]) {
				t.Errorf("the target is left in state %s", line)
			}
		case "TracerPid:":
			if f[1] != "0" {
				t.Errorf("the target is still traced by %s", f[1])
			}
		}
	}
}

// work has the target do what the captures must show, and waits until it has.
func (p *process) work(t *testing.T) {
	t.Helper()
	resp, err := http.Get("http://" + p.addr + "/work")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
}

// A capture is one run of a script.
type capture struct {
	t              *testing.T
	cmd            *exec.Cmd
	lines          *bufio.Reader
	stdout, stderr bytes.Buffer
	mark, tmp      string
}

var captures atomic.Int64

// script prepares a run; the test may change c.cmd before it starts it.
func script(t *testing.T, name string, args ...string) *capture {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // bench.sh builds
	t.Cleanup(cancel)
	c := &capture{t: t, tmp: t.TempDir()}
	c.mark = fmt.Sprintf("WSBENCH_CAPTURE=%d-%d", os.Getpid(), captures.Add(1))
	c.cmd = exec.CommandContext(ctx, filepath.Join(place, name), args...)
	c.cmd.Env = append(os.Environ(), c.mark, "TMPDIR="+c.tmp)
	c.cmd.Stderr = &c.stderr
	c.cmd.Cancel = func() error { return c.cmd.Process.Signal(syscall.SIGTERM) }
	c.cmd.WaitDelay = 10 * time.Second
	return c
}

func (c *capture) start() *capture {
	c.t.Helper()
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	c.lines = bufio.NewReader(io.TeeReader(out, &c.stdout))
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	return c
}

// ready waits for the line that says that the tool counts.
func (c *capture) ready() {
	c.t.Helper()
	if line, err := c.lines.ReadString('\n'); !strings.HasPrefix(line, "ready: ") {
		c.finish()
		c.t.Fatalf("no line ready: %q, %v, stderr %q", line, err, c.stderr.String())
	}
}

// finish waits for the end, and fails the test for what the script left.
func (c *capture) finish() (status int) {
	c.t.Helper()
	io.Copy(io.Discard, c.lines)
	err := c.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatalf("%v, stderr %q", err, c.stderr.String())
	}
	c.nothingLeft()
	return c.cmd.ProcessState.ExitCode()
}

// nothingLeft knows the descendants of the script by a variable of their
// environment. The last of them may take a moment to be gone.
func (c *capture) nothingLeft() {
	c.t.Helper()
	for range 100 {
		if len(marked(c.mark)) == 0 {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, left := range marked(c.mark) {
		c.t.Errorf("%s left a process: %s", filepath.Base(c.cmd.Path), left)
	}
	if left, _ := os.ReadDir(c.tmp); len(left) > 0 {
		c.t.Errorf("%s left %s in TMPDIR", filepath.Base(c.cmd.Path), left[0].Name())
	}
}

func marked(mark string) (found []string) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		env, err := os.ReadFile(dir + "/environ")
		if err != nil || !bytes.Contains(env, []byte(mark+"\x00")) {
			continue
		}
		line, _ := os.ReadFile(dir + "/cmdline")
		found = append(found, dir+" "+strings.ReplaceAll(string(line), "\x00", " "))
	}
	return found
}

// own returns where the script's own lines are: a command has stdout to itself.
func (c *capture) own() *bytes.Buffer {
	if slices.Contains(c.cmd.Args, "--") {
		return &c.stderr
	}
	return &c.stdout
}

// run runs a script to its end.
func (c *capture) run() (status int) {
	c.t.Helper()
	return c.start().finish()
}

// complain fails the test unless the script ended with status, and with one
// line that holds text.
func (c *capture) complain(status int, text string) {
	c.t.Helper()
	got, said := c.run(), c.stderr.String()
	if got != status || strings.Count(said, "\n") != 1 || !strings.Contains(said, text) {
		c.t.Errorf("status %d, stderr %q; want status %d and one line with %q", got, said, status, text)
	}
	if c.stdout.Len() > 0 {
		c.t.Errorf("stdout %q, want nothing", c.stdout.String())
	}
}

func pid(p *process) string { return itoa(p.pid) }

func itoa(n int) string { return strconv.Itoa(n) }
