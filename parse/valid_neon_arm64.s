//go:build !purego

#include "textflag.h"

// Requires: ASIMD, which every arm64 Go build has.

#define PREV V4
#define P1 V5
#define P2 V6
#define P3 V7
#define FIRST V8
#define SECOND V9
#define ERRORS V15
#define FIRSTHIGH V16
#define FIRSTLOW V17
#define SECONDHIGH V18
#define NIBBLES V19
#define HIGHBITS V22

// UQSUB subtracts m from n to d, 16 bytes, not below zero; the arguments are
// numbers of V registers. Go's assembler lacks it.
#define UQSUB(m, n, d) WORD $(0x6E202C00 | m<<16 | n<<5 | d)

// CHECK adds to ERRORS what is wrong with the bytes of v, prev being those
// before them. P1 to P3 are the bytes one to three places before.
#define CHECK(prev, v) \
	VEXT  $15, v.B16, prev.B16, P1.B16             \
	VEXT  $14, v.B16, prev.B16, P2.B16             \
	VEXT  $13, v.B16, prev.B16, P3.B16             \
	VUSHR $4, P1.B16, FIRST.B16                    \
	VUSHR $4, v.B16, SECOND.B16                    \
	VAND  NIBBLES.B16, P1.B16, P1.B16              \
	VTBL  FIRST.B16, [FIRSTHIGH.B16], FIRST.B16    \
	VTBL  P1.B16, [FIRSTLOW.B16], P1.B16           \
	VTBL  SECOND.B16, [SECONDHIGH.B16], SECOND.B16 \
	UQSUB(20, 6, 6)                                \
	UQSUB(21, 7, 7)                                \
	VAND  FIRST.B16, P1.B16, FIRST.B16             \
	VORR  P2.B16, P3.B16, P2.B16                   \
	VAND  FIRST.B16, SECOND.B16, SECOND.B16        \
	VAND  HIGHBITS.B16, P2.B16, P2.B16             \
	VEOR  P2.B16, SECOND.B16, SECOND.B16           \
	VORR  SECOND.B16, ERRORS.B16, ERRORS.B16

// LOAD loads the block at R0; R5 holds one of R8 where it is not ASCII.
#define LOAD \
	VLD1 (R0), [V0.B16, V1.B16, V2.B16, V3.B16] \
	VORR V0.B16, V1.B16, FIRST.B16              \
	VORR V2.B16, V3.B16, SECOND.B16             \
	VORR FIRST.B16, SECOND.B16, FIRST.B16       \
	VMOV FIRST.D[0], R5                         \
	VMOV FIRST.D[1], R6                         \
	ORR  R5, R6, R5

// func utf8NEON(p *byte, n int) (valid bool)
//
//	R0	p
//	R1	n, at least 16; then what is left behind the blocks
//	R2	the end
//	R3	the end of the blocks of 64 bytes
//	R8	the high bits of 8 bytes
TEXT ·utf8NEON(SB), NOSPLIT, $0-17
	MOVD  p+0(FP), R0
	MOVD  n+8(FP), R1
	MOVD  $·validTables(SB), R4
	VLD1  (R4), [FIRSTHIGH.B16, FIRSTLOW.B16, SECONDHIGH.B16]
	VMOVI $0x0F, NIBBLES.B16
	VMOVI $0x60, V20.B16 // from E0 on, 80 and more are left
	VMOVI $0x70, V21.B16 // from F0 on
	VMOVI $0x80, HIGHBITS.B16
	VEOR  ERRORS.B16, ERRORS.B16, ERRORS.B16
	VEOR  PREV.B16, PREV.B16, PREV.B16
	MOVD  $0x8080808080808080, R8
	ADD   R0, R1, R2
	AND   $63, R1
	SUB   R1, R2, R3

	// What comes before is complete, and PREV is ASCII.
ascii:
	CMP R3, R0
	BEQ last
	LOAD
	TST R8, R5
	BNE text
	ADD $64, R0
	B   ascii

more:
	LOAD
text:
	CHECK(PREV, V0)
	CHECK(V0, V1)
	CHECK(V1, V2)
	CHECK(V2, V3)
	VORR V3.B16, V3.B16, PREV.B16
	ADD  $64, R0
	TST  R8, R5
	BEQ  ascii
	CMP  R3, R0
	BNE  more

last:
	CMP    $16, R1
	BLO    under16
	VLD1.P 16(R0), [V0.B16]
	CHECK(PREV, V0)
	VORR   V0.B16, V0.B16, PREV.B16
	SUB    $16, R1
	B      last

	// The rest, with zeros behind it, which show what is incomplete at the
	// end: the last 16 bytes moved down over those done already.
under16:
	MOVD  $·validShift+16(SB), R4
	SUB   R1, R4
	VLD1  (R4), [V1.B16]
	FMOVQ -16(R2), F0
	VTBL  V1.B16, [V0.B16], V0.B16
	CHECK(PREV, V0)
	VMOV  ERRORS.D[0], R5
	VMOV  ERRORS.D[1], R6
	ORR   R5, R6, R5
	CMP   $0, R5
	CSET  EQ, R5
	MOVB  R5, valid+16(FP)
	RET
