package host

import (
	"errors"
	"fmt"
	"os"
)

// Resident reads the resident set of process pid in bytes, counted page by page
// (Rss of /proc/PID/smaps_rollup). That takes a walk over the page tables, some
// hundred microseconds; Usage.RSS, from statm, is the kernel's running count,
// which since Linux 6.2 each CPU keeps its own share of and which may be off by
// hundreds of KiB.
func Resident(pid int) (int64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	kib := statusField(b, "Rss:")
	if kib == 0 {
		return 0, fmt.Errorf("resident set of process %d: %w", pid, errNoRss)
	}
	return int64(kib) << 10, nil
}

var errNoRss = errors.New("smaps_rollup shows none")

// TreeResident returns the sum of Resident of pid and of all its living
// descendants.
func TreeResident(pid int) (int64, error) {
	return sumTree(pid, Resident, plus)
}
