package host

import (
	"fmt"
	"os"
)

// FullTable says that a process, or one of its descendants, has as many descriptors open
// as it may have, so that it can accept no connection; "" where none has, or that is not
// known.
func FullTable(pid int) string {
	limit, err := DescriptorsOf(pid)
	if n, ok := openDescriptors(pid); err == nil && ok && n >= limit {
		return fmt.Sprintf("process %d has all of its %d descriptors open, and can accept no connection: raise ulimit -n where it is started", pid, limit)
	}
	for _, child := range Children(pid) {
		if text := FullTable(child); text != "" {
			return text
		}
	}
	return ""
}

// openDescriptors returns how many descriptors a process has open: by the size of its
// folder from Linux 6.2 on.
func openDescriptors(pid int) (n uint64, ok bool) {
	dir := fmt.Sprintf("/proc/%d/fd", pid)
	info, err := os.Stat(dir)
	if err != nil {
		return 0, false
	}
	if n := info.Size(); n > 0 {
		return uint64(n), true
	}
	list, err := os.ReadDir(dir)
	return uint64(len(list)), err == nil
}
