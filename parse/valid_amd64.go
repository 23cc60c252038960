//go:build !purego

package parse

import (
	"unicode/utf8"
	"unsafe"

	"golang.org/x/sys/cpu"
)

// detectValidators returns which kernels run here. The package cpu asks the
// operating system too, for the registers it saves.
func detectValidators() (have [validators]bool) {
	have[ValidAVX2] = cpu.X86.HasAVX2
	have[ValidAVX512] = cpu.X86.HasAVX512F && cpu.X86.HasAVX512BW
	return have
}

// part does what ValidUTF8 does, by v, for minVector to perCall bytes.
func (v Validator) part(b []byte) bool {
	switch v {
	case ValidAVX512:
		return utf8AVX512(unsafe.SliceData(b), len(b))
	case ValidAVX2:
		return utf8AVX2(unsafe.SliceData(b), len(b))
	}
	return utf8.Valid(b)
}

//go:noescape
func utf8AVX2(p *byte, n int) (valid bool)

//go:noescape
func utf8AVX512(p *byte, n int) (valid bool)
