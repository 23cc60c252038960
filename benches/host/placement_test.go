package host

import (
	"strings"
	"testing"

	"wsbench/syscalls"
)

func TestCheckCPUs(t *testing.T) {
	allowed, err := syscalls.Affinity()
	if err != nil {
		t.Fatal(err)
	}
	if err := CheckCPUs(allowed); err != nil {
		t.Error(err)
	}
	if err := CheckCPUs(syscalls.CPUs{allowed[0], 1023}); err == nil || !strings.Contains(err.Error(), "cannot run on CPU 1023; name one of "+allowed.String()) {
		t.Errorf("%v", err)
	}
}

func TestChoose(t *testing.T) {
	alone := func(c int) syscalls.CPUs { return syscalls.CPUs{c} }
	pairs := func(c int) syscalls.CPUs { return syscalls.CPUs{c &^ 1, c | 1} }
	for _, tt := range []struct {
		name         string
		allowed      syscalls.CPUs
		siblings     func(int) syscalls.CPUs
		server, load syscalls.CPUs
		want, note   string
	}{
		{"two", syscalls.CPUs{0, 1}, alone, nil, nil, "0 1", ""},
		{"one", syscalls.CPUs{3}, alone, nil, nil, "3 3", "one CPU"},
		{"threads", syscalls.CPUs{0, 1, 2, 3}, pairs, nil, nil, "0 2", ""},
		{"one core", syscalls.CPUs{0, 1}, pairs, nil, nil, "0 1", "threads of one core"},
		{"load given", syscalls.CPUs{0, 1}, alone, nil, syscalls.CPUs{0}, "1 0", ""},
		{"the same", syscalls.CPUs{0, 1}, alone, syscalls.CPUs{1}, syscalls.CPUs{1}, "1 1", "share a CPU"},
	} {
		p := choose(tt.allowed, tt.siblings, tt.server, tt.load)
		if got := p.ServerCPU.String() + " " + p.LoadCPU.String(); got != tt.want {
			t.Errorf("%s: CPUs %s, want %s", tt.name, got, tt.want)
		}
		if notes := strings.Join(p.Notes, " "); (tt.note == "") != (notes == "") || !strings.Contains(notes, tt.note) {
			t.Errorf("%s: notes %q, want %q", tt.name, notes, tt.note)
		}
	}
}

func TestPlaceWithoutPermission(t *testing.T) {
	p := Place(syscalls.CPUs{1023}, nil) // no such CPU here: the kernel refuses
	if len(p.ServerCPU) > 0 || len(p.LoadCPU) > 0 || len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "nothing is pinned") {
		t.Errorf("%+v", p)
	}
}
