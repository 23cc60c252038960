//go:build !linux

package echo

import (
	"errors"
	"os"
	"time"
)

func mapShared(*os.File, int) ([]byte, error) { return nil, errors.ErrUnsupported }

func threadClock() time.Duration { return 0 }
