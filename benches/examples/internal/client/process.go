package client

import (
	"bufio"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asExample is set in the environment of a test binary that is to be the
// example.
const asExample = "WSBENCH_EXAMPLE"

// Main serves TestMain of an example's tests, which run main as a process of
// its own.
func Main(m *testing.M, main func()) {
	if os.Getenv(asExample) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// Process is a running example.
type Process struct {
	Addr   string // where it listens
	t      testing.TB
	cmd    *exec.Cmd
	stderr strings.Builder
}

func command(args []string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asExample+"=1")
	return cmd
}

// Start runs the example on a port of its own until the test ends.
func Start(t testing.TB, args ...string) *Process {
	t.Helper()
	p := &Process{t: t, cmd: command(append([]string{"-addr", "127.0.0.1:0"}, args...))}
	p.cmd.Stderr = &p.stderr
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.cmd.Process.Kill() })
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if p.Addr = regexp.MustCompile(`[0-9.]+:[0-9]+`).FindString(line); p.Addr == "" {
		t.Fatalf("it says %q, %v", line, err)
	}
	return p
}

// Terminate sends SIGTERM.
func (p *Process) Terminate() { p.cmd.Process.Signal(syscall.SIGTERM) }

// Wait awaits a clean end.
func (p *Process) Wait() {
	p.t.Helper()
	late := time.AfterFunc(patience, func() { p.cmd.Process.Kill() })
	defer late.Stop()
	if err := p.cmd.Wait(); err != nil || p.stderr.Len() > 0 {
		p.t.Errorf("it ends with %v, and says %q", err, p.stderr.String())
	}
}

// WrongUsage runs the example with args, which it must refuse by status 2 and
// a line that holds want.
func WrongUsage(t testing.TB, want string, args ...string) {
	t.Helper()
	cmd := command(args)
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 2 || !strings.Contains(string(out), want) {
		t.Errorf("%q: status %d, %q; want status 2 and %q", args, code, out, want)
	}
}
