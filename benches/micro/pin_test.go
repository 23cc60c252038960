package micro

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"wsbench/syscalls"
)

func TestParsePin(t *testing.T) {
	for s, want := range map[string]syscalls.CPUs{"none": nil, "0": {0}, "3-3": {3}} {
		if got, err := ParsePin(s); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	if got, err := ParsePin(""); err != nil || len(got) != 1 {
		t.Errorf("default: %v, %v", got, err)
	}
	for s, want := range map[string]string{"x": "CPU list", "0-1": "2 CPUs", "0,5,7": "3 CPUs"} {
		if _, err := ParsePin(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error about %s", s, err, want)
		}
	}
}

func TestPin(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	home, err := syscalls.Affinity()
	if err != nil {
		t.Fatal(err)
	}
	release, err := Pin(home[:1])
	if err != nil {
		t.Fatal(err)
	}
	if got, err := syscalls.Affinity(); err != nil || !slices.Equal(got, home[:1]) {
		t.Errorf("pinned to %v, %v", got, err)
	}
	release()
	if got, err := syscalls.Affinity(); err != nil || !slices.Equal(got, home) {
		t.Errorf("released to %v, %v; want %v", got, err, home)
	}
}
