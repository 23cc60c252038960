// The body of the arm64 kernels, included once per operation: the shape of
// vector_amd64.h with vectors of 16 bytes and no head, since unaligned
// stores cost little on this architecture.
//
// In:
//	R0	destination: src itself, or anything that overlaps it from the left
//	R1	source
//	R2	length in bytes, at least 16
//	R3	masking-key, low byte first on the wire
//
// The including file defines
//	XORA(key, v), XORB(key, v)	what the operation does to a vector
//	DONE			the end of the operation
//
// Every load from a place comes before any store that may reach that place: a
// block is loaded whole before it is stored, and the tail, which overlaps the
// last whole block, before all of them.
//
// Changes R0, R1, R4 to R7, V0 to V7, V30 and V31.

	VDUP R3, V31.S4
	ADD  R1, R2, R6 // end of the source
	ADD  R0, R2, R7 // end of the destination

	// The key as the bytes at the end see it.
	LSL  $3, R2, R4
	RORW R4, R3, R5
	VDUP R5, V30.S4

	CMP   $32, R2
	BHI   over2
	FMOVQ (R1), F0
	FMOVQ -16(R6), F1
	XORA(V31, V0)
	XORB(V30, V1)
	FMOVQ F0, (R0)
	FMOVQ F1, -16(R7)
	DONE

over2:
	SUB   $64, R6, R6
	SUB   $64, R7, R7
	CMP   $64, R2
	BHI   over4
	FMOVQ (R1), F0
	FMOVQ 16(R1), F1
	FMOVQ 32(R6), F2
	FMOVQ 48(R6), F3
	XORA(V31, V0)
	XORB(V31, V1)
	XORA(V30, V2)
	XORB(V30, V3)
	FMOVQ F0, (R0)
	FMOVQ F1, 16(R0)
	FMOVQ F2, 32(R7)
	FMOVQ F3, 48(R7)
	DONE

over4:
	VLD1 (R6), [V4.B16, V5.B16, V6.B16, V7.B16]
	XORA(V30, V4)
	XORB(V30, V5)
	XORA(V30, V6)
	XORB(V30, V7)

loop:
	VLD1.P 64(R1), [V0.B16, V1.B16, V2.B16, V3.B16]
	XORA(V31, V0)
	XORB(V31, V1)
	XORA(V31, V2)
	XORB(V31, V3)
	VST1.P [V0.B16, V1.B16, V2.B16, V3.B16], 64(R0)
	CMP    R6, R1
	BLO    loop

	VST1 [V4.B16, V5.B16, V6.B16, V7.B16], (R7)
	DONE
