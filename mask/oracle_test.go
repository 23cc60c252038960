package mask

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"
)

// oracle is the definition of RFC 6455, section 5.3: one byte at a time, from
// the bytes of the key as they are on the wire.
func oracle(dst, src []byte, key uint32) {
	var wire [4]byte
	binary.LittleEndian.PutUint32(wire[:], key)
	for i := range src {
		dst[i] = src[i] ^ wire[i%4]
	}
}

// oracleNext returns the key of the byte after n bytes: its own first byte
// is byte n modulo 4 on the wire.
func oracleNext(key uint32, n int) uint32 {
	var wire, next [4]byte
	binary.LittleEndian.PutUint32(wire[:], key)
	for i := range next {
		next[i] = wire[(n+i)%4]
	}
	return binary.LittleEndian.Uint32(next[:])
}

// wireKey has no two equal bytes, and two that are no ASCII.
const wireKey uint32 = 0xd4_23_b2_41

// rotations are the keys that a split payload may arrive with.
func rotations() (keys [4]uint32) {
	for i := range keys {
		keys[i] = oracleNext(wireKey, i)
	}
	return keys
}

// lengths are 0 to 300 and those around every power of two to 64 KiB.
func lengths() (all []int) {
	for n := range 301 {
		all = append(all, n)
	}
	for power := 512; power <= 64<<10; power *= 2 {
		for n := power - 3; n <= power+3; n++ {
			all = append(all, n)
		}
	}
	return all
}

// longest is the last of lengths.
const longest = 64<<10 + 3

// alignments are the offsets in a cache line that tests begin at: all of them,
// but one in seven of long slices where the tests are sparse.
func alignments(n int) (all []int) {
	for a := 0; a < 64; a++ {
		if sparse() && n > 300 && a%7 != 1 {
			continue
		}
		all = append(all, a)
	}
	return all
}

// sparse tells whether tests leave cases out: with the race detector, which has
// no part in the kernels, and with -short, for emulators.
func sparse() bool { return raceEnabled || testing.Short() }

// random returns n bytes, the same in every run.
func random(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{'m', 'a', 's', 'k'})
	r.Read(b)
	return b
}

// eachImpl runs test as a subtest for every kernel, skipping by name those
// that this CPU or build lacks.
func eachImpl(t *testing.T, test func(t *testing.T, impl Impl)) {
	if sparse() {
		t.Log("sparse: above 300 bytes one alignment in seven, above 64 one spoilt byte in seven; overlaps at one alignment in four")
	}
	for _, impl := range Impls() {
		t.Run("impl="+impl.Name, func(t *testing.T) {
			if !impl.Supported {
				t.Skipf("this CPU or build lacks %s", impl.Name)
			}
			test(t, impl)
		})
	}
}
