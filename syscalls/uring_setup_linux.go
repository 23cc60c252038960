package syscalls

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// setupRing is io_uring_setup(2); tests put older and stricter kernels here.
type setupRing func(entries uint32, p *uringParams) (fd int, errno syscall.Errno)

func setupByKernel(entries uint32, p *uringParams) (int, syscall.Errno) {
	fd, _, errno := syscall.RawSyscall(unix.SYS_IO_URING_SETUP, uintptr(entries), uintptr(unsafe.Pointer(p)), 0)
	return int(fd), errno
}

// drops are what to do without, newest kernel first, while setup says EINVAL.
var drops = []Features{0, NoSQArray, DeferTaskrun, SingleIssuer, CoopTaskrun | TaskrunFlag, SubmitAll}

// negotiate opens a ring with as much of want as the kernel takes.
func negotiate(setup setupRing, entries uint32, want Features, flags, cqEntries uint32) (int, uringParams, error) {
	var p uringParams
	for _, drop := range drops {
		want &^= drop
		p = uringParams{flags: flags | want.setupFlags(), cqEntries: cqEntries}
		fd, errno := setup(entries, &p)
		if errno == syscall.EINVAL {
			continue
		}
		if errno != 0 {
			return -1, p, setupError(errno, readSysctl())
		}
		if need := uint32(featSingleMmap | featNoDrop | featExtArg); p.features&need != need {
			Close(fd)
			return -1, p, fmt.Errorf("%w: this kernel's is too old: want Linux 5.11 or later", ErrNoUring)
		}
		return fd, p, nil
	}
	return -1, p, fmt.Errorf("%w: set-up with %d entries: %w", ErrNoUring, entries, syscall.EINVAL)
}

func readSysctl() string {
	b, _ := os.ReadFile("/proc/sys/kernel/io_uring_disabled")
	return strings.TrimSpace(string(b))
}

// setupError returns one line that says why, and what would help. disabled is
// sysctl kernel.io_uring_disabled (Linux 6.6), or empty.
func setupError(errno syscall.Errno, disabled string) error {
	var why string
	switch {
	case errno == syscall.ENOSYS:
		why = "not there: the kernel was built without it or is older than 5.1, or a sandbox or an emulator hides it"
	case errno == syscall.EPERM && disabled == "2":
		why = "switched off: sysctl kernel.io_uring_disabled is 2, 0 would allow it"
	case errno == syscall.EPERM && disabled == "1":
		why = "switched off for this user: sysctl kernel.io_uring_disabled is 1; it takes 0, membership in the group of kernel.io_uring_group, or CAP_SYS_ADMIN"
	case errno == syscall.EPERM || errno == syscall.EACCES:
		why = "forbidden by a sandbox: its seccomp profile must allow io_uring_setup, io_uring_enter and io_uring_register"
	case errno == syscall.ENOMEM:
		why = "out of memory, or of RLIMIT_MEMLOCK: raise ulimit -l, or ask for fewer entries"
	default:
		why = "set-up failed"
	}
	return fmt.Errorf("%w: %s: %w", ErrNoUring, why, errno)
}

// MapMemory maps n bytes of zeroed memory, aligned to a page: for what the
// kernel reads or writes on its own, which is neither to move nor to be
// collected. UnmapMemory gives it back.
func MapMemory(n int) ([]byte, error) {
	b, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	return b, os.NewSyscallError("mmap", err)
}

// UnmapMemory takes what MapMemory returned, after the last operation on it
// has completed.
func UnmapMemory(b []byte) error { return os.NewSyscallError("munmap", unix.Munmap(b)) }
