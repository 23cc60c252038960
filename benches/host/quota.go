package host

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// CPUQuota returns how many CPUs' time this process's control group, or one
// above it, may use: "1.50", "none" where nothing limits it, or Unknown.
func CPUQuota() string {
	self, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return Unknown
	}
	return cpuQuota("/sys/fs/cgroup", string(self))
}

// cpuQuota does what CPUQuota does, where mount holds the file systems of
// control groups and self is the text of /proc/self/cgroup.
func cpuQuota(mount, self string) string {
	least := 0.0
	for line := range strings.Lines(self) {
		// id:controllers:path, "0::path" being version 2
		f := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(f) < 3 {
			continue
		}
		var dirs []string
		var read func(dir string) float64
		switch {
		case f[1] == "":
			dirs, read = []string{"", "unified"}, quotaV2
		case slices.Contains(strings.Split(f[1], ","), "cpu"):
			dirs, read = []string{f[1], "cpu"}, quotaV1
		}
		for _, d := range dirs {
			least = smaller(least, quotaUp(filepath.Join(mount, d), f[2], read))
		}
	}
	if least == 0 {
		return "none"
	}
	return fmt.Sprintf("%.2f", least)
}

// quotaUp returns the least quota of path and of all above it; 0: none has one. A
// path may be the host's where the mount is a container's: what is not there
// has none.
func quotaUp(root, path string, read func(dir string) float64) (least float64) {
	for p := filepath.Join("/", path); ; p = filepath.Dir(p) {
		least = smaller(least, read(filepath.Join(root, p)))
		if p == "/" {
			return least
		}
	}
}

// quotaV2 reads "150000 100000": quota and period, "max" for no quota.
func quotaV2(dir string) float64 {
	quota, period, _ := strings.Cut(readLine(filepath.Join(dir, "cpu.max")), " ")
	return share(quota, period)
}

// quotaV1 reads the two files of version 1, -1 for no quota.
func quotaV1(dir string) float64 {
	return share(readLine(filepath.Join(dir, "cpu.cfs_quota_us")), readLine(filepath.Join(dir, "cpu.cfs_period_us")))
}

func share(quota, period string) float64 {
	q, err := strconv.ParseFloat(quota, 64)
	p, perr := strconv.ParseFloat(period, 64)
	if err != nil || perr != nil || q <= 0 || p <= 0 {
		return 0
	}
	return q / p
}

// smaller returns the lesser of those that are not 0.
func smaller(a, b float64) float64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}
