//go:build !linux

package syscalls

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"
)

// What follows builds on other systems and fails there: "Linux only".

var errLinux = fmt.Errorf("Linux only: %w", errors.ErrUnsupported)

// Affinity fails: Linux only.
func Affinity() (CPUs, error) { return nil, errLinux }

// PinThread fails: Linux only.
func PinThread(CPUs) error { return errLinux }

// PinProcess fails: Linux only.
func PinProcess(CPUs) error { return errLinux }

// ThreadID returns 0: Linux only.
func ThreadID() int { return 0 }

// Listen fails: Linux only.
func Listen(netip.AddrPort, ListenOptions) (fd int, bound netip.AddrPort, err error) {
	return -1, bound, errLinux
}

// Accept4 fails: Linux only.
func Accept4(int) (conn int, errno syscall.Errno) { return -1, syscall.ENOSYS }

// Dup fails: Linux only.
func Dup(syscall.Conn) (fd int, err error) { return -1, errLinux }

// SetNagle fails: Linux only.
func SetNagle(int) error { return errLinux }

// Shutdown does nothing: Linux only.
func Shutdown(int) {}

// ShutdownWrite fails: Linux only.
func ShutdownWrite(int) syscall.Errno { return syscall.ENOSYS }

// Iovec is a segment of Writev.
type Iovec struct{}

// MaxIovec is how many segments one Writev takes on Linux.
const MaxIovec = 1024

// AppendIovec returns iov: Linux only.
func AppendIovec(iov []Iovec, _ [][]byte) []Iovec { return iov }

// Writev fails: Linux only.
func Writev(int, []Iovec) (int, syscall.Errno) { return 0, syscall.ENOSYS }

// ProbeTLS fails: Linux only.
func ProbeTLS() error { return fmt.Errorf("%w: %w", ErrNoTLS, errLinux) }

// AttachTLS fails: Linux only.
func AttachTLS(int) error { return ProbeTLS() }

// SetTLSKeys fails: Linux only.
func SetTLSKeys(int, TLSDirection, TLSKeys) error { return ProbeTLS() }

// RecvRecord fails: Linux only.
func RecvRecord(int, []byte) (n int, typ uint8, errno syscall.Errno) { return 0, 0, syscall.ENOSYS }

// SendRecord fails: Linux only.
func SendRecord(int, uint8, []byte) (int, syscall.Errno) { return 0, syscall.ENOSYS }

// Probe fails: Linux only.
func Probe() (Features, error) { return 0, fmt.Errorf("%w: %w", ErrNoUring, errLinux) }

// RingOptions are the options of a Ring.
type RingOptions struct {
	Entries, CQEntries int
	Without            Features
	Disabled           bool
}

// Ring is an io_uring instance, of which there is none: Linux only.
type Ring struct{}

// NewRing fails: Linux only.
func NewRing(RingOptions) (*Ring, error) {
	_, err := Probe()
	return nil, err
}

// BufRingOptions describe a group of buffers.
type BufRingOptions struct {
	Group              uint16
	Entries, Size      int
	Incremental, Empty bool
}

// BufRing is a provided buffer ring: Linux only.
type BufRing struct{}

// Vector is a list of segments to send in one piece: Linux only.
type Vector struct{}

// The methods of a Ring, of its entries and buffers do nothing: there is none.

func (*Ring) FD() int                                                    { return -1 }
func (*Ring) Features() Features                                         { return 0 }
func (*Ring) Enters() uint64                                             { return 0 }
func (*Ring) Enable() error                                              { return errLinux }
func (*Ring) Close() error                                               { return nil }
func (*Ring) CancelAll() bool                                            { return false }
func (*Ring) RegisterFD() error                                          { return errLinux }
func (*Ring) RegisterEventfd(Eventfd) error                              { return errLinux }
func (*Ring) NewBufRing(BufRingOptions) (*BufRing, error)                { return nil, errLinux }
func (*Ring) SQE() *SQE                                                  { return nil }
func (*Ring) CQEs() []CQE                                                { return nil }
func (*Ring) Advance(int)                                                {}
func (*Ring) Ready() int                                                 { return 0 }
func (*Ring) Pending() bool                                              { return false }
func (*Ring) Overflowed() bool                                           { return false }
func (*Ring) Submit() (int, syscall.Errno)                               { return 0, syscall.ENOSYS }
func (*Ring) SubmitAndWait(int, time.Duration) (int, syscall.Errno)      { return 0, syscall.ENOSYS }
func (*Ring) SubmitAndWaitRaw(int, time.Duration) (int, syscall.Errno)   { return 0, syscall.ENOSYS }
func (*BufRing) Group() uint16                                           { return 0 }
func (*BufRing) Buffer(uint16) []byte                                    { return nil }
func (*BufRing) Recycle(uint16)                                          {}
func (*BufRing) Take(*CQE, uint16, int) (b []byte, next uint16, ok bool) { return nil, 0, false }
func (*Vector) Set([][]byte)                                             {}
func (*Vector) SetRecord(uint8)                                          {}
func (*Vector) Clear()                                                   {}
func (*SQE) FixedFile()                                                  {}
func (*SQE) Link()                                                       {}
func (*SQE) SkipSuccess()                                                {}
func (*SQE) PollFirst()                                                  {}
func (*SQE) PrepAcceptMultishot(int, uint64)                             {}
func (*SQE) PrepRecv(int, []byte, uint32, uint64)                        {}
func (*SQE) PrepRecvMultishot(int, uint16, uint64)                       {}
func (*SQE) PrepSend(int, []byte, uint32, uint64)                        {}
func (*SQE) PrepSendVector(int, *Vector, uint32, uint64)                 {}
func (*SQE) PrepPollMultishot(int, uint32, uint64)                       {}
func (*SQE) PrepCancel(uint64, uint64)                                   {}
func (*SQE) PrepCancelFD(int, bool, uint64)                              {}
