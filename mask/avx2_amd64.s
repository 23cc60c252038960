//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Requires: AVX2. All of Y0 to Y15 may be used; VZEROUPPER at the end spares
// the SSE code of the caller a penalty.

#define W 32
#define ALIGN_FROM const_alignAVX2

#define V0 Y0
#define V1 Y1
#define V2 Y2
#define V3 Y3
#define T0 Y4
#define T1 Y5
#define T2 Y6
#define T3 Y7
#define HEAD Y8
#define BOTHA Y9
#define BOTHB Y10
#define TAILKEY Y14
#define KEY Y15

#define LOAD(mem, v) VMOVDQU mem, v
#define STORE(v, mem) VMOVDQU v, mem
#define SPREAD(r, v) \
	VMOVD        r, X13 \
	VPBROADCASTD X13, v

// Four loads and then four stores: in the L1 that is faster than in turns.
#define FIRST \
	TAKEA((SI), V0)      \
	TAKEB((1*W)(SI), V1) \
	TAKEA((2*W)(SI), V2) \
	TAKEB((3*W)(SI), V3)
#define BLOCK \
	STORE(V0, (DI))      \
	STORE(V1, (1*W)(DI)) \
	STORE(V2, (2*W)(DI)) \
	STORE(V3, (3*W)(DI))

// HALVES loads 16 to 31 bytes as the first and the last 16, X0 and X1, and
// their keys, X15 and X14.
#define HALVES \
	MOVL AX, BX         \
	MOVQ CX, R8         \
	SHLL $3, CX         \
	RORL CX, BX         \
	SPREAD(BX, TAILKEY) \
	VMOVDQU (SI), X0    \
	VMOVDQU -16(SI)(R8*1), X1

// func xorAVX2(dst, src *byte, n int, key uint32)
//
//	DI	dst, which may be src or overlap it from the left
//	SI	src
//	CX	n, at least 16
//	AX	key
#define XORA(key, v) VPXOR key, v, v
#define XORB(key, v) VPXOR key, v, v
#define TAKEA(mem, v) VPXOR mem, KEY, v
#define TAKEB(mem, v) VPXOR mem, KEY, v
#define DONE \
	VZEROUPPER \
	RET

TEXT ·xorAVX2(SB), NOSPLIT, $0-28
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVL key+24(FP), AX
	SPREAD(AX, KEY)
	CMPQ CX, $W
	JAE  vectors
	HALVES
	XORA(X15, X0)
	XORB(X14, X1)
	VMOVDQU X0, (DI)
	VMOVDQU X1, -16(DI)(R8*1)
	DONE

vectors:
#include "vector_amd64.h"

// func floorAVX2(p *byte, n int)
//
//	DI	p
//	CX	n, at least 16
#undef XORA
#undef XORB
#undef TAKEA
#undef TAKEB
#define XORA(key, v)
#define XORB(key, v)
#define TAKEA(mem, v) LOAD(mem, v)
#define TAKEB(mem, v) LOAD(mem, v)

TEXT ·floorAVX2(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ DI, SI
	XORL AX, AX
	SPREAD(AX, KEY)
	CMPQ CX, $W
	JAE  vectors
	HALVES
	VMOVDQU X0, (DI)
	VMOVDQU X1, -16(DI)(R8*1)
	DONE

vectors:
#include "vector_amd64.h"

// func asciiAVX2(p *byte, n int, key uint32) (ascii bool)
//
//	DI	p
//	CX	n, at least 16
//	AX	key
//	BOTHA, BOTHB	the results so far, ORed
TEXT ·asciiAVX2(SB), NOSPLIT, $0-25
#undef XORA
#undef XORB
#undef TAKEA
#undef TAKEB
#undef DONE
#define XORA(key, v) \
	VPXOR key, v, v \
	VPOR  v, BOTHA, BOTHA
#define XORB(key, v) \
	VPXOR key, v, v \
	VPOR  v, BOTHB, BOTHB
#define TAKEA(mem, v) \
	VPXOR mem, KEY, v \
	VPOR  v, BOTHA, BOTHA
#define TAKEB(mem, v) \
	VPXOR mem, KEY, v \
	VPOR  v, BOTHB, BOTHB
#define DONE \
	VPOR      BOTHA, BOTHB, BOTHA \
	VPMOVMSKB BOTHA, AX           \
	TESTL     AX, AX              \
	SETEQ     ascii+24(FP)        \
	VZEROUPPER                    \
	RET

	MOVQ  p+0(FP), DI
	MOVQ  n+8(FP), CX
	MOVL  key+16(FP), AX
	MOVQ  DI, SI
	VPXOR BOTHA, BOTHA, BOTHA
	VPXOR BOTHB, BOTHB, BOTHB
	SPREAD(AX, KEY)
	CMPQ  CX, $W
	JAE   vectors
	HALVES
	VPXOR X15, X0, X0
	VPXOR X14, X1, X1
	VMOVDQU X0, (DI)
	VMOVDQU X1, -16(DI)(R8*1)
	VPOR  X0, X1, X9 // clears the upper half of BOTHA
	DONE

vectors:
#include "vector_amd64.h"
