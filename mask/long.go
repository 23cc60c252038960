package mask

// xorLong feeds a kernel with parts of perCall bytes at most.
func xorLong(k Kernel, dst, src []byte, key uint32) uint32 {
	via := far(k, len(src))
	for len(src) > perCall {
		n, with := part(dst, k, via)
		key = xor(with, dst[:n], src[:n], key)
		dst, src = dst[n:], src[n:]
	}
	return xor(k, dst, src, key)
}

// xorASCIILong feeds a kernel with parts of perCall bytes at most.
func xorASCIILong(k Kernel, b []byte, key uint32) (next uint32, ascii bool) {
	ascii = true
	for len(b) > 0 {
		n, _ := part(b, k, k)
		n, these := min(n, len(b)), false
		key, these = xorASCII(k, b[:n], key)
		ascii = ascii && these
		b = b[n:]
	}
	return key, ascii
}

// Floor loads and stores the bytes of b in place, unchanged, with the
// instructions of [Unmask] by the best kernel less the XOR. Benchmarks use it
// to show what would be left if the arithmetic were free. Very short slices,
// and builds without assembly, keep the XOR, with a key of zero that the
// compiler cannot see.
func Floor(b []byte) {
	if k := Best(); len(b) <= perCall {
		floor(k, b)
	} else {
		floorLong(k, b)
	}
}

func floorLong(k Kernel, b []byte) {
	via := far(k, len(b))
	for len(b) > perCall {
		n, with := part(b, k, via)
		floor(with, b[:n])
		b = b[n:]
	}
	floor(k, b)
}

// noKey is never written to.
var noKey uint32

// part returns the length of the next part of dst, so that every part but the
// first begins on a cache line, and what does it: via those of perCall bytes
// that do, else k.
func part(dst []byte, k, via Kernel) (n int, with Kernel) {
	if lead := int(address(dst) % 64); lead != 0 {
		return perCall - lead, k
	}
	return perCall, via
}
