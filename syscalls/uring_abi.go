package syscalls

// What follows is <linux/io_uring.h>, as far as this package needs it:
// x/sys/unix has the system call numbers only. Unions are their largest
// member, named after the use made of it here.

// Operations (sqe.opcode).
const (
	opNop         = 0
	opWriteFixed  = 5
	opPollAdd     = 6
	opSendmsg     = 9
	opTimeout     = 11
	opAccept      = 13
	opAsyncCancel = 14
	opLinkTimeout = 15
	opClose       = 19
	opRead        = 22
	opSend        = 26
	opRecv        = 27
	opShutdown    = 34
	opMsgRing     = 40
	opSendZC      = 47
)

// MSG_DONTWAIT is a flag of PrepSend: what the socket does not take is EAGAIN.
const MSG_DONTWAIT = 0x40

// sqe.flags.
const (
	sqeFixedFile   = 1 << 0
	sqeLink        = 1 << 2
	sqeBufSelect   = 1 << 5
	sqeSkipSuccess = 1 << 6
)

// sqe.ioprio of recv, send and accept; sqe.len of poll.
const (
	recvSendPollFirst = 1 << 0
	recvMultishot     = 1 << 1
	recvSendFixedBuf  = 1 << 2
	recvSendBundle    = 1 << 4
	acceptMultishot   = 1 << 0
	pollAddMulti      = 1 << 0
)

// sqe.opFlags of cancel, and sqe.fileIndex.
const (
	cancelAll      = 1 << 0
	cancelFD       = 1 << 1
	cancelAny      = 1 << 2
	cancelFDFixed  = 1 << 3
	fileIndexAlloc = ^uint32(0)
)

// cqe.flags; the buffer ID is above cqeBufShift.
const (
	cqeBuffer       = 1 << 0
	cqeMore         = 1 << 1
	cqeSockNonempty = 1 << 2
	cqeNotif        = 1 << 3
	cqeBufMore      = 1 << 4
	cqeBufShift     = 16
)

// uringParams.flags.
const (
	setupCQSize       = 1 << 3
	setupClamp        = 1 << 4
	setupDisabled     = 1 << 6
	setupSubmitAll    = 1 << 7
	setupCoopTaskrun  = 1 << 8
	setupTaskrunFlag  = 1 << 9
	setupSingleIssuer = 1 << 12
	setupDeferTaskrun = 1 << 13
	setupNoSQArray    = 1 << 16
)

// uringParams.features.
const (
	featSingleMmap = 1 << 0
	featNoDrop     = 1 << 1
	featExtArg     = 1 << 8
	featBundle     = 1 << 14
)

// io_uring_enter's flags, and the SQ ring's.
const (
	enterGetevents      = 1 << 0
	enterExtArg         = 1 << 3
	enterRegisteredRing = 1 << 4

	sqCQOverflow = 1 << 1
	sqTaskrun    = 1 << 2
)

// Where the rings are in the descriptor's memory.
const (
	offRings = 0
	offSQEs  = 0x10000000
)

// io_uring_register's operations and their flags.
const (
	registerBuffers     = 0
	unregisterBuffers   = 1
	registerFiles       = 2
	unregisterFiles     = 3
	registerEventfd     = 4
	registerFilesUpdate = 6
	registerProbe       = 8
	registerEnableRings = 12
	registerFiles2      = 13
	registerRingFDs     = 20
	unregisterRingFDs   = 21
	registerPbufRing    = 22
	unregisterPbufRing  = 23
	registerSyncCancel  = 24
	registerSendMsgRing = 31

	rsrcSparse     = 1 << 0
	pbufRingInc    = 2
	opSupported    = 1 << 0
	anyRingFDIndex = ^uint32(0)
)

// SQE is a submission entry, struct io_uring_sqe. A Prep method fills all of
// it; the others change what Prep has filled.
type SQE struct {
	opcode      uint8
	flags       uint8
	ioprio      uint16
	fd          int32
	off         uint64 // addr2
	addr        uint64
	len         uint32
	opFlags     uint32 // msg_flags, accept_flags, poll32_events, cancel_flags ...
	userData    uint64
	bufIndex    uint16 // buf_group
	personality uint16
	fileIndex   uint32
	addr3       uint64
	pad         uint64
}

// CQE is a completion entry, struct io_uring_cqe.
type CQE struct {
	UserData uint64 // as prepared
	Res      int32  // what the system call would return; -errno when it failed
	Flags    uint32 // see the methods
}

type sqOffsets struct {
	head, tail, ringMask, ringEntries, flags, dropped, array, resv1 uint32
	userAddr                                                        uint64
}

type cqOffsets struct {
	head, tail, ringMask, ringEntries, overflow, cqes, flags, resv1 uint32
	userAddr                                                        uint64
}

type uringParams struct {
	sqEntries, cqEntries, flags, sqThreadCPU, sqThreadIdle, features, wqFD uint32
	resv                                                                   [3]uint32
	sq                                                                     sqOffsets
	cq                                                                     cqOffsets
}

// kernelTimespec is struct __kernel_timespec: 64 bits on every architecture.
type kernelTimespec struct{ sec, nsec int64 }

type geteventsArg struct {
	sigmask     uint64
	sigmaskSize uint32
	minWaitUsec uint32
	ts          uint64
}

// pbuf is struct io_uring_buf. The resv of a ring's first one is the tail.
type pbuf struct {
	addr uint64
	len  uint32
	bid  uint16
	tail uint16
}

type pbufReg struct {
	ringAddr    uint64
	ringEntries uint32
	bgid        uint16
	flags       uint16
	resv        [3]uint64
}

type filesUpdate struct {
	offset, resv uint32
	fds          uint64 // of int32
}

type rsrcRegister struct {
	nr, flags         uint32
	resv2, data, tags uint64
}

type rsrcUpdate struct {
	offset, resv uint32
	data         uint64
}

type syncCancelReg struct {
	addr    uint64
	fd      int32
	flags   uint32
	timeout kernelTimespec
	opcode  uint8
	pad     [7]uint8
	pad2    [3]uint64
}

type probeOp struct {
	op, resv uint8
	flags    uint16
	resv2    uint32
}

type opProbe struct {
	lastOp, opsLen uint8
	resv           uint16
	resv2          [3]uint32
	ops            [256]probeOp
}
