//go:build !purego

package mask

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

// farAVX2 is what AVX2 and AVX512 use for parts of perCall bytes of minFar or
// more; no Kernel of the API resolves to it.
const farAVX2 Kernel = 255

// features returns which of the required features this CPU has. GOAMD64=v1 has
// SSE2. The package cpu asks the operating system too, for the registers it
// saves.
func features() map[string]bool {
	return map[string]bool{
		"sse2": true, "avx2": cpu.X86.HasAVX2,
		"avx512f": cpu.X86.HasAVX512F, "avx512bw": cpu.X86.HasAVX512BW,
	}
}

// far returns what k uses for the parts of n bytes in all.
func far(k Kernel, n int) Kernel {
	if n >= minFar && (k == AVX2 || k == AVX512) {
		return farAVX2
	}
	return k
}

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
	case k == AVX512 && n >= minAVX512:
		xorAVX512(unsafe.SliceData(dst), unsafe.SliceData(src), n, key)
	case k == AVX2 && n >= minAVX2:
		xorAVX2(unsafe.SliceData(dst), unsafe.SliceData(src), n, key)
	case k == SSE2 && n >= minSSE2:
		xorSSE2(unsafe.SliceData(dst), unsafe.SliceData(src), n, key)
	case k == farAVX2:
		xorFarAVX2(unsafe.SliceData(dst), unsafe.SliceData(src), n, key)
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
	case k == AVX512 && n >= minAVX512:
		return next, asciiAVX512(unsafe.SliceData(b), n, key)
	case k == AVX2 && n >= minAVX2:
		return next, asciiAVX2(unsafe.SliceData(b), n, key)
	case k == SSE2 && n >= minSSE2:
		return next, asciiSSE2(unsafe.SliceData(b), n, key)
	case k == Octet:
		or = xorOctets(b, b, key)
	case n < minWords:
		or = xorShort(b, b, key)
	default:
		or = xorWords(b, b, key)
	}
	return next, or&notASCII == 0
}

// floor does what Floor does for perCall bytes at most.
func floor(k Kernel, b []byte) {
	n, p := len(b), unsafe.SliceData(b)
	switch {
	case k == AVX512 && n >= minAVX512:
		floorAVX512(p, n)
	case k == AVX2 && n >= minAVX2:
		floorAVX2(p, n)
	case k == SSE2 && n >= minSSE2:
		floorSSE2(p, n)
	case k == farAVX2:
		floorFarAVX2(p, n)
	default:
		xor(Word, b, b, noKey)
	}
}

//go:noescape
func xorSSE2(dst, src *byte, n int, key uint32)

//go:noescape
func asciiSSE2(p *byte, n int, key uint32) (ascii bool)

//go:noescape
func floorSSE2(p *byte, n int)

//go:noescape
func xorAVX2(dst, src *byte, n int, key uint32)

//go:noescape
func asciiAVX2(p *byte, n int, key uint32) (ascii bool)

//go:noescape
func floorAVX2(p *byte, n int)

//go:noescape
func xorFarAVX2(dst, src *byte, n int, key uint32)

//go:noescape
func floorFarAVX2(p *byte, n int)

//go:noescape
func xorAVX512(dst, src *byte, n int, key uint32)

//go:noescape
func asciiAVX512(p *byte, n int, key uint32) (ascii bool)

//go:noescape
func floorAVX512(p *byte, n int)
