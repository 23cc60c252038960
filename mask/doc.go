// Package mask masks and unmasks WebSocket payloads (RFC 6455, section 5.3):
// byte i of a payload is XORed with byte i modulo 4 of the frame's
// masking-key. Masking and unmasking are the same operation.
//
// A masking-key is a uint32 whose low byte is first on the wire: the
// little-endian load of its 4 bytes. Every operation returns the key as the
// byte after its input sees it, so that a payload may arrive in any parts:
//
//	for part := range parts {
//		key = mask.Unmask(part, key)
//	}
//
// [Unmask], [Copy] and [UnmaskASCII] choose the fastest kernel of this CPU.
// The methods of [Kernel] do the same with a kernel of the caller's choice,
// and [Impls] lists them all for tests and benchmarks. Any length and any
// alignment will do. Nothing is allocated, nothing retained, and no byte
// outside the slices is read or written.
//
// Build with the tag purego for the kernels written in Go alone.
package mask
