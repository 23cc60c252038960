package mask

import (
	"fmt"
	"strings"
)

// Kernel names one implementation of the operations. The zero value is Auto.
//
// The methods of a Kernel that is not [Kernel.Supported] are those of Word.
type Kernel uint8

// The kernels, from the most portable to the most specialised.
const (
	Auto   Kernel = iota // the best one of this CPU
	Octet                // one byte at a time
	Word                 // 8 bytes at a time
	SSE2                 // amd64: vectors of 16 bytes
	AVX2                 // amd64: vectors of 32 bytes
	AVX512               // amd64 with AVX-512 F and BW: 64 bytes and write masks
	NEON                 // arm64: vectors of 16 bytes

	kernels = iota
)

var names = [kernels]string{"auto", "octet", "word", "sse2", "avx2", "avx512", "neon"}

// String returns the name that [ParseKernel] accepts.
func (k Kernel) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("Kernel(%d)", uint8(k))
}

// Supported reports whether this CPU and this build have the kernel.
func (k Kernel) Supported() bool { return k == Auto || int(k) < kernels && supported[k] }

// ParseKernel returns the kernel of that name. A name that is unknown, or
// that this CPU or build lacks, is an error that lists those it has.
func ParseKernel(name string) (Kernel, error) {
	have := []string{}
	for k := range Kernel(kernels) {
		switch {
		case k.Supported() && k.String() == name:
			return k, nil
		case k.Supported():
			have = append(have, k.String())
		}
	}
	problem := "unknown kernel"
	for _, known := range names {
		if known == name {
			problem = "this CPU or build lacks the kernel"
		}
	}
	return Auto, fmt.Errorf("mask: %s %q (has %s)", problem, name, strings.Join(have, ", "))
}

// Best returns what Auto resolves to for long payloads. Payloads of a few
// bytes may take a shorter way, whatever the kernel.
func Best() Kernel { return resolved[Auto] }

// Unmask does what [Unmask] does, by this kernel.
func (k Kernel) Unmask(b []byte, key uint32) (next uint32) {
	return xor(resolved[k], b, b, key)
}

// Copy does what [Copy] does, by this kernel.
func (k Kernel) Copy(dst, src []byte, key uint32) (next uint32) {
	return copyWith(resolved[k], dst, src, key)
}

// UnmaskASCII does what [UnmaskASCII] does, by this kernel.
func (k Kernel) UnmaskASCII(b []byte, key uint32) (next uint32, ascii bool) {
	return xorASCII(resolved[k], b, key)
}

// supported tells which kernels run here.
var supported = detect()

// resolved is what runs for each value of Kernel, known or not. Every call
// looks it up, so that no value can lead to an illegal instruction.
var resolved = func() (run [256]Kernel) {
	for k := range run {
		run[k] = Word
		if k < kernels && supported[k] {
			run[k] = Kernel(k)
		}
	}
	for _, k := range [...]Kernel{SSE2, AVX2, AVX512, NEON} {
		if supported[k] {
			run[Auto] = k
		}
	}
	return run
}()
