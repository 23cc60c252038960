package syscalls

import "syscall"

// Errno returns the completion's error, 0 if it has none.
func (c CQE) Errno() syscall.Errno {
	if c.Res >= 0 {
		return 0
	}
	return syscall.Errno(-c.Res)
}

// More reports whether the operation, a multishot one, goes on (F_MORE).
// Without it, the operation has ended, whatever Res is, and is to be prepared
// again (re-armed). After PrepSendFixed it means that the notification is still
// to come.
func (c CQE) More() bool { return c.Flags&cqeMore != 0 }

// HasBuffer reports whether BufferID is one (F_BUFFER).
func (c CQE) HasBuffer() bool { return c.Flags&cqeBuffer != 0 }

// BufferID returns the ID of the buffer, or of the first buffer of a bundle,
// that was filled.
func (c CQE) BufferID() uint16 { return uint16(c.Flags >> cqeBufShift) }

// BufferMore reports whether the kernel will go on filling the last buffer of
// this completion (F_BUF_MORE, Incremental).
func (c CQE) BufferMore() bool { return c.Flags&cqeBufMore != 0 }

// SocketNonEmpty reports whether the socket has more to receive.
func (c CQE) SocketNonEmpty() bool { return c.Flags&cqeSockNonempty != 0 }

// Notification reports whether the buffer of a PrepSendFixed is free again
// (F_NOTIF).
func (c CQE) Notification() bool { return c.Flags&cqeNotif != 0 }
