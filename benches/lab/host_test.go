package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsbench/syscalls"
)

func TestHostFacts(t *testing.T) {
	seen := map[string]string{}
	for _, f := range HostFacts() {
		seen[f.Key] = f.Value
	}
	for _, key := range []string{"goos", "goarch", "cpu", "cpus", "kernel", "governor", "cgroup", "virt", "irq-time", "go"} {
		if seen[key] == "" {
			t.Errorf("%s is not known", key)
		}
	}
}

func TestMitigations(t *testing.T) {
	dir := t.TempDir()
	if got := mitigations(dir); got != "none needed" {
		t.Errorf("%q", got)
	}
	for name, text := range map[string]string{
		"spectre_v2": "Mitigation: Retpolines; STIBP: disabled\n", "mds": "Not affected\n", "srso": "Vulnerable: Safe RET, no microcode\n",
	} {
		os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)
	}
	if got, want := mitigations(dir), "on: spectre_v2; vulnerable: srso"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := mitigations(filepath.Join(dir, "none")); got != "" {
		t.Errorf("%q of a host that does not tell", got)
	}
}

func TestIRQTimeOf(t *testing.T) {
	for config, want := range map[string]string{
		"CONFIG_HZ=250\nCONFIG_IRQ_TIME_ACCOUNTING=y\n":            "separate",
		"# CONFIG_IRQ_TIME_ACCOUNTING is not set\nCONFIG_HZ=250\n": "in-process",
	} {
		if got := irqTimeOf(strings.NewReader(config)); got != want {
			t.Errorf("%q: %s, want %s", config, got, want)
		}
	}
}

func TestSourceRoot(t *testing.T) {
	wd, _ := os.Getwd()
	root := SourceRoot(wd)
	if _, err := os.Stat(filepath.Join(root, "benches", "lab")); root == "" || err != nil {
		t.Errorf("root of %s is %q", wd, root)
	}
	if got := SourceRoot(t.TempDir()); got != "" {
		t.Errorf("a temporary folder is in %q", got)
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
		if got := p.Server.String() + " " + p.Load.String(); got != tt.want {
			t.Errorf("%s: CPUs %s, want %s", tt.name, got, tt.want)
		}
		if notes := strings.Join(p.Notes, " "); (tt.note == "") != (notes == "") || !strings.Contains(notes, tt.note) {
			t.Errorf("%s: notes %q, want %q", tt.name, notes, tt.note)
		}
	}
}

func TestPlaceWithoutPermission(t *testing.T) {
	p := Place(syscalls.CPUs{1023}, nil) // no such CPU here: the kernel refuses
	if len(p.Server) > 0 || len(p.Load) > 0 || len(p.Notes) != 1 || !strings.Contains(p.Notes[0], "nothing is pinned") {
		t.Errorf("%+v", p)
	}
}

func TestTooMany(t *testing.T) {
	cases := []Case{{100, 20, 1}, {500, 20, 1}, {10, 20, 1}}
	got := TooMany(cases, 4, spareDescriptors+440)
	if got[0] != "" || got[2] != "" || !strings.Contains(got[1], "ulimit -n") {
		t.Errorf("%q", got)
	}
}

func TestStrange(t *testing.T) {
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
		if got := strange(tt.window, tt.taken, DefaultNoise); (got != "") != tt.out {
			t.Errorf("%v of %v: %q", tt.taken, tt.window, got)
		}
	}
}

func TestMeterSeesStrangers(t *testing.T) {
	at := time.Now()
	m := &meter{cpus: syscalls.CPUs{0, 1}, share: DefaultNoise}
	m.begin = reading{at: at}
	m.end = reading{at: at.Add(time.Second), idle: 300 * time.Millisecond, own: 700 * time.Millisecond, irq: 50 * time.Millisecond}
	m.end.server.CPU = 900 * time.Millisecond
	if got := m.strangers(time.Second); got != 50*time.Millisecond {
		t.Errorf("strangers took %v, want 50 ms", got)
	}
	if m.doubt() == "" {
		t.Error("50 ms of a second are no doubt")
	}
}
