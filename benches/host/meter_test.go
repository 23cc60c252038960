//go:build linux

package host

import (
	"os"
	"testing"
	"time"
)

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
