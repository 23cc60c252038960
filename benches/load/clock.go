package load

import (
	"math/rand/v2"
	_ "unsafe" // for go:linkname
)

// clock returns the runtime's monotonic clock, ns since some fixed moment. It is
// read for every message: time.Now also reads the wall clock and costs twice
// as much, and time.Since(t) goes through two functions more.
//
//go:linkname clock runtime.nanotime
func clock() int64

// newKey returns a masking-key for a frame that was not prepared.
func newKey() uint32 { return rand.Uint32() }
