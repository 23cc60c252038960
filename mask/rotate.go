package mask

import "math/bits"

// rotate returns key as the byte n bytes further on sees it.
func rotate(key uint32, n int) uint32 { return bits.RotateLeft32(key, -8*n) }

// double returns key twice, for 8 bytes at a time.
func double(key uint32) uint64 { return uint64(key)<<32 | uint64(key) }

// notASCII are the bits that no byte of ASCII text has.
const notASCII = 0x8080_8080_8080_8080
