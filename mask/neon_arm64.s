//go:build !purego

#include "textflag.h"

// Requires: ASIMD, which every arm64 Go build has.

// func xorNEON(dst, src *byte, n int, key uint32)
//
//	R0	dst, which may be src or overlap it from the left
//	R1	src
//	R2	n, at least 16
//	R3	key
#define XORA(key, v) VEOR key.B16, v.B16, v.B16
#define XORB(key, v) VEOR key.B16, v.B16, v.B16
#define DONE RET

TEXT ·xorNEON(SB), NOSPLIT, $0-28
	MOVD  dst+0(FP), R0
	MOVD  src+8(FP), R1
	MOVD  n+16(FP), R2
	MOVWU key+24(FP), R3
#include "vector_arm64.h"

// func floorNEON(p *byte, n int)
//
//	R0	p
//	R2	n, at least 16
#undef XORA
#undef XORB
#define XORA(key, v)
#define XORB(key, v)

TEXT ·floorNEON(SB), NOSPLIT, $0-16
	MOVD p+0(FP), R0
	MOVD n+8(FP), R2
	MOVD R0, R1
	MOVD $0, R3
#include "vector_arm64.h"

// func asciiNEON(p *byte, n int, key uint32) (ascii bool)
//
//	R0	p
//	R2	n, at least 16
//	R3	key
//	V28, V29	the results so far, ORed
TEXT ·asciiNEON(SB), NOSPLIT, $0-25
#undef XORA
#undef XORB
#undef DONE
#define XORA(key, v) \
	VEOR key.B16, v.B16, v.B16 \
	VORR v.B16, V28.B16, V28.B16
#define XORB(key, v) \
	VEOR key.B16, v.B16, v.B16 \
	VORR v.B16, V29.B16, V29.B16
#define DONE \
	VORR V28.B16, V29.B16, V28.B16 \
	VMOV V28.D[0], R4              \
	VMOV V28.D[1], R5              \
	ORR  R4, R5, R4                \
	TST  $0x8080808080808080, R4   \
	CSET EQ, R4                    \
	MOVB R4, ascii+24(FP)          \
	RET

	MOVD  p+0(FP), R0
	MOVD  n+8(FP), R2
	MOVWU key+16(FP), R3
	MOVD  R0, R1
	VEOR  V28.B16, V28.B16, V28.B16
	VEOR  V29.B16, V29.B16, V29.B16
#include "vector_arm64.h"
