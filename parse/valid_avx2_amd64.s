//go:build !purego

#include "textflag.h"

// Requires: AVX2. VZEROUPPER at the end spares the SSE code of the caller a
// penalty.

#define V Y0
#define PREV Y1
#define NEXT Y2
#define LANES Y3
#define P1 Y4
#define P2 Y5
#define P3 Y6
#define FIRST Y7
#define SECOND Y8
#define ERRORS Y9
#define FIRSTHIGH Y10
#define FIRSTLOW Y11
#define SECONDHIGH Y12
#define NIBBLES Y13
#define THIRD Y14
#define FOURTH Y15

// BEFORE sets P1 to P3 to the bytes one to three places before those of V,
// where PREV are the 32 before them.
#define BEFORE \
	VPERM2I128 $0x21, V, PREV, LANES \
	VPALIGNR   $15, LANES, V, P1     \
	VPALIGNR   $14, LANES, V, P2     \
	VPALIGNR   $13, LANES, V, P3

// CHECK adds to ERRORS what is wrong with the bytes of v, behind those of P1
// to P3.
#define CHECK(v) \
	VPSRLW   $4, P1, FIRST              \
	VPSRLW   $4, v, SECOND              \
	VPAND    NIBBLES, P1, P1            \
	VPAND    NIBBLES, FIRST, FIRST      \
	VPAND    NIBBLES, SECOND, SECOND    \
	VPSHUFB  P1, FIRSTLOW, P1           \
	VPSHUFB  FIRST, FIRSTHIGH, FIRST    \
	VPSHUFB  SECOND, SECONDHIGH, SECOND \
	VPSUBUSB THIRD, P2, P2              \
	VPSUBUSB FOURTH, P3, P3             \
	VPAND    P1, FIRST, FIRST           \
	VPAND    FIRST, SECOND, SECOND      \
	VPOR     P2, P3, P3                 \
	VPAND    validHigh<>(SB), P3, P3    \
	VPXOR    P3, SECOND, SECOND         \
	VPOR     SECOND, ERRORS, ERRORS

DATA validHigh<>+0(SB)/8, $0x8080808080808080
DATA validHigh<>+8(SB)/8, $0x8080808080808080
DATA validHigh<>+16(SB)/8, $0x8080808080808080
DATA validHigh<>+24(SB)/8, $0x8080808080808080
GLOBL validHigh<>(SB), RODATA|NOPTR, $32

#define SPREAD(value, x, y) \
	MOVL         value, AX \
	VMOVD        AX, x     \
	VPBROADCASTB x, y

// func utf8AVX2(p *byte, n int) (valid bool)
//
//	SI	p
//	CX	n, at least 16; then what is left behind the blocks
//	DI	the end
//	DX	the end of the blocks of 64 bytes
TEXT ·utf8AVX2(SB), NOSPLIT, $0-17
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX
	VBROADCASTI128 ·validTables+0(SB), FIRSTHIGH
	VBROADCASTI128 ·validTables+16(SB), FIRSTLOW
	VBROADCASTI128 ·validTables+32(SB), SECONDHIGH
	SPREAD($0x0F, X13, NIBBLES)
	SPREAD($0x60, X14, THIRD)  // from E0 on, 80 and more are left
	SPREAD($0x70, X15, FOURTH) // from F0 on
	VPXOR ERRORS, ERRORS, ERRORS
	VPXOR PREV, PREV, PREV
	LEAQ  (SI)(CX*1), DI
	MOVQ  DI, DX
	ANDQ  $63, CX
	SUBQ  CX, DX

	// What comes before is complete, and PREV is ASCII.
ascii:
	CMPQ      SI, DX
	JEQ       last
	VMOVDQU   (SI), V
	VMOVDQU   32(SI), NEXT
	VPOR      V, NEXT, FIRST
	VPMOVMSKB FIRST, BX
	TESTL     BX, BX
	JNE       text
	ADDQ      $64, SI
	JMP       ascii

	// In the loop P1 to P3 are loaded: a quarter faster than BEFORE, which the
	// first vector needs.
	PCALIGN $64
more:
	VMOVDQU   (SI), V
	VMOVDQU   32(SI), NEXT
	VPOR      V, NEXT, FIRST
	VPMOVMSKB FIRST, BX
	VMOVDQU   -1(SI), P1
	VMOVDQU   -2(SI), P2
	VMOVDQU   -3(SI), P3
	JMP       check
text:
	BEFORE
check:
	CHECK(V)
	VMOVDQU 31(SI), P1
	VMOVDQU 30(SI), P2
	VMOVDQU 29(SI), P3
	CHECK(NEXT)
	VMOVDQA NEXT, PREV
	ADDQ    $64, SI
	TESTL   BX, BX
	JEQ     ascii
	CMPQ    SI, DX
	JNE     more

last:
	CMPQ    CX, $32
	JB      under32
	VMOVDQU (SI), V
	BEFORE
	CHECK(V)
	VMOVDQA V, PREV
	ADDQ    $32, SI
	SUBQ    $32, CX

	// The rest, with zeros behind it, which show what is incomplete at the
	// end. The last 16 bytes are moved down over those done already.
under32:
	LEAQ    ·validShift(SB), R8
	NEGQ    CX
	CMPQ    CX, $-16
	JLE     over16
	VMOVDQU -16(DI), X0
	VPSHUFB 16(R8)(CX*1), X0, X0
	JMP     end
over16:
	VMOVDQU     (SI), X0
	VMOVDQU     -16(DI), X2
	VPSHUFB     32(R8)(CX*1), X2, X2
	VINSERTI128 $1, X2, V, V
end:
	BEFORE
	CHECK(V)
	VPTEST ERRORS, ERRORS
	SETEQ  valid+16(FP)
	VZEROUPPER
	RET
