package lab

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/internal/countfile"
	"wsbench/benches/internal/waiting"
)

func withSpawner(t *testing.T) *spawner {
	sp := newSpawner()
	t.Cleanup(sp.close)
	return sp
}

func shell(t *testing.T, script string) *child {
	t.Helper()
	p, err := launch(withSpawner(t), []string{"sh", "-c", script}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.stop)
	return p
}

func TestStopTakesWhatTheServerForked(t *testing.T) {
	p := shell(t, "sleep 1000 & echo forked $!; trap '' TERM; wait; wait")
	line, err := p.next(context.Background(), waiting.Bound, func(s string) bool { return strings.HasPrefix(s, "forked ") })
	if err != nil {
		t.Fatal(err)
	}
	child, _ := strconv.Atoi(strings.TrimPrefix(line, "forked "))
	p.pause()
	p.stop() // stopped, and deaf to SIGTERM
	p.stop()
	if _, ended := p.exited(); !ended {
		t.Error("the server is still there")
	}
	waiting.For(t, "the process that the server forked is gone", func() bool { return ended(child) })
}

// What a server left behind in another session is ended, and said.
func TestDaemonsAreEnded(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("setsid is not on the PATH")
	}
	pid := filepath.Join(t.TempDir(), "pid")
	for name, script := range map[string]string{
		"background": "sleep 1000 & echo $! >%s",
		"session":    "setsid sh -c 'echo $$ >%[1]s; exec sleep 1000' & while ! [ -s %[1]s ]; do sleep 0.01; done",
	} {
		t.Run(name, func(t *testing.T) {
			os.Remove(pid)
			p := shell(t, fmt.Sprintf(script, pid))
			<-p.ended
			b, _ := os.ReadFile(pid)
			child, err := strconv.Atoi(strings.TrimSpace(string(b)))
			if err != nil {
				t.Fatal(err)
			}
			waiting.For(t, "the process that was left is gone", func() bool { return ended(child) })
			fault, _ := p.exited()
			if want := fmt.Sprintf("its command ended and left process %d behind; a server must stay in the foreground, without & and without options such as -d or --daemon", child); fault != want {
				t.Errorf("%q, want %q", fault, want)
			}
		})
	}
}

// A server in a session of its own that never becomes ready does not survive.
func TestStopTakesOtherSessions(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("setsid is not on the PATH")
	}
	p := shell(t, "setsid sh -c 'echo pid $$; exec sleep 1000' & wait")
	line, err := p.next(t.Context(), waiting.Bound, func(s string) bool { return strings.HasPrefix(s, "pid ") })
	if err != nil {
		t.Fatal(err)
	}
	child, _ := strconv.Atoi(strings.TrimPrefix(line, "pid "))
	p.stop()
	waiting.For(t, "the process in another session is gone", func() bool { return ended(child) })
}

// ended tells whether nothing is left of a process, or a zombie.
func ended(pid int) bool {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || strings.Contains(string(b), ") Z ")
}

func TestFaultQuotesTheServer(t *testing.T) {
	p := shell(t, "echo one >&2; echo cannot bind >&2; exit 4")
	<-p.ended
	fault, _ := p.exited()
	if got, want := serverEnded(fault).Error(), "the server ended: exit status 4: one | cannot bind"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestNextGivesUp(t *testing.T) {
	p := shell(t, "while :; do sleep 0.01; echo noise; done")
	never := func(string) bool { return false }
	if _, err := p.next(context.Background(), 50*time.Millisecond, never); !errors.Is(err, errNoLine) {
		t.Errorf("%v, want %v", err, errNoLine)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := p.next(ctx, time.Minute, never); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want that of the context", err)
	}
}

func TestLaunchWhatIsNotThere(t *testing.T) {
	if _, err := launch(withSpawner(t), []string{"/no/such/server"}, nil); !errors.Is(err, syscall.ENOENT) {
		t.Errorf("%v", err)
	}
}

func TestCountersOfAServer(t *testing.T) {
	c := newCountFile()
	if c == nil {
		t.Skip("this kernel has no memfd")
	}
	defer c.close()
	if got := c.read(); got != nil {
		t.Errorf("%v before a server counts", got)
	}
	count := func(names string, workers ...[]uint64) counters {
		b := make([]byte, countfile.Offset, countfile.Offset+len(workers)*countfile.Stride)
		copy(b, names+"\n")
		for _, w := range workers {
			one := make([]byte, 0, countfile.Stride)
			for _, v := range w {
				one = binary.NativeEndian.AppendUint64(one, v)
			}
			b = append(b, one[:countfile.Stride]...)
		}
		if _, err := c.f.WriteAt(b, 0); err != nil {
			t.Fatal(err)
		}
		return c.read()
	}
	const names = "frames recvs waits calls"
	before := count(names, []uint64{100, 50, 10, 60}, []uint64{0, 0, 5, 5})
	v := count(names, []uint64{200, 100, 30, 110}, []uint64{100, 50, 10, 105}).values(before)
	if want := map[string]float64{"syscalls/msg": 0.75, "frames/recv": 2, "frames/wait": 8}; !maps.Equal(v, want) {
		t.Errorf("%v, want %v", v, want)
	}
	if v := before.values(before); len(v) != 0 {
		t.Errorf("no frames have %v", v)
	}
	before = count("frames recvs", []uint64{100, 50}) // as of package net
	if v := count("frames recvs", []uint64{200, 100}).values(before); len(v) != 1 || v["frames/recv"] != 2 {
		t.Errorf("%v of a server that does not count its waiting, want frames per recv alone", v)
	}
}

func TestFillPort(t *testing.T) {
	argv, addr, err := fillPort([]string{"srv", "-p{port}", "{port}"})
	_, port, _ := strings.Cut(addr, ":")
	if err != nil || argv[1] != "-p"+port || argv[2] != port || port == "" {
		t.Errorf("%q %q %v", argv, addr, err)
	}
	if argv, addr, _ := fillPort([]string{"srv", "{tls-port}"}); "127.0.0.1:"+argv[1] != addr {
		t.Errorf("%q %q with the mark of TLS", argv, addr)
	}
	if argv, addr, _ := fillPort([]string{"srv"}); addr != "" || len(argv) != 1 {
		t.Errorf("%q %q without a mark", argv, addr)
	}
}
