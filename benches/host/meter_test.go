package host

import (
	"os"
	"strings"
	"testing"
	"time"

	"wsbench/syscalls"
)

func TestTooMuch(t *testing.T) {
	for _, tt := range []struct {
		window, taken time.Duration
		out           bool
	}{
		{time.Second, 39 * time.Millisecond, false},
		{time.Second, 41 * time.Millisecond, true},
		{100 * time.Millisecond, 29 * time.Millisecond, false}, // /proc/stat cannot tell
		{100 * time.Millisecond, 31 * time.Millisecond, true},
		{time.Second, -5 * time.Millisecond, false},
	} {
		if got := tooMuch(tt.window, tt.taken, DefaultNoise); (got != "") != tt.out {
			t.Errorf("%v of %v: %q", tt.taken, tt.window, got)
		}
	}
}

func TestMeterSeesInterference(t *testing.T) {
	at := time.Now()
	m := &Meter{CPUs: syscalls.CPUs{0, 1}, Noise: DefaultNoise}
	m.begin = reading{at: at}
	m.end = reading{at: at.Add(time.Second), own: 700 * time.Millisecond, cpus: CPUTime{Idle: 300 * time.Millisecond, IRQ: 50 * time.Millisecond}}
	m.end.server.CPU = 900 * time.Millisecond
	for apart, want := range map[bool]time.Duration{true: 50 * time.Millisecond, false: 100 * time.Millisecond} {
		if got := m.taken(time.Second, apart); got != want {
			t.Errorf("interrupts apart %v: others took %v, want %v", apart, got, want)
		}
	}
	if got := m.Interference(); !strings.HasPrefix(got, "interference: ") {
		t.Errorf("50 ms of a second: %q", got)
	}
}

// What the host does not tell switches the watch off, and is no failure.
func TestMeterOfUnreadableCPUs(t *testing.T) {
	m := &Meter{PID: os.Getpid(), CPUs: syscalls.CPUs{noCPU}, Noise: DefaultNoise}
	m.Edge(false)
	m.Edge(true)
	if _, err := m.Used(); err != nil || m.Blind() == nil || m.Interference() != "" {
		t.Errorf("used: %v, blind: %v, interference %q", err, m.Blind(), m.Interference())
	}
}

// A server may be known by its processes alone.
func TestMeterOfProcesses(t *testing.T) {
	m := &Meter{PIDs: []int{os.Getpid()}}
	if _, err := m.Used(); err != errNoWindow {
		t.Errorf("before a window: %v", err)
	}
	m.Edge(false)
	burn(t, 20*time.Millisecond)
	if _, err := m.Used(); err != errNoWindow {
		t.Errorf("in a window: %v", err)
	}
	m.Edge(true)
	if used, err := m.Used(); err != nil || used.CPU < 10*time.Millisecond {
		t.Errorf("%+v, %v; 20 ms were used", used, err)
	}
	m.Edge(false)
	if _, err := m.Used(); err != errNoWindow {
		t.Errorf("in the next window: %v", err)
	}
	m.PIDs = nil
	m.Edge(false)
	m.Edge(true)
	if _, err := m.Used(); err != errNoServer {
		t.Errorf("of no process: %v", err)
	}
}

func TestMeterOfNobody(t *testing.T) {
	m := &Meter{PID: nobody}
	m.Edge(false)
	m.Edge(true)
	if _, err := m.Used(); err == nil {
		t.Error("a server that cannot be read is no error")
	}
}
