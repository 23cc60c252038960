package mask

// A Threshold is the length from which a kernel's own code does the work.
type Threshold struct {
	Kernel Kernel
	Over   Kernel // the next simpler one, which Kernel has to beat
	From   int    // bytes; below, the work is done as by Word
	Align  int    // bytes from which a head aligns the stores; 0: never
}

// Thresholds lists those that this build dispatches by, of the kernels that
// this CPU has, the simplest first. Only tools that check them want it:
// wsbench crossover.
func Thresholds() (list []Threshold) {
	over := Octet
	for _, t := range []Threshold{
		{Word, 0, minShort, 0},
		{SSE2, 0, minSSE2, alignSSE2},
		{AVX2, 0, minAVX2, alignAVX2},
		{AVX512, 0, minAVX512, alignAVX512},
		{NEON, 0, minNEON, 0},
	} {
		if t.Kernel.Supported() {
			t.Over, over = over, t.Kernel
			list = append(list, t)
		}
	}
	return list
}

// FarFrom is the length in bytes from which AVX2 and AVX512 take a payload to
// be larger than the caches, and use other instructions for it.
const FarFrom = minFar
