package lab

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

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
	waiting.For(t, "the process that the server forked is gone", func() bool { return gone(child) })
}

// gone tells whether nothing is left of a process, or a zombie.
func gone(pid int) bool {
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
	p := &Process{own: true, child: shell(t, `n=0; trap 'n=$((n+100)); echo counters frames=$n recv=$((n/2)) send=$n wait=10 calls=$((n/2+n+10))' USR1; echo ready; while :; do sleep 0.02; done`)}
	p.next(context.Background(), waiting.Bound, func(s string) bool { return s == "ready" })
	before := p.count(context.Background())
	after := p.count(context.Background())
	if before == nil || after == nil {
		t.Fatal("no counters")
	}
	v := after.values(before)
	if v["syscalls/msg"] != 1.5 || v["frames/recv"] != 2 {
		t.Errorf("%v, want 1.5 system calls per message and 2 frames per recv", v)
	}
	delete(after, "wait") // as of package net
	if v := after.values(before); len(v) != 1 || v["frames/recv"] != 2 {
		t.Errorf("%v of a server that does not count its waiting, want frames per recv alone", v)
	}
	if got := before.values(before); len(got) != 0 {
		t.Errorf("no frames have %v", got)
	}
}

func TestFillPort(t *testing.T) {
	argv, addr, err := fillPort([]string{"srv", "-p{port}", "{port}"})
	_, port, _ := strings.Cut(addr, ":")
	if err != nil || argv[1] != "-p"+port || argv[2] != port || port == "" {
		t.Errorf("%q %q %v", argv, addr, err)
	}
	if argv, addr, _ := fillPort([]string{"srv"}); addr != "" || len(argv) != 1 {
		t.Errorf("%q %q without a mark", argv, addr)
	}
}
