package mask

// xorOctets runs the byte kernel. It returns bits that hold one of notASCII if
// and only if a result is no ASCII.
//
// dst is as long as src, and is src or does not overlap it from the right.
func xorOctets(dst, src []byte, key uint32) (or uint64) {
	dst = dst[:len(src)]
	for i, c := range src {
		c ^= byte(key >> (i & 3 * 8))
		dst[i] = c
		or |= uint64(c)
	}
	return or
}
