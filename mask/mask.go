package mask

import "unsafe"

// Unmask XORs b in place with the masking-key (RFC 6455, section 5.3) and
// returns the key rotated for the byte after b, so that a payload may arrive
// in parts. The low byte of key is first on the wire.
func Unmask(b []byte, key uint32) (next uint32) {
	return xor(resolved[Auto], b, b, key)
}

// Copy sets dst[:len(src)] to src XORed with the masking-key and returns the
// key rotated for the byte after src. It panics if dst is shorter than src.
//
// dst may be src itself, or overlap it from the left (&dst[0] < &src[0]):
// payloads may be unmasked and moved down over the space of their headers in
// one pass. It panics if dst overlaps src from the right.
func Copy(dst, src []byte, key uint32) (next uint32) {
	return copyWith(resolved[Auto], dst, src, key)
}

// UnmaskASCII unmasks b as [Unmask] does and reports whether every unmasked
// byte is below 0x80. A text message of plain ASCII then needs no second pass
// to be known as UTF-8 (RFC 6455, section 8.1). An empty b is ASCII.
func UnmaskASCII(b []byte, key uint32) (next uint32, ascii bool) {
	return xorASCII(resolved[Auto], b, key)
}

func copyWith(k Kernel, dst, src []byte, key uint32) uint32 {
	if len(dst) < len(src) {
		panic("mask: Copy: dst is shorter than src")
	}
	// One unsigned comparison for 0 < &dst[0]-&src[0] < len(src).
	if right := address(dst) - address(src); right-1 < uintptr(len(src))-1 && len(src) != 0 {
		panic("mask: Copy: dst overlaps src from the right")
	}
	return xor(k, dst[:len(src)], src, key)
}

func address(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }
