package lab

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/syscalls"
)

const (
	stopSignal     = syscall.SIGSTOP
	resumeSignal   = syscall.SIGCONT
	countersSignal = syscall.SIGUSR1
)

// kill sends sig to a process, or to the group -pid.
func kill(pid int, sig syscall.Signal) error { return syscall.Kill(pid, sig) }

// ownGroup gives a child a process group, and ends it with the thread that starts it.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// affinityOf returns the CPUs that a process may use; nil if they are not known.
func affinityOf(pid int) (list syscalls.CPUs) {
	var set unix.CPUSet
	if unix.SchedGetaffinity(pid, &set) != nil {
		return nil
	}
	for c := range 8 * len(set) * 8 {
		if set.IsSet(c) {
			list = append(list, c)
		}
	}
	return list
}

// resetAtClose has Close reset the connection.
func resetAtClose(fd int) {
	unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1})
}

// bufferSends bounds what the kernel keeps of what is sent.
func bufferSends(fd, bytes int) { unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, bytes) }

// readableWithin waits until fd is readable, for d, or until a signal comes.
func readableWithin(fd int, d time.Duration) (bool, error) {
	list := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	ts := unix.NsecToTimespec(max(0, d).Nanoseconds())
	n, err := unix.Ppoll(list[:], &ts, nil)
	if err == unix.EINTR {
		return false, nil
	}
	return n > 0, os.NewSyscallError("ppoll", err)
}

// acceptBlocking accepts a connection that blocks.
func acceptBlocking(listener int) (fd int, err error) {
	unix.SetNonblock(listener, false)
	fd, _, err = unix.Accept4(listener, unix.SOCK_CLOEXEC)
	return fd, err
}

func readBlocking(fd int, b []byte) (int, error) { return unix.Read(fd, b) }

// sharedMemory returns a file without a name, and its first bytes in memory.
func sharedMemory(name string, size int) (*os.File, []byte, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, nil, err
	}
	f := os.NewFile(uintptr(fd), name)
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		f.Close()
	}
	return f, mem, err
}

func unmap(mem []byte) { unix.Munmap(mem) }

// ownCPU returns the CPU time that this process has used.
func ownCPU() time.Duration {
	var u unix.Rusage
	unix.Getrusage(unix.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
