// The body of the AVX-512 kernels, included once per operation. A block is
// four vectors of 64 bytes.
//
// In:
//	DI	destination: src itself, or anything that overlaps it from the left
//	SI	source
//	CX	length in bytes, at least 1
//	AX	masking-key, low byte first on the wire
//
// The including file defines
//	XORA(key, v), XORB(key, v)	what the operation does to a vector
//	XORPART(v)		the same for a vector of the bytes in K1
//	DONE			the end of the operation
//
// Every load from a place comes before any store that may reach that place,
// so that src may be read where dst is written: vectors that overlap each other
// are all loaded before one of them is stored, the others go from left to
// right. The last block overlaps the one before it, and is therefore loaded
// before all of them: that tail without a loop or a branch costs less than a
// mispredicted branch does when lengths vary.
//
// A load and a store of a line that is in no cache are slow together where
// they are masked or cross a line. A prefetch before them mends that. Blocks
// prefetch AHEAD bytes on, past the end too: a prefetch touches no memory that
// is not there, faults on none, and changes none.
//
// Changes AX, BX, CX, SI, DI, R8 to R11, Z16 to Z31, K1 and K2.

	VPBROADCASTD AX, KEY
	CMPQ CX, $64
	JA   over64
	PREFETCHT0 (SI)
	PREFETCHT0 -1(SI)(CX*1)
	PART
	VMOVDQU8.Z (SI), K1, V0
	XORPART(V0)
	VMOVDQU8 V0, K1, (DI)
	DONE

over64:
	LEAQ (SI)(CX*1), R10 // end of the source
	LEAQ (DI)(CX*1), R11 // end of the destination
	MOVQ CX, R9

	// The key as the bytes at the end see it: 64 divides by 4, so that
	// end - 64 has the phase of the length.
	MOVL AX, BX
	SHLL $3, CX
	RORL CX, BX
	VPBROADCASTD BX, TAILKEY

	CMPQ R9, $128
	JA   over128
	PREFETCHT0 (SI)
	PREFETCHT0 -1(R10)
	VMOVDQU64 (SI), V0
	VMOVDQU64 -64(R10), V1
	XORA(KEY, V0)
	XORB(TAILKEY, V1)
	VMOVDQU64 V0, (DI)
	VMOVDQU64 V1, -64(R11)
	DONE

over128:
	CMPQ R9, $256
	JA   over256
	VMOVDQU64 (SI), V0
	VMOVDQU64 64(SI), V1
	VMOVDQU64 -128(R10), V2
	VMOVDQU64 -64(R10), V3
	XORA(KEY, V0)
	XORB(KEY, V1)
	XORA(TAILKEY, V2)
	XORB(TAILKEY, V3)
	VMOVDQU64 V0, (DI)
	VMOVDQU64 V1, 64(DI)
	VMOVDQU64 V2, -128(R11)
	VMOVDQU64 V3, -64(R11)
	DONE

over256:
	CMPQ R9, $ALIGN_FROM
	JAE  long
	VMOVDQU64 -256(R10), T0
	VMOVDQU64 -192(R10), T1
	VMOVDQU64 -128(R10), T2
	VMOVDQU64 -64(R10), T3
	XORA(TAILKEY, T0)
	XORB(TAILKEY, T1)
	XORA(TAILKEY, T2)
	XORB(TAILKEY, T3)
	SUBQ $256, R10 // where the tail begins: blocks start left of it

	PCALIGN $64
unaligned:
	VMOVDQU64 (SI), V0
	BLOCK
	CMPQ SI, R10
	JB   unaligned
	VMOVDQU64 T0, -256(R11)
	VMOVDQU64 T1, -192(R11)
	VMOVDQU64 T2, -128(R11)
	VMOVDQU64 T3, -64(R11)
	DONE

	// A store that crosses a cache line costs two. So the head is one
	// unaligned vector, the blocks begin inside it where the stores are
	// aligned, and so is the tail: three vectors and a part of a fourth.
long:
	VMOVDQU64 (SI), HEAD
	XORA(KEY, HEAD)
	MOVQ DI, R8
	MOVQ DI, CX
	NEGQ CX
	ANDQ $63, CX // bytes to the next aligned store
	ADDQ CX, SI
	ADDQ CX, DI
	SUBQ CX, R9
	SHLL $3, CX
	RORL CX, AX
	VPBROADCASTD AX, KEY

	LEAQ -1(R9), CX
	ANDQ $-64, CX // bytes to the partial vector
	LEAQ (SI)(CX*1), R10
	LEAQ (DI)(CX*1), R11
	PREFETCHT0 (R10)
	SUBQ CX, R9
	MOVQ R9, CX
	PART
	VMOVDQU64 -192(R10), T0
	VMOVDQU64 -128(R10), T1
	VMOVDQU64 -64(R10), T2
	VMOVDQU8.Z (R10), K1, T3
	XORA(KEY, T0)
	XORB(KEY, T1)
	XORA(KEY, T2)
	XORPART(T3)
	SUBQ $192, R10 // where the tail begins

	// The first vector is loaded before the head is stored over its beginning.
	VMOVDQU64 (SI), V0
	VMOVDQU64 HEAD, (R8)
	JMP  loaded

	PCALIGN $64
aligned:
	VMOVDQU64 (SI), V0
loaded:
	BLOCK
	CMPQ SI, R10
	JB   aligned
	VMOVDQU64 T0, -192(R11)
	VMOVDQU64 T1, -128(R11)
	VMOVDQU64 T2, -64(R11)
	VMOVDQU8 T3, K1, (R11)
	DONE
