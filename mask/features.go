package mask

// required are the features of the CPU that a kernel's instructions are of.
// features tells which of them are there; each is named as in the .s, in lower
// case.
var required = [kernels][]string{
	SSE2:   {"sse2"},
	AVX2:   {"avx2"},
	AVX512: {"avx512f", "avx512bw", "avx2"}, // avx2: far_amd64.s
	NEON:   {"asimd"},
}

// Requires returns the features of the CPU that the kernel's instructions are
// of, in lower case; none for those written in Go.
func (k Kernel) Requires() []string {
	if int(k) >= kernels {
		return nil
	}
	return append([]string(nil), required[k]...)
}

// detect returns which kernels run here.
func detect() (have [kernels]bool) {
	has := features()
	for k := range have {
		have[k] = true
		for _, f := range required[k] {
			have[k] = have[k] && has[f]
		}
	}
	have[Auto] = false // stands for another
	return have
}
