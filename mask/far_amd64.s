//go:build !purego

#include "textflag.h"

// Requires: AVX2. For payloads larger than the caches: where memory is the
// limit, two vectors of 32 bytes a turn and a prefetch of the next page beat
// the AVX-512 kernel, and the other AVX2 one, by about a tenth. In the caches
// they lose more than that.

#define KEY Y15

// func xorFarAVX2(dst, src *byte, n int, key uint32)
//
//	DI	dst, which may be src or overlap it from the left
//	SI	src
//	CX	n, a multiple of 64, at least 64
//	AX	key
TEXT ·xorFarAVX2(SB), NOSPLIT, $0-28
	MOVQ         dst+0(FP), DI
	MOVQ         src+8(FP), SI
	MOVQ         n+16(FP), CX
	MOVL         key+24(FP), AX
	VMOVD        AX, X15
	VPBROADCASTD X15, KEY

	PCALIGN $64
loop:
	PREFETCHT0 4096(SI)
	VMOVDQU    (SI), Y0
	VMOVDQU    32(SI), Y1
	VPXOR      KEY, Y0, Y0
	VPXOR      KEY, Y1, Y1
	VMOVDQU    Y0, (DI)
	VMOVDQU    Y1, 32(DI)
	ADDQ       $64, SI
	ADDQ       $64, DI
	SUBQ       $64, CX
	JNZ        loop
	VZEROUPPER
	RET

// func floorFarAVX2(p *byte, n int)
//
//	DI	p
//	CX	n, a multiple of 64, at least 64
TEXT ·floorFarAVX2(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), DI
	MOVQ n+8(FP), CX

	PCALIGN $64
loop:
	PREFETCHT0 4096(DI)
	VMOVDQU    (DI), Y0
	VMOVDQU    32(DI), Y1
	VMOVDQU    Y0, (DI)
	VMOVDQU    Y1, 32(DI)
	ADDQ       $64, DI
	SUBQ       $64, CX
	JNZ        loop
	VZEROUPPER
	RET
