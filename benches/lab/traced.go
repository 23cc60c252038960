package lab

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/host"
)

// tracedWindow is how long a server's system calls are counted, apart from the
// run that is timed: a traced call takes some 100 ns more.
const tracedWindow = 20 * time.Millisecond

// traced counts the system calls of a server's threads by the kernel's tracepoint
// raw_syscalls:sys_enter.
type traced struct {
	fds        []int // perf events, one of each thread
	began, all uint64
}

// sysEnter are the folders of tracefs, below which the tracepoint's number is.
var sysEnter = []string{"/sys/kernel/tracing", "/sys/kernel/debug/tracing"}

// tracepoint returns the number of the tracepoint, or why it cannot be had.
func tracepoint() (id uint64, err error) {
	for _, dir := range sysEnter {
		var b []byte
		if b, err = os.ReadFile(filepath.Join(dir, "events/raw_syscalls/sys_enter/id")); err == nil {
			return strconv.ParseUint(strings.TrimSpace(string(b)), 10, 32)
		}
	}
	return 0, err
}

// traceable returns why the system calls of processes cannot be counted here,
// nil if they can.
func traceable() error {
	t, err := trace(os.Getpid())
	if err == nil {
		t.close()
	}
	return err
}

// trace begins to count the system calls of pid and its descendants, threads to
// come included.
func trace(pid int) (*traced, error) {
	id, err := tracepoint()
	if err != nil {
		return nil, fmt.Errorf("%w: mount tracefs, or run as root", err)
	}
	t := &traced{}
	for list := []int{pid}; len(list) > 0; list = list[1:] {
		list = append(list, host.Children(list[0])...)
		if err := t.threads(list[0], id); err != nil {
			t.close()
			return nil, err
		}
	}
	return t, nil
}

// traceCalls adds all-syscalls/msg to values, from a short run apart, unless the
// server is observed.
func (e *echoClient) traceCalls(ctx context.Context, values map[string]float64) error {
	if e.process.observer != "" {
		return nil
	}
	t, err := trace(e.process.pid())
	if err != nil {
		return nil // the session has said why
	}
	defer t.close()
	e.traced = t
	defer func() { e.traced = nil }()
	res, err := e.group.Run(ctx, 0, tracedWindow)
	if err == nil && res.Messages > 0 {
		values["all-syscalls/msg"] = float64(t.all) / float64(res.Messages)
	}
	return err
}

// edge reads what the server has used at an end of a window.
func (e *echoClient) edge(end bool) {
	if e.traced != nil {
		e.traced.edge(end)
		return
	}
	e.meter.Edge(end)
}

// countsItself reports whether the server tells all of its system calls.
func (s Server) countsItself() bool { return s.Counts && s.Key.Value("io") != "net" }

// Untraced is the name under which the file says that system calls could not be
// counted.
const Untraced = "all-syscalls/msg"

// untraced writes why the system calls of servers that do not count their own are
// unknown, if they are.
func (s *Session) untraced() error {
	if _, echo := s.Plan.Probe.(Echo); !echo || !slices.ContainsFunc(s.Plan.Servers, func(x Server) bool { return !x.countsItself() && x.observer() == "" }) {
		return nil
	}
	if err := traceable(); err != nil {
		return s.skip(Untraced, "the kernel does not count them here: "+err.Error())
	}
	return nil
}
