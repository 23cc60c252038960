package host

import (
	"os"
	"path/filepath"
	"testing"
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
