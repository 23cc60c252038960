package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFacts(t *testing.T) {
	seen := map[string]string{}
	for _, f := range Facts() {
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
