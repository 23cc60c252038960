package syscalls

import (
	"testing"
	"unsafe"
)

// The kernel's ABI is the same on x86-64 and arm64: every member is aligned to
// its size.
func TestUringLayout(t *testing.T) {
	var (
		sqe    SQE
		cqe    CQE
		sq     sqOffsets
		cq     cqOffsets
		params uringParams
		arg    geteventsArg
		buf    pbuf
		reg    pbufReg
		files  filesUpdate
		rsrc   rsrcRegister
		up     rsrcUpdate
		cancel syncCancelReg
		op     probeOp
		probe  opProbe
	)
	for _, c := range []struct {
		name      string
		got, want uintptr
	}{
		{"io_uring_sqe", unsafe.Sizeof(sqe), 64},
		{"io_uring_sqe.opcode", unsafe.Offsetof(sqe.opcode), 0},
		{"io_uring_sqe.flags", unsafe.Offsetof(sqe.flags), 1},
		{"io_uring_sqe.ioprio", unsafe.Offsetof(sqe.ioprio), 2},
		{"io_uring_sqe.fd", unsafe.Offsetof(sqe.fd), 4},
		{"io_uring_sqe.off", unsafe.Offsetof(sqe.off), 8},
		{"io_uring_sqe.addr", unsafe.Offsetof(sqe.addr), 16},
		{"io_uring_sqe.len", unsafe.Offsetof(sqe.len), 24},
		{"io_uring_sqe.msg_flags", unsafe.Offsetof(sqe.opFlags), 28},
		{"io_uring_sqe.user_data", unsafe.Offsetof(sqe.userData), 32},
		{"io_uring_sqe.buf_index", unsafe.Offsetof(sqe.bufIndex), 40},
		{"io_uring_sqe.personality", unsafe.Offsetof(sqe.personality), 42},
		{"io_uring_sqe.file_index", unsafe.Offsetof(sqe.fileIndex), 44},
		{"io_uring_sqe.addr3", unsafe.Offsetof(sqe.addr3), 48},
		{"io_uring_cqe", unsafe.Sizeof(cqe), 16},
		{"io_uring_cqe.user_data", unsafe.Offsetof(cqe.UserData), 0},
		{"io_uring_cqe.res", unsafe.Offsetof(cqe.Res), 8},
		{"io_uring_cqe.flags", unsafe.Offsetof(cqe.Flags), 12},
		{"io_sqring_offsets", unsafe.Sizeof(sq), 40},
		{"io_sqring_offsets.tail", unsafe.Offsetof(sq.tail), 4},
		{"io_sqring_offsets.ring_mask", unsafe.Offsetof(sq.ringMask), 8},
		{"io_sqring_offsets.ring_entries", unsafe.Offsetof(sq.ringEntries), 12},
		{"io_sqring_offsets.flags", unsafe.Offsetof(sq.flags), 16},
		{"io_sqring_offsets.dropped", unsafe.Offsetof(sq.dropped), 20},
		{"io_sqring_offsets.array", unsafe.Offsetof(sq.array), 24},
		{"io_sqring_offsets.user_addr", unsafe.Offsetof(sq.userAddr), 32},
		{"io_cqring_offsets", unsafe.Sizeof(cq), 40},
		{"io_cqring_offsets.tail", unsafe.Offsetof(cq.tail), 4},
		{"io_cqring_offsets.ring_mask", unsafe.Offsetof(cq.ringMask), 8},
		{"io_cqring_offsets.ring_entries", unsafe.Offsetof(cq.ringEntries), 12},
		{"io_cqring_offsets.overflow", unsafe.Offsetof(cq.overflow), 16},
		{"io_cqring_offsets.cqes", unsafe.Offsetof(cq.cqes), 20},
		{"io_cqring_offsets.flags", unsafe.Offsetof(cq.flags), 24},
		{"io_cqring_offsets.user_addr", unsafe.Offsetof(cq.userAddr), 32},
		{"io_uring_params", unsafe.Sizeof(params), 120},
		{"io_uring_params.cq_entries", unsafe.Offsetof(params.cqEntries), 4},
		{"io_uring_params.flags", unsafe.Offsetof(params.flags), 8},
		{"io_uring_params.features", unsafe.Offsetof(params.features), 20},
		{"io_uring_params.wq_fd", unsafe.Offsetof(params.wqFD), 24},
		{"io_uring_params.sq_off", unsafe.Offsetof(params.sq), 40},
		{"io_uring_params.cq_off", unsafe.Offsetof(params.cq), 80},
		{"__kernel_timespec", unsafe.Sizeof(kernelTimespec{}), 16},
		{"io_uring_getevents_arg", unsafe.Sizeof(arg), 24},
		{"io_uring_getevents_arg.sigmask_sz", unsafe.Offsetof(arg.sigmaskSize), 8},
		{"io_uring_getevents_arg.min_wait_usec", unsafe.Offsetof(arg.minWaitUsec), 12},
		{"io_uring_getevents_arg.ts", unsafe.Offsetof(arg.ts), 16},
		{"io_uring_buf", unsafe.Sizeof(buf), 16},
		{"io_uring_buf.len", unsafe.Offsetof(buf.len), 8},
		{"io_uring_buf.bid", unsafe.Offsetof(buf.bid), 12},
		{"io_uring_buf_ring.tail", unsafe.Offsetof(buf.tail), 14},
		{"io_uring_buf_reg", unsafe.Sizeof(reg), 40},
		{"io_uring_buf_reg.ring_entries", unsafe.Offsetof(reg.ringEntries), 8},
		{"io_uring_buf_reg.bgid", unsafe.Offsetof(reg.bgid), 12},
		{"io_uring_buf_reg.flags", unsafe.Offsetof(reg.flags), 14},
		{"io_uring_files_update", unsafe.Sizeof(files), 16},
		{"io_uring_files_update.fds", unsafe.Offsetof(files.fds), 8},
		{"io_uring_rsrc_register", unsafe.Sizeof(rsrc), 32},
		{"io_uring_rsrc_register.flags", unsafe.Offsetof(rsrc.flags), 4},
		{"io_uring_rsrc_register.data", unsafe.Offsetof(rsrc.data), 16},
		{"io_uring_rsrc_register.tags", unsafe.Offsetof(rsrc.tags), 24},
		{"io_uring_rsrc_update", unsafe.Sizeof(up), 16},
		{"io_uring_rsrc_update.data", unsafe.Offsetof(up.data), 8},
		{"io_uring_sync_cancel_reg", unsafe.Sizeof(cancel), 64},
		{"io_uring_sync_cancel_reg.fd", unsafe.Offsetof(cancel.fd), 8},
		{"io_uring_sync_cancel_reg.flags", unsafe.Offsetof(cancel.flags), 12},
		{"io_uring_sync_cancel_reg.timeout", unsafe.Offsetof(cancel.timeout), 16},
		{"io_uring_sync_cancel_reg.opcode", unsafe.Offsetof(cancel.opcode), 32},
		{"io_uring_probe_op", unsafe.Sizeof(op), 8},
		{"io_uring_probe_op.flags", unsafe.Offsetof(op.flags), 2},
		{"io_uring_probe", unsafe.Sizeof(probe), 16 + 256*8},
		{"io_uring_probe.ops", unsafe.Offsetof(probe.ops), 16},
	} {
		if c.got != c.want {
			t.Errorf("%s is at, or has, %d bytes; the kernel's %d", c.name, c.got, c.want)
		}
	}
}
