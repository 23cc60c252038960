//go:build goexperiment.simd

package peers

import (
	"simd/archsimd"
	"unsafe"
)

func init() {
	if archsimd.X86.AVX512() {
		experiments = append(experiments, Impl{"archsimd", unmask64})
	}
	if archsimd.X86.AVX2() {
		experiments = append(experiments, Impl{"archsimd-avx2", unmask32})
	}
}

// unmask64 unmasks by a loop over vectors of 64 bytes, without assembly; what
// is left behind it is done word by word.
func unmask64(b []byte, key uint32) uint32 {
	if len(b) >= 64 {
		k := archsimd.BroadcastUint32x16(key).AsUint8x64()
		for ; len(b) >= 64; b = b[64:] {
			v := (*[64]uint8)(unsafe.Pointer(unsafe.SliceData(b)))
			archsimd.LoadUint8x64(v).Xor(k).Store(v)
		}
		archsimd.ClearAVXUpperBits()
	}
	words(b, key)
	return 0
}

// unmask32 does the same for CPUs without AVX-512.
func unmask32(b []byte, key uint32) uint32 {
	if len(b) >= 32 {
		k := archsimd.BroadcastUint32x8(key).AsUint8x32()
		for ; len(b) >= 32; b = b[32:] {
			v := (*[32]uint8)(unsafe.Pointer(unsafe.SliceData(b)))
			archsimd.LoadUint8x32(v).Xor(k).Store(v)
		}
		archsimd.ClearAVXUpperBits()
	}
	words(b, key)
	return 0
}
