//go:build !linux

package host

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// What other systems than Linux do not tell, or not here.

var errLinux = fmt.Errorf("Linux only: %w", errors.ErrUnsupported)

func kernel() string { return "" }

func ownNetwork() error { return errLinux }

func setLoopback(uint32) error { return errLinux }

func listeners(uint8, func([]byte)) error { return errLinux }

// Descriptors returns no limit: it is not known.
func Descriptors() (uint64, error) { return math.MaxInt64, nil }

// DescriptorsOf fails: Linux only.
func DescriptorsOf(int) (uint64, error) { return 0, errLinux }

// ProcessCPU fails: Linux only.
func ProcessCPU(int) (time.Duration, error) { return 0, errLinux }

// ThreadCPU returns 0: Linux only.
func ThreadCPU() (user, system time.Duration) { return 0, 0 }

// ThreadClock returns 0: Linux only.
func ThreadClock() time.Duration { return 0 }

// WakeOnTime does nothing: Linux only.
func WakeOnTime() {}
