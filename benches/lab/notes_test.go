package lab

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

func TestCPUQuota(t *testing.T) {
	for _, tt := range []struct {
		name, self string
		files      map[string]string
		want       string
	}{
		{"v2", "0::/a/b\n", map[string]string{"a/b/cpu.max": "max 100000\n", "a/cpu.max": "150000 100000\n"}, "1.50"},
		{"v2, none", "0::/a\n", map[string]string{"a/cpu.max": "max 100000\n"}, "none"},
		{"v2 in a container", "0::/host/path\n", map[string]string{"cpu.max": "50000 100000\n"}, "0.50"},
		{"v1", "4:cpu,cpuacct:/x\n3:cpuset:/\n0::/\n", map[string]string{"cpu,cpuacct/x/cpu.cfs_quota_us": "400000\n", "cpu,cpuacct/x/cpu.cfs_period_us": "100000\n"}, "4.00"},
		{"v1, none", "4:cpu:/\n", map[string]string{"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, "none"},
		{"none at all", "", nil, "none"},
	} {
		dir := t.TempDir()
		for name, text := range tt.files {
			os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o777)
			os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666)
		}
		if got := cpuQuota(dir, tt.self); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestNotes(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{quotaNote("none"), ""}, {quotaNote("2.00"), ""}, {quotaNote("1.50"), "1.50 CPUs"}, {quotaNote(unknown), ""},
		{loadNote("0.99 0 0 1/2 3", 2), ""}, {loadNote("1.01 0 0 1/2 3", 2), "was 1.01"}, {loadNote("", 2), ""},
		{irqNote("separate"), ""}, {irqNote(unknown), "irq-time"},
		{grainNote(750*time.Millisecond, 0.04), ""}, {grainNote(100*time.Millisecond, 0.04), "30 % of the 100ms"},
		{stealNote(10*time.Millisecond, time.Second), ""}, {stealNote(25*time.Millisecond, time.Second), "2.5 %"}, {stealNote(0, 0), ""},
	} {
		if (tt.want == "") != (tt.got == "") || !strings.Contains(tt.got, tt.want) {
			t.Errorf("%q, want %q", tt.got, tt.want)
		}
	}
}

func TestBackgroundNote(t *testing.T) {
	own := OwnServer("wsbench", "epoll")
	ext, err := External("x=srv {port}")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		variants []Variant
		cpus     syscalls.CPUs
		want     string
	}{
		{[]Variant{own}, syscalls.CPUs{0}, "-background apart"},
		{[]Variant{own, ext}, syscalls.CPUs{0}, "-background same"},
		{[]Variant{ext}, syscalls.CPUs{0}, ""},
		{[]Variant{own}, nil, ""},
	} {
		s := &Session{Plan: Plan{Variants: tt.variants}, place: Placement{Server: tt.cpus}}
		if got := backgroundNote(s.place.Server, s.Plan); (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// What the host does not tell switches the watch off, and is no failure.
func TestUnreadableInterferenceIsNoted(t *testing.T) {
	blind := &meter{pid: os.Getpid(), cpus: syscalls.CPUs{4095}, share: DefaultNoise}
	blind.edge(false)
	blind.edge(true)
	if _, err := blind.used(); err != nil || blind.blind() == nil || blind.doubt() != "" {
		t.Fatalf("used: %v, blind: %v, doubt %q", err, blind.blind(), blind.doubt())
	}
	other := &meter{cpus: blind.cpus}
	s := &Stage{Watched: blind.cpus, actors: []*actor{nil, {meters: []*meter{blind, nil}}, {meters: []*meter{other}}}}
	if got := s.sighted(blind); len(got) != 1 || other.cpus != nil || s.Watched != nil {
		t.Errorf("notes %q, the other meter watches %v", got, other.cpus)
	}
	if got := s.sighted(blind); len(got) != 0 {
		t.Errorf("noted twice: %q", got)
	}
	broken := &meter{begin: reading{err: errors.New("gone")}}
	if _, err := broken.used(); err == nil {
		t.Error("a server that cannot be read is no error")
	}
}

func TestShortWindowsLeaveTheSplitOut(t *testing.T) {
	for d, want := range map[time.Duration]bool{499 * time.Millisecond: false, 500 * time.Millisecond: true} {
		v := shot{messages: 10, elapsed: d}.rates(case1, host.Usage{CPU: 30, User: 10, System: 20})
		for _, u := range []string{"user-ns/msg", "sys-ns/msg", "gen-user-ns/msg"} {
			if _, ok := v[u]; ok != want {
				t.Errorf("%v: %s is there: %v", d, u, ok)
			}
		}
		if v["cpu-ns/msg"] != 3 {
			t.Errorf("%v: %v ns CPU a message", d, v["cpu-ns/msg"])
		}
	}
}
