package mask

import (
	"fmt"
	"sync"
	"testing"
)

// Every benchmark is named impl=/size=/align=, the working set where it
// matters, and counts payload octets. Beside the kernels, impl=floor is
// [Floor] and impl=copy is the built-in copy to another place.

var benchSizes = []int{8, 20, 64, 125, 300, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20, 64 << 20}

var benchAligns = []int{0, 1}

// benchRoom is larger than the caches of today's CPUs but some server CPUs'
// L3, and begins on a page.
var benchRoom = sync.OnceValue(func() []byte {
	room := alignedBytes(128 << 20)
	for at := 0; at < len(room); {
		at += copy(room[at:], random(64<<10))
	}
	return room
})

// A benchOp does one operation on a payload of at most the length that it was
// made for.
type benchOp struct {
	impl      string
	supported bool
	prepare   func(longest int) func(b []byte)
}

// benchOps returns an operation of every kernel, then the floor and copy.
func benchOps(of func(impl Impl) func(longest int) func(b []byte)) (ops []benchOp) {
	for _, impl := range Impls() {
		ops = append(ops, benchOp{impl.Name, impl.Supported, of(impl)})
	}
	floor := func(int) func([]byte) { return Floor }
	builtin := func(longest int) func([]byte) {
		to := alignedBytes(longest)
		return func(b []byte) { copy(to, b) }
	}
	return append(ops, benchOp{"floor", true, floor}, benchOp{"copy", true, builtin})
}

func unmaskOp(impl Impl) func(int) func([]byte) {
	return func(int) func([]byte) {
		return func(b []byte) { impl.Unmask(b, wireKey) }
	}
}

func asciiOp(impl Impl) func(int) func([]byte) {
	return func(int) func([]byte) {
		return func(b []byte) { impl.UnmaskASCII(b, wireKey) }
	}
}

func copyOp(impl Impl) func(int) func([]byte) {
	return func(longest int) func([]byte) {
		to := alignedBytes(longest)
		return func(b []byte) { impl.Copy(to, b, wireKey) }
	}
}

// benchName is size=16KiB/align=1.
func benchName(size, align int) string {
	switch {
	case size >= 1<<20:
		return fmt.Sprintf("size=%dMiB/align=%d", size>>20, align)
	case size >= 1<<10:
		return fmt.Sprintf("size=%dKiB/align=%d", size>>10, align)
	}
	return fmt.Sprintf("size=%d/align=%d", size, align)
}

// benchEach runs the operations over the sizes, and over both alignments.
// slots makes what a run goes round.
func benchEach(b *testing.B, ops []benchOp, sizes []int, suffix string, slots func(size, align int) [][]byte) {
	for _, op := range ops {
		for _, size := range sizes {
			for _, align := range benchAligns {
				b.Run("impl="+op.impl+"/"+benchName(size, align)+suffix, func(b *testing.B) {
					if !op.supported {
						b.Skipf("this CPU or build lacks %s", op.impl)
					}
					benchRun(b, op.prepare(size), slots(size, align))
				})
			}
		}
	}
}

func benchRun(b *testing.B, do func([]byte), slots [][]byte) {
	b.SetBytes(int64(len(slots[0])))
	i := 0
	for b.Loop() {
		do(slots[i])
		if i++; i == len(slots) {
			i = 0
		}
	}
}

// around returns the slots of a working set of about that many octets, each
// beginning align octets after a cache line; at least one.
func around(set int) func(size, align int) [][]byte {
	return func(size, align int) (slots [][]byte) {
		stride := (size + align + 63) &^ 63
		room := benchRoom()
		for at := 0; at == 0 || at+stride <= min(set, len(room)); at += stride {
			slots = append(slots, room[at+align:][:size:size])
		}
		return slots
	}
}

// The same octets over and over: what other packages' benchmarks measure. A
// store that cannot be forwarded to the next run's load shows here, which no
// server would notice.
func BenchmarkUnmask(b *testing.B) {
	benchEach(b, benchOps(unmaskOp), benchSizes, "", around(0))
}

// Other octets each time, in the L1: as a server finds them after recv.
func BenchmarkUnmaskFresh(b *testing.B) {
	benchEach(b, benchOps(unmaskOp), benchSizes[:8], "", around(32<<10))
}

// Working sets larger than the L2, and than the L3.
func BenchmarkUnmaskCold(b *testing.B) {
	sizes := []int{20, 300, 1 << 10, 16 << 10, 64 << 10}
	benchEach(b, benchOps(unmaskOp), sizes, "/set=8MiB", around(8<<20))
	benchEach(b, benchOps(unmaskOp), sizes, "/set=128MiB", around(128<<20))
}

func BenchmarkUnmaskASCII(b *testing.B) {
	benchEach(b, benchOps(asciiOp), benchSizes[:9], "", around(32<<10))
}

// To another place.
func BenchmarkCopy(b *testing.B) {
	benchEach(b, benchOps(copyOp), benchSizes[:9], "", around(32<<10))
}
