//go:build (!amd64 && !arm64) || purego

package mask

// features returns which of the required features kernels may use: none.
func features() map[string]bool { return nil }

// xor calls kernel k, which is a supported one; dst is as long as src.
func xor(k Kernel, dst, src []byte, key uint32) uint32 {
	xorInGo(k, dst, src, key)
	return rotate(key, len(src))
}

// xorASCII calls the UnmaskASCII of kernel k, which is a supported one.
func xorASCII(k Kernel, b []byte, key uint32) (next uint32, ascii bool) {
	or := xorInGo(k, b, b, key)
	return rotate(key, len(b)), or&notASCII == 0
}

// xorInGo returns bits that hold one of notASCII if and only if a result is no
// ASCII.
func xorInGo(k Kernel, dst, src []byte, key uint32) (or uint64) {
	switch n := len(src); {
	case n == 0:
		return 0
	case n < minShort:
		return xorTiny(dst, src, key)
	case k == Octet:
		return xorOctets(dst, src, key)
	case n < minWords:
		return xorShort(dst, src, key)
	}
	return xorWords(dst, src, key)
}

// far returns what k uses for the parts of n bytes in all.
func far(k Kernel, n int) Kernel { return k }

// floor does what Floor does for perCall bytes at most.
func floor(k Kernel, b []byte) { xor(Word, b, b, noKey) }
