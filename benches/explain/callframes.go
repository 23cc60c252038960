package explain

import (
	"regexp"
	"slices"

	"wsbench/profiles/stacks"
)

// Unattributed is the name of what the kernel did in system calls and no
// function below their entry tells the call of: entering, leaving, signals and
// rescheduling on the way out, and calls that are not known here.
const Unattributed = "unattributed"

// entries are the functions through which system calls, and nothing else, enter
// the kernel.
var entries = regexp.MustCompile(`^(?:` +
	`entry_SYSCALL_64(?:_after_hwframe|_safe_stack)?|do_syscall_64|` + // amd64
	`entry_(?:INT80|SYSENTER|SYSCALL)_compat|(?:__)?do_fast_syscall_32|do_int80_(?:syscall_32|emulation)|int80_emulation|` +
	`(?:do_)?el0_svc(?:_common|_compat)?|invoke_syscall|` + // arm64
	`do_trap_ecall_u|system_call_exception|__do_syscall|do_syscall|` + // riscv, powerpc, s390, loongarch
	`__(?:x64|ia32|arm64|riscv|s390x?|powerpc|loongarch)_(?:compat_)?sys_\w+)$`)

// perCall is what the kernel's macros and conventions make of a call's name,
// from the outermost inwards: __x64_sys_write, __se_sys_write, __do_sys_write,
// ksys_write, __sys_sendto; before Linux 4.17 SyS_write and sys_write.
var perCall = regexp.MustCompile(`^(?:__(?:x64|ia32|arm64|riscv|s390x?|powerpc|loongarch)_(?:compat_)?sys_|__(?:se|do)_(?:compat_)?sys_|ksys_|___?sys_|(?:compat_)?(?:SyS|sys|SYSC)_)(\w+)$`)

// callBodies are functions that carry out one call, under names of their own.
// A wrapper that ends in a jump to one leaves no frame.
var callBodies = map[string]string{
	"vfs_read": "read", "vfs_write": "write", "vfs_readv": "readv", "vfs_writev": "writev",
	"do_readv": "readv", "do_writev": "writev", "do_preadv": "preadv", "do_pwritev": "pwritev",
	"do_sendfile": "sendfile", "do_splice": "splice", "do_recvmmsg": "recvmmsg",
	"do_epoll_wait": "epoll_wait", "do_epoll_pwait": "epoll_pwait", "do_epoll_ctl": "epoll_ctl", "do_epoll_create": "epoll_create1",
	"do_sys_poll": "poll", "kern_select": "select", "core_sys_select": "select", "do_pselect": "pselect6",
	"do_futex": "futex", "do_nanosleep": "nanosleep", "hrtimer_nanosleep": "nanosleep",
	"io_submit_sqes": "io_uring_enter", "io_cqring_wait": "io_uring_enter",
	"do_accept": "accept4", "do_sys_open": "openat", "do_sys_openat2": "openat",
	"vm_mmap_pgoff": "mmap", "__vm_munmap": "munmap", "do_mprotect_pkey": "mprotect", "do_madvise": "madvise",
	"kernel_clone": "clone", "do_execveat_common": "execve", "do_tkill": "tgkill",
}

// renamed are calls that the kernel's source calls otherwise than its users do.
var renamed = map[string]string{
	"newstat": "stat", "newlstat": "lstat", "newfstat": "fstat", "newuname": "uname", "umount": "umount2",
	"sendfile64": "sendfile", "mmap_pgoff": "mmap", "fadvise64_64": "fadvise64",
}

// callOf returns the system call that a stack, innermost frame first, is of;
// "" if it is of none. The outermost frame below the entry that tells the call
// decides: one call's body may use another's, as sendfile does vfs_read.
func callOf(stack []stacks.Frame) string {
	within := false
	for _, f := range slices.Backward(stack) {
		within = within || f.Kernel && entries.MatchString(f.Name)
		if !within || !f.Kernel {
			continue
		}
		if name := callNamed(f.Name); name != "" {
			return name
		}
	}
	if within {
		return Unattributed
	}
	return ""
}

// callNamed returns the call that a function of the kernel carries out, "" if
// it is none's.
func callNamed(function string) string {
	name := callBodies[function]
	if m := perCall.FindStringSubmatch(function); m != nil {
		name = m[1]
	}
	if alias := renamed[name]; alias != "" {
		return alias
	}
	return name
}
