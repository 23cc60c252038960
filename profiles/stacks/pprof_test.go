package stacks

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/pprof/profile"
)

// written is the path of p in a file.
func written(t *testing.T, p *profile.Profile) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "p.pb.gz")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := p.Write(f); err != nil {
		t.Fatal(err)
	}
	return path
}

// pprof is what go tool pprof prints; it must not complain, such as of
// symbols that it looks for.
func pprof(t *testing.T, args ...string) string {
	t.Helper()
	tool, err := pprofTool()
	if err != nil {
		t.Skipf("go tool pprof is needed: %v", err)
	}
	cmd := exec.Command(tool, args...)
	cmd.Env = append(os.Environ(), "TZ=UTC", "PPROF_TMPDIR="+t.TempDir(), "PPROF_BINARY_PATH="+t.TempDir())
	var out, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("pprof %v: %v\n%s%s", args, err, out.String(), stderr.String())
	}
	if s := stderr.String(); s != "" {
		t.Errorf("pprof %v says %s", args, s)
	}
	return out.String()
}

// want fails unless each part is in out.
func want(t *testing.T, out string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(out, p) {
			t.Errorf("pprof does not print %q:\n%s", p, out)
		}
	}
}

// pprofTool is the path of what go tool pprof runs.
var pprofTool = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "pprof").Output()
	return strings.TrimSpace(string(out)), err
})

// pprof opens each profile and shows what Functions says.
func TestPprofTop(t *testing.T) {
	for _, name := range captures(t) {
		if testing.Short() && !strings.HasPrefix(name, "perf6.1-") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := readCapture(t, name)
			path := written(t, p)
			top := Functions(p, "")
			out := pprof(t, "-top", "-nodecount=10", path)
			want(t, out, top[0].Name, "File: "+filepath.Base(p.Mapping[0].File))
			want(t, pprof(t, "-raw", path), "[FN]", p.SampleType[0].Type+"/"+p.SampleType[0].Unit, "[dflt]")
		})
	}
}

// Labels and callers are there for -tagfocus, -tagroot and -peek, and kernel
// frames stand under the user's.
func TestPprofViews(t *testing.T) {
	p, _ := readCapture(t, "perf6.1-net.txt.gz")
	path := written(t, p)
	want(t, pprof(t, "-peek", "^do_syscall_64$", path), "entry_SYSCALL_64_after_hwframe", "ksys_write")
	want(t, pprof(t, "-top", "-tagfocus", "comm=wsbench", path), "do_syscall_64")
	want(t, pprof(t, "-tree", "-tagroot", "comm", path), "wsbench", "tcp_sendmsg")
	want(t, pprof(t, "-tags", path), "comm", "event", "cpu-clock:ppp", "tid", "%): 0\n", "%): 1\n")
}

// A merged profile shows both of one run beside each other, and either alone.
func TestPprofMerged(t *testing.T) {
	perf, _ := readCapture(t, "pair-net.txt.gz")
	goes, _ := readCapture(t, "pair-net.pb.gz")
	p, err := Merge(Named{"perf", perf}, Named{"go", goes})
	if err != nil {
		t.Fatal(err)
	}
	path := written(t, p)
	want(t, pprof(t, "-traces", "-tagroot", "source", path), "go\n", "perf\n")
	only := pprof(t, "-top", "-nodecount=500", "-tagfocus", "source=go", path)
	want(t, only, "internal/runtime/syscall/linux.Syscall6")
	if strings.Contains(only, "do_syscall_64") {
		t.Errorf("Go's profile alone has kernel functions:\n%s", only)
	}
	want(t, pprof(t, "-top", "-nodecount=500", "-tagfocus", "source=perf", path), "do_syscall_64")
}
