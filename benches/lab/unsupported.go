//go:build !linux

package lab

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"wsbench/syscalls"
)

// What sessions need and other systems than Linux do not have, or not here.

var errLinux = fmt.Errorf("Linux only: %w", errors.ErrUnsupported)

const (
	stopSignal     = syscall.SIGTERM
	resumeSignal   = syscall.SIGTERM
	countersSignal = syscall.SIGTERM
)

func kill(int, syscall.Signal) error { return errLinux }

func ownGroup() *syscall.SysProcAttr { return nil }

func affinityOf(int) syscalls.CPUs { return nil }

func resetAtClose(int) {}

func bufferSends(int, int) {}

func readableWithin(int, time.Duration) (bool, error) { return false, errLinux }

func acceptBlocking(int) (int, error) { return -1, errLinux }

func readBlocking(int, []byte) (int, error) { return 0, errLinux }

func sharedMemory(string, int) (*os.File, []byte, error) { return nil, nil, errLinux }

func unmap([]byte) {}

func ownCPU() time.Duration { return 0 }

func (*traced) threads(int, uint64) error { return errLinux }

func (*traced) close() {}

func (*traced) edge(bool) {}
