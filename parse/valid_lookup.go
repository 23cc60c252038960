//go:build (amd64 || arm64) && !purego

package parse

//lint:file-ignore U1000 the kernels alone use the tables

// The kernels look up what may be wrong with two bytes that follow each
// other: John Keiser, Daniel Lemire, "Validating UTF-8 In Less Than One
// Instruction Per Byte", Software: Practice and Experience 51 (2021),
// arXiv:2010.03090, section 6. Each of three tables is indexed by a nibble and
// holds the errors that this nibble allows; those in all three are there.
//
// What two bytes do not show is where the second or third byte after a lead
// has to be a continuation, and where it must not be one. There alone two
// continuations may follow each other, so that a kernel computes these places
// by comparison and takes the XOR with twoContinuations.
const (
	tooShort         = 1 << iota // a lead, then no continuation
	tooLong                      // ASCII, then a continuation
	overlong3                    // E0, then 80 to 9F
	tooLarge                     // F4 and above, then 90 to BF
	surrogate                    // ED, then A0 to BF
	overlong2                    // C0 or C1, then a continuation
	overlong4                    // F0, then 80 to 8F; or F5 and above, then the same
	twoContinuations             // a continuation, then another

	// What does not depend on the low nibble of the first byte.
	anyLow = tooShort | tooLong | twoContinuations
	// Of F5 to FF, the low nibble.
	beyond = anyLow | tooLarge | overlong4
	// What every continuation as the second byte may be.
	anyNext = tooLong | overlong2 | twoContinuations
)

// validTables are indexed by the high nibble of the first byte, by its low
// nibble, and by the high nibble of the second.
var validTables = [3][16]uint8{
	{
		tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong, tooLong,
		twoContinuations, twoContinuations, twoContinuations, twoContinuations,
		0xC: tooShort | overlong2,
		0xD: tooShort,
		0xE: tooShort | overlong3 | surrogate,
		0xF: tooShort | tooLarge | overlong4,
	},
	{
		anyLow | overlong2 | overlong3 | overlong4,
		anyLow | overlong2,
		anyLow,
		anyLow,
		anyLow | tooLarge,
		beyond, beyond, beyond, beyond, beyond, beyond, beyond, beyond,
		0xD: beyond | surrogate,
		0xE: beyond, 0xF: beyond,
	},
	{
		tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort, tooShort,
		0x8: anyNext | overlong3 | overlong4,
		0x9: anyNext | overlong3 | tooLarge,
		0xA: anyNext | surrogate | tooLarge,
		0xB: anyNext | surrogate | tooLarge,
		0xC: tooShort, 0xD: tooShort, 0xE: tooShort, 0xF: tooShort,
	},
}

// validShift moves the bytes of a vector of 16 down by s, with zeros behind
// them, where 16 of it from s on index a table lookup.
var validShift = [32]uint8{
	0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
	0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
}
