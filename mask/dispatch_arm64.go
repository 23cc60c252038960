//go:build !purego

package mask

import "unsafe"

// features returns which of the required features this CPU has. Go's arm64 has
// ASIMD.
func features() map[string]bool { return map[string]bool{"asimd": true} }

// xor calls kernel k, which is a supported one; dst is as long as src.
func xor(k Kernel, dst, src []byte, key uint32) uint32 {
	n := len(src)
	switch {
	case n < minShort:
		if n > 0 {
			xorTiny(dst, src, key)
		}
	case n == minShort: // worth its own line: a third less than any kernel
		le.PutUint32(dst, le.Uint32(src)^key)
	case n > perCall:
		return xorLong(k, dst, src, key)
	case k == NEON && n >= minNEON:
		xorNEON(unsafe.SliceData(dst), unsafe.SliceData(src), n, key)
	case k == Octet:
		xorOctets(dst, src, key)
	case n < minWords:
		xorShort(dst, src, key)
	default:
		xorWords(dst, src, key)
	}
	return rotate(key, n)
}

// xorASCII calls the UnmaskASCII of kernel k, which is a supported one.
func xorASCII(k Kernel, b []byte, key uint32) (next uint32, ascii bool) {
	n, or := len(b), uint64(0)
	next = rotate(key, n)
	switch {
	case n < minShort:
		if n > 0 {
			or = xorTiny(b, b, key)
		}
	case n > perCall:
		return xorASCIILong(k, b, key)
	case k == NEON && n >= minNEON:
		return next, asciiNEON(unsafe.SliceData(b), n, key)
	case k == Octet:
		or = xorOctets(b, b, key)
	case n < minWords:
		or = xorShort(b, b, key)
	default:
		or = xorWords(b, b, key)
	}
	return next, or&notASCII == 0
}

// far returns what k uses for the parts of n bytes in all.
func far(k Kernel, n int) Kernel { return k }

// floor does what Floor does for perCall bytes at most.
func floor(k Kernel, b []byte) {
	if k != NEON || len(b) < minNEON {
		xor(Word, b, b, noKey)
		return
	}
	floorNEON(unsafe.SliceData(b), len(b))
}

//go:noescape
func xorNEON(dst, src *byte, n int, key uint32)

//go:noescape
func asciiNEON(p *byte, n int, key uint32) (ascii bool)

//go:noescape
func floorNEON(p *byte, n int)
