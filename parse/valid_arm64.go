//go:build !purego

package parse

import (
	"unicode/utf8"
	"unsafe"
)

// detectValidators returns which kernels run here. Go's arm64 has NEON.
func detectValidators() (have [validators]bool) {
	have[ValidNEON] = true
	return have
}

// part does what ValidUTF8 does, by v, for minVector to perCall bytes.
func (v Validator) part(b []byte) bool {
	if v == ValidNEON {
		return utf8NEON(unsafe.SliceData(b), len(b))
	}
	return utf8.Valid(b)
}

//go:noescape
func utf8NEON(p *byte, n int) (valid bool)
