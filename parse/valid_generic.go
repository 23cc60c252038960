//go:build (!amd64 && !arm64) || purego

package parse

import "unicode/utf8"

// detectValidators returns which kernels run here.
func detectValidators() (have [validators]bool) { return have }

// part does what ValidUTF8 does, by v, for minVector to perCall bytes.
func (v Validator) part(b []byte) bool { return utf8.Valid(b) }
