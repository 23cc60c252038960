// The body shared by the amd64 kernels, included once per operation. It is
// written for vectors of W bytes; a block is four vectors.
//
// In:
//	DI	destination: src itself, or anything that overlaps it from the left
//	SI	source
//	CX	length in bytes, at least W
//	AX	masking-key, low byte first on the wire
//	KEY	AX in every 32-bit lane
//
// The including file defines
//	W			bytes a vector: 16, 32 or 64
//	V0 to V3		a block on its way
//	T0 to T3		the last block
//	HEAD, KEY, TAILKEY	vectors
//	LOAD(mem, v), STORE(v, mem), SPREAD(r, v)
//	XORA(key, v), XORB(key, v)	what the operation does to a vector
//	FIRST			V0 at least of the block at SI, loaded and done
//	BLOCK			the rest of it, and its stores at DI
//	DONE			the end of the operation
//	ALIGN_FROM		the length from which aligned stores pay for a head
//
// Every load from a place comes before any store that may reach that place,
// so that src may be read where dst is written: vectors that overlap each other
// are all loaded before one of them is stored, the others go from left to
// right. The last block overlaps the one before it, and is therefore loaded
// before all of them: that tail without a loop or a branch costs less than a
// mispredicted branch does when lengths vary.
//
// Changes AX, BX, CX, SI, DI, R8 to R11 and the vectors.

	LEAQ (SI)(CX*1), R10 // end of the source
	LEAQ (DI)(CX*1), R11 // end of the destination
	MOVQ CX, R9

	// The key as the bytes at the end see it: W divides by 4, so that
	// end - W has the phase of the length.
	MOVL AX, BX
	SHLL $3, CX
	RORL CX, BX
	SPREAD(BX, TAILKEY)

	CMPQ R9, $(2*W)
	JA   over2
	LOAD((SI), V0)
	LOAD((-1*W)(R10), V1)
	XORA(KEY, V0)
	XORB(TAILKEY, V1)
	STORE(V0, (DI))
	STORE(V1, (-1*W)(R11))
	DONE

over2:
	CMPQ R9, $(4*W)
	JA   over4
	LOAD((SI), V0)
	LOAD((1*W)(SI), V1)
	LOAD((-2*W)(R10), V2)
	LOAD((-1*W)(R10), V3)
	XORA(KEY, V0)
	XORB(KEY, V1)
	XORA(TAILKEY, V2)
	XORB(TAILKEY, V3)
	STORE(V0, (DI))
	STORE(V1, (1*W)(DI))
	STORE(V2, (-2*W)(R11))
	STORE(V3, (-1*W)(R11))
	DONE

over4:
	LOAD((-4*W)(R10), T0)
	LOAD((-3*W)(R10), T1)
	LOAD((-2*W)(R10), T2)
	LOAD((-1*W)(R10), T3)
	XORA(TAILKEY, T0)
	XORB(TAILKEY, T1)
	XORA(TAILKEY, T2)
	XORB(TAILKEY, T3)
	SUBQ $(4*W), R10 // where the tail begins: blocks start left of it

	CMPQ R9, $ALIGN_FROM
	JB   loop
	MOVQ DI, CX
	NEGQ CX
	ANDQ $(W-1), CX // bytes to the next aligned store
	JZ   loop

	// The head: one unaligned vector, after which the blocks begin inside it,
	// where the stores are aligned. The first vector is loaded before the head
	// is stored over its beginning.
	LOAD((SI), HEAD)
	XORA(KEY, HEAD)
	MOVQ DI, R8
	ADDQ CX, SI
	ADDQ CX, DI
	SHLL $3, CX
	RORL CX, AX
	SPREAD(AX, KEY)
	FIRST
	STORE(HEAD, (R8))
	JMP  loaded

	PCALIGN $64
loop:
	FIRST
loaded:
	BLOCK
	ADDQ $(4*W), SI
	ADDQ $(4*W), DI
	CMPQ SI, R10
	JB   loop

	STORE(T0, (-4*W)(R11))
	STORE(T1, (-3*W)(R11))
	STORE(T2, (-2*W)(R11))
	STORE(T3, (-1*W)(R11))
	DONE
