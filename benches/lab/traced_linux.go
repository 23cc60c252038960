package lab

import (
	"encoding/binary"
	"fmt"
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// threads adds the threads that pid has now. Those that end meanwhile are left
// out.
func (t *traced) threads(pid int, id uint64) error {
	tasks, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, task := range tasks {
		tid, _ := strconv.Atoi(task.Name())
		attr := unix.PerfEventAttr{Type: unix.PERF_TYPE_TRACEPOINT, Config: id, Bits: unix.PerfBitInherit}
		attr.Size = uint32(unsafe.Sizeof(attr))
		fd, err := unix.PerfEventOpen(&attr, tid, -1, -1, unix.PERF_FLAG_FD_CLOEXEC)
		switch err {
		case nil:
			t.fds = append(t.fds, fd)
		case unix.ESRCH:
		default:
			return fmt.Errorf("%w: run as root, or set kernel.perf_event_paranoid to -1", os.NewSyscallError("perf_event_open", err))
		}
	}
	return nil
}

func (t *traced) close() {
	for _, fd := range t.fds {
		unix.Close(fd)
	}
}

// edge reads the count at an end of a window.
func (t *traced) edge(end bool) {
	sum := uint64(0)
	for _, fd := range t.fds {
		var b [8]byte
		if n, err := unix.Read(fd, b[:]); err == nil && n == len(b) {
			sum += binary.NativeEndian.Uint64(b[:])
		}
	}
	if end {
		t.all = sum - t.began
	} else {
		t.began = sum
	}
}
