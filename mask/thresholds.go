package mask

// Lengths in bytes from which a kernel's assembly does the work. Below them
// it is done as by Word. AVX-512 can do any length from 1 on, the others need
// 16.
const (
	minSSE2   = 16
	minAVX2   = 16
	minAVX512 = minShort
	minNEON   = 16
)

// Lengths in bytes from which a head that aligns the stores pays. The kernels
// need at least five vectors for one. The .s files see these in go_asm.h.
const (
	alignSSE2   = 256
	alignAVX2   = 256
	alignAVX512 = 512
)

// What xorTiny, xorShort and xorWords can do, not choices: every kernel does
// less than minShort bytes one by one, and those in Go less than minWords in
// overlapping words of 4.
const (
	minShort = 4
	minWords = 16
)

// minFar is the length in bytes from which a payload is larger than most
// caches, so that memory is the limit.
const minFar = 32 << 20

// perCall is the most bytes that one call of an assembly kernel gets, since
// assembly cannot be preempted. It is a multiple of every vector.
const perCall = 64 << 10
