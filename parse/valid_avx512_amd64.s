//go:build !purego

#include "textflag.h"

// Requires: AVX512F, AVX512BW. Only Z16 to Z31 are used: they leave no dirty
// upper halves behind, so that no VZEROUPPER is needed.

#define V Z16
#define PREV Z17
#define LANES Z18
#define P1 Z19
#define P2 Z20
#define P3 Z21
#define FIRST Z22
#define SECOND Z23
#define ERRORS Z24
#define FIRSTHIGH Z25
#define FIRSTLOW Z26
#define SECONDHIGH Z27
#define NIBBLES Z28
#define THIRD Z29
#define FOURTH Z30
#define HIGHBITS Z31

#define SPREAD(value, v) \
	MOVL         value, AX \
	VPBROADCASTB AX, v

// BEFORE sets P1 to P3 to the bytes one to three places before those of V,
// where PREV are the 64 before them.
#define BEFORE \
	VALIGNQ  $6, PREV, V, LANES \
	VPALIGNR $15, LANES, V, P1  \
	VPALIGNR $14, LANES, V, P2  \
	VPALIGNR $13, LANES, V, P3

// CHECK adds to ERRORS what is wrong with the bytes of V, behind those of P1
// to P3. The ternary operations are
//
//	SECOND = FIRST & SECOND & P1
//	P2 = (P2 | P3) & HIGHBITS
//	ERRORS |= SECOND ^ P2
#define CHECK \
	VPSRLW     $4, P1, FIRST              \
	VPSRLW     $4, V, SECOND              \
	VPANDD     NIBBLES, P1, P1            \
	VPANDD     NIBBLES, FIRST, FIRST      \
	VPANDD     NIBBLES, SECOND, SECOND    \
	VPSHUFB    P1, FIRSTLOW, P1           \
	VPSHUFB    FIRST, FIRSTHIGH, FIRST    \
	VPSHUFB    SECOND, SECONDHIGH, SECOND \
	VPSUBUSB   THIRD, P2, P2              \
	VPSUBUSB   FOURTH, P3, P3             \
	VPTERNLOGD $0x80, P1, FIRST, SECOND   \
	VPTERNLOGD $0xA8, HIGHBITS, P3, P2    \
	VPTERNLOGD $0xF6, P2, SECOND, ERRORS

// func utf8AVX512(p *byte, n int) (valid bool)
//
//	SI	p
//	CX	n, at least 1; then what is left behind the whole vectors
//	DX	the end of the whole vectors
//	K1	which bytes of V are no ASCII
TEXT ·utf8AVX512(SB), NOSPLIT, $0-17
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTI32X4 ·validTables+0(SB), FIRSTHIGH
	VBROADCASTI32X4 ·validTables+16(SB), FIRSTLOW
	VBROADCASTI32X4 ·validTables+32(SB), SECONDHIGH
	SPREAD($0x0F, NIBBLES)
	SPREAD($0x60, THIRD)  // from E0 on, 80 and more are left
	SPREAD($0x70, FOURTH) // from F0 on
	SPREAD($0x80, HIGHBITS)
	VPXORD ERRORS, ERRORS, ERRORS
	VPXORD PREV, PREV, PREV
	LEAQ   (SI)(CX*1), DX
	ANDQ   $63, CX
	SUBQ   CX, DX

	// What comes before is complete, and PREV is ASCII.
ascii:
	CMPQ      SI, DX
	JEQ       last
	VMOVDQU64 (SI), V
	VPMOVB2M  V, K1
	KORTESTQ  K1, K1
	JNE       text
	ADDQ      $64, SI
	JMP       ascii

	// In the loop P1 to P3 are loaded: a quarter faster than BEFORE, which the
	// first vector needs.
	PCALIGN $64
more:
	VMOVDQU64 (SI), V
	VPMOVB2M  V, K1
	VMOVDQU64 -1(SI), P1
	VMOVDQU64 -2(SI), P2
	VMOVDQU64 -3(SI), P3
	JMP       check
text:
	BEFORE
check:
	CHECK
	VMOVDQA64 V, PREV
	ADDQ      $64, SI
	KORTESTQ  K1, K1
	JEQ       ascii
	CMPQ      SI, DX
	JNE       more

	// Zeros behind the end show what is incomplete there.
last:
	MOVL   $1, BX
	SHLQ   CX, BX
	DECQ   BX
	JEQ    none
	KMOVQ  BX, K1
	VMOVDQU8.Z (SI), K1, V
	JMP    end
none:
	VPXORD V, V, V
end:
	BEFORE
	CHECK
	VPTESTMB ERRORS, ERRORS, K1
	KORTESTQ K1, K1
	SETEQ    valid+16(FP)
	RET
