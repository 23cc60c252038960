//go:build !purego

#include "go_asm.h"
#include "textflag.h"

// Requires: SSE2, which GOAMD64=v1 has.

#define W 16
#define ALIGN_FROM const_alignSSE2

#define V0 X0
#define V1 X1
#define V2 X2
#define V3 X3
#define T0 X4
#define T1 X5
#define T2 X6
#define T3 X7
#define HEAD X8
#define BOTHA X9
#define BOTHB X10
#define TAILKEY X13
#define KEY X14

#define LOAD(mem, v) MOVOU mem, v
#define STORE(v, mem) MOVOU v, mem
#define SPREAD(r, v) \
	MOVD   r, v \
	PSHUFD $0, v, v

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

// func xorSSE2(dst, src *byte, n int, key uint32)
//
//	DI	dst, which may be src or overlap it from the left
//	SI	src
//	CX	n, at least 16
//	AX	key
#define XORA(key, v) PXOR key, v
#define XORB(key, v) PXOR key, v
#define TAKEA(mem, v) \
	LOAD(mem, v) \
	XORA(KEY, v)
#define TAKEB(mem, v) \
	LOAD(mem, v) \
	XORB(KEY, v)
#define DONE RET

TEXT ·xorSSE2(SB), NOSPLIT, $0-28
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX
	MOVL key+24(FP), AX
	SPREAD(AX, KEY)
#include "vector_amd64.h"

// func floorSSE2(p *byte, n int)
//
//	DI	p
//	CX	n, at least 16
#undef XORA
#undef XORB
#define XORA(key, v)
#define XORB(key, v)

TEXT ·floorSSE2(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), DI
	MOVQ n+8(FP), CX
	MOVQ DI, SI
	XORL AX, AX
	SPREAD(AX, KEY)
#include "vector_amd64.h"

// func asciiSSE2(p *byte, n int, key uint32) (ascii bool)
//
//	DI	p
//	CX	n, at least 16
//	AX	key
//	BOTHA, BOTHB	the results so far, ORed
TEXT ·asciiSSE2(SB), NOSPLIT, $0-25
#undef XORA
#undef XORB
#undef DONE
#define XORA(key, v) \
	PXOR key, v \
	POR  v, BOTHA
#define XORB(key, v) \
	PXOR key, v \
	POR  v, BOTHB
#define DONE \
	POR      BOTHB, BOTHA \
	PMOVMSKB BOTHA, AX    \
	TESTL    AX, AX       \
	SETEQ    ascii+24(FP) \
	RET

	MOVQ p+0(FP), DI
	MOVQ n+8(FP), CX
	MOVL key+16(FP), AX
	MOVQ DI, SI
	PXOR BOTHA, BOTHA
	PXOR BOTHB, BOTHB
	SPREAD(AX, KEY)
#include "vector_amd64.h"
