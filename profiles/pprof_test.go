//go:build linux

package profiles

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// All kinds of profile, by wget where there is no curl, by URL.
func TestPprofURL(t *testing.T) {
	t.Parallel()
	all := contents{
		"cpu.pb.gz": burns, "heap.pb.gz": isProfile, "allocs.pb.gz": isProfile, "goroutine.pb.gz": isProfile,
		"block.pb.gz": isProfile, "mutex.pb.gz": isProfile, "trace.out": holds(`^go 1\.\d+ trace`),
	}
	k := kind{script: "pprof.sh", args: []string{"-k", "block cpu trace heap allocs goroutine mutex"}, files: all}
	for client, need := range map[string]func() string{"curl": needCurl, "wget": needWget} {
		t.Run(client, func(t *testing.T) {
			t.Parallel()
			if why := need(); why != "" {
				t.Skip(why)
			}
			other := map[string]string{"curl": "wget", "wget": "curl"}[client]
			dir, p := t.TempDir(), observed(t)
			c := script(t, k.script, k.on("-d", "0.5", "-o", dir, "-u", "http://"+p.addr+"/debug/pprof/")...)
			c.cmd.Env = append(c.cmd.Env, without(t, other), "http_proxy=http://127.0.0.1:1")
			c.start().ready()
			p.work(t)
			if status := c.finish(); status != 0 {
				t.Fatalf("status %d, stderr %q", status, c.stderr.String())
			}
			k.check(t, c, dir)
			for _, hint := range []string{"SetBlockProfileRate", "SetMutexProfileFraction"} {
				if !strings.Contains(c.stderr.String(), hint) {
					t.Errorf("stderr %q does not tell of %s", c.stderr.String(), hint)
				}
			}
		})
	}
}

// A command is asked when it listens, which takes it a while, and ended after
// that.
func TestPprofCommand(t *testing.T) {
	t.Parallel()
	if why := needCurl(); why != "" {
		t.Skip(why)
	}
	dir := t.TempDir()
	c := script(t, "pprof.sh", "-k", "cpu heap", "-d", "1", "-o", dir, "--", "sh", "-c", `sleep 0.5; exec "$0"`, target)
	if status := c.run(); status != 0 {
		t.Fatalf("status %d, stderr %q", status, c.stderr.String())
	}
	kind{files: contents{"cpu.pb.gz": isProfile, "heap.pb.gz": isProfile}}.check(t, c, dir)
}

// A signal gives up the CPU profile; the others are taken, none is left half.
func TestPprofGivenUp(t *testing.T) {
	t.Parallel()
	if why := needCurl(); why != "" {
		t.Skip(why)
	}
	dir, p := t.TempDir(), observed(t)
	c := script(t, "pprof.sh", "-k", "cpu heap", "-d", "30", "-o", dir, "-p", pid(p)).start()
	c.ready()
	time.Sleep(100 * time.Millisecond)
	c.cmd.Process.Signal(syscall.SIGINT)
	if status := c.finish(); status != 0 || !strings.Contains(c.stderr.String(), "cpu was given up") {
		t.Fatalf("status %d, stderr %q", status, c.stderr.String())
	}
	kind{files: contents{"heap.pb.gz": isProfile}}.check(t, c, dir)
	p.untouched(t)
}

func TestPprofMissing(t *testing.T) {
	t.Parallel()
	if why := needCurl(); why != "" {
		t.Skip(why)
	}
	bare := begin(t, exec.Command(target, "-bare"))
	script(t, "pprof.sh", "-o", t.TempDir(), "-p", pid(bare)).complain(1, `import _ "net/http/pprof"`)
	script(t, "pprof.sh", "-k", "cpu", "-d", "1", "-o", t.TempDir(), "-p", pid(bare)).complain(1, `import _ "net/http/pprof"`)
	c := script(t, "pprof.sh", "-k", "heap", "-o", t.TempDir(), "-u", "http://"+bare.addr)
	if status := c.run(); status != 1 || !strings.Contains(c.stderr.String(), "refused its heap profile") {
		t.Errorf("status %d, stderr %q", status, c.stderr.String())
	}
	c = script(t, "pprof.sh", "-k", "heap", "-o", t.TempDir(), "--", "true")
	if status := c.run(); status != 1 || !strings.Contains(c.stderr.String(), "ended before") {
		t.Errorf("status %d, stderr %q", status, c.stderr.String())
	}
}

// The process of a capture that dies with it leaves no half profile.
func TestPprofProcessEnds(t *testing.T) {
	t.Parallel()
	if why := needCurl(); why != "" {
		t.Skip(why)
	}
	dir, p := t.TempDir(), observed(t)
	c := script(t, "pprof.sh", "-k", "cpu", "-d", "30", "-o", dir, "-p", pid(p)).start()
	c.ready()
	p.Process.Kill()
	if status := c.finish(); status != 1 || strings.Count(c.stderr.String(), "\n") != 1 {
		t.Errorf("status %d, stderr %q", status, c.stderr.String())
	}
	if left, _ := filepath.Glob(dir + "/*"); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
