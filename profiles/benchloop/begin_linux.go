package benchloop

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// The environment that bench.sh sets.
const (
	folderVar  = "WSBENCH_LOOP"         // folder with the FIFOs events and go
	profileVar = "WSBENCH_LOOP_PROFILE" // file for a CPU profile; "": none is taken
)

// server is the name of a thread that is captured in place of the benchmark's
// own: where a benchmark has a client, too.
const server = "server"

var runs = map[string]int{} // by benchmark

// Begin waits until a capture of the benchmark's thread has begun, and has the
// benchmark wait after its loop until the capture has ended. The first run of a
// benchmark is its warm-up, so that a capture takes -count 2; only the first
// benchmark is captured.
func Begin(b *testing.B) {
	folder := os.Getenv(folderVar)
	if folder == "" {
		return
	}
	b.Helper()
	runs[b.Name()]++
	if runs[b.Name()] != 2 || len(runs) > 1 {
		return
	}
	runtime.LockOSThread()
	b.Cleanup(runtime.UnlockOSThread)
	p := &pipes{b: b}
	p.open(folder)
	p.say("@loop %d %d %s", os.Getpid(), thread(), b.Name())
	p.wait()
	stop := profile(b)
	b.Cleanup(func() {
		stop()
		p.say("@done %d", b.N)
		p.wait()
	})
}

// thread returns the ID of the thread that is called server, or else the
// caller's.
func thread() int {
	names, _ := filepath.Glob("/proc/self/task/*/comm")
	for _, path := range names {
		name, _ := os.ReadFile(path)
		id, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err == nil && strings.TrimSpace(string(name)) == server {
			return id
		}
	}
	return syscall.Gettid()
}

// profile begins the CPU profile that is asked for, and returns what ends it.
func profile(b *testing.B) (stop func()) {
	path := os.Getenv(profileVar)
	if path == "" {
		return func() {}
	}
	f, err := os.Create(path)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		b.Fatal(err)
	}
	return func() {
		pprof.StopCPUProfile()
		if err := f.Close(); err != nil {
			b.Error(err)
		}
	}
}

// pipes are the FIFOs, used by system calls that block: package os would wait
// by the runtime's poller, with calls of its own within the capture.
type pipes struct {
	b              *testing.B
	events, resume int
}

func (p *pipes) open(folder string) {
	var err error
	if p.events, err = syscall.Open(filepath.Join(folder, "events"), syscall.O_WRONLY, 0); err == nil {
		p.resume, err = syscall.Open(filepath.Join(folder, "go"), syscall.O_RDONLY, 0)
	}
	if err != nil {
		p.b.Fatal(err)
	}
}

func (p *pipes) say(format string, args ...any) {
	if _, err := syscall.Write(p.events, fmt.Appendf(nil, format+"\n", args...)); err != nil {
		p.b.Fatal(err)
	}
}

// wait reads the line that lets the benchmark go on.
func (p *pipes) wait() {
	for one := []byte{0}; one[0] != '\n'; {
		if n, err := syscall.Read(p.resume, one); err != nil && err != syscall.EINTR || err == nil && n == 0 {
			p.b.Fatalf("bench.sh has gone: %v", err)
		}
	}
}
