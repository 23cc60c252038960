package syscalls

import (
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// RegisterFD makes the ring's system calls skip the descriptor table (Linux
// 5.18). It holds for the calling thread only, which is the ring's.
func (r *Ring) RegisterFD() error {
	up := rsrcUpdate{offset: anyRingFDIndex, data: uint64(r.fd)}
	if err := r.registerCount("IORING_REGISTER_RING_FDS", registerRingFDs, unsafe.Pointer(&up)); err != nil {
		return err
	}
	r.enterFD, r.enterFlags = uintptr(up.offset), enterRegisteredRing
	return nil
}

// UnregisterFD undoes RegisterFD.
func (r *Ring) UnregisterFD() error {
	up := rsrcUpdate{offset: uint32(r.enterFD)}
	r.enterFD, r.enterFlags = uintptr(r.fd), 0
	return r.registerCount("IORING_UNREGISTER_RING_FDS", unregisterRingFDs, unsafe.Pointer(&up))
}

// registerCount does what register does for one item, for operations that
// answer with how many they took.
func (r *Ring) registerCount(name string, op uintptr, arg unsafe.Pointer) error {
	n, _, errno := syscall.Syscall6(unix.SYS_IO_URING_REGISTER, uintptr(r.fd), op, uintptr(arg), 1, 0, 0)
	if errno == 0 && n != 1 {
		errno = syscall.EINVAL
	}
	if errno != 0 {
		return fmt.Errorf("io_uring_register %s: %w", name, errno)
	}
	return nil
}

// RegisterFiles makes a table of n empty slots for descriptors (Linux 5.19).
// An operation on a slot (FixedFile) spares the look-up and the reference
// count of the descriptor. Close releases it and the files in it.
func (r *Ring) RegisterFiles(n int) error {
	reg := rsrcRegister{nr: uint32(n), flags: rsrcSparse}
	return r.register("IORING_REGISTER_FILES2", registerFiles2, unsafe.Pointer(&reg), int(unsafe.Sizeof(reg)))
}

// SetFile puts fd into slot, or empties it with fd -1. The slot holds the file
// on its own: fd may be closed.
func (r *Ring) SetFile(slot, fd int) error {
	value := (*int32)(unsafe.Pointer(r.waitFor)) // up holds its address as a number
	*value = int32(fd)
	up := filesUpdate{offset: uint32(slot), fds: uint64(uintptr(unsafe.Pointer(value)))}
	return r.registerCount("IORING_REGISTER_FILES_UPDATE", registerFilesUpdate, unsafe.Pointer(&up))
}

// UnregisterFiles drops the table and the files in it.
func (r *Ring) UnregisterFiles() error {
	return r.register("IORING_UNREGISTER_FILES", unregisterFiles, nil, 0)
}

// RegisterBuffers pins bufs, from MapMemory, for PrepSendFixed and
// PrepWriteFixed, which name them by their index. They count against
// RLIMIT_MEMLOCK. They stay registered until UnregisterBuffers or Close.
func (r *Ring) RegisterBuffers(bufs ...[]byte) error {
	if len(bufs) == 0 {
		return fmt.Errorf("io_uring_register IORING_REGISTER_BUFFERS: %w", syscall.EINVAL)
	}
	iov := AppendIovec(make([]Iovec, 0, len(bufs)), bufs)
	return r.register("IORING_REGISTER_BUFFERS", registerBuffers, unsafe.Pointer(&iov[0]), len(iov))
}

// UnregisterBuffers unpins them.
func (r *Ring) UnregisterBuffers() error {
	return r.register("IORING_UNREGISTER_BUFFERS", unregisterBuffers, nil, 0)
}

// RegisterEventfd makes the ring signal e whenever it has something for
// SubmitAndWait: for those who wait for several things. Polling FD does not see
// what DeferTaskrun holds back.
func (r *Ring) RegisterEventfd(e Eventfd) error {
	fd := int32(e.FD())
	return r.register("IORING_REGISTER_EVENTFD", registerEventfd, unsafe.Pointer(&fd), 1)
}
