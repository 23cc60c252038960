package mask

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wsbench/profiles/benchloop"
)

// Every benchmark is named impl=/size=/align= and counts payload bytes.
// Beside the kernels, impl=floor is [Floor] and impl=copy is the built-in copy
// to another place. What the payloads of a run are:
//
//	BenchmarkUnmask         hot: the same bytes over and over
//	BenchmarkUnmaskFresh    others each time, of 32 KiB, in the L1
//	BenchmarkUnmaskCold     others each time, of a working set larger than a
//	                        cache: .../set=l2 four times the L2, .../set=l3 four
//	                        times the L3 (512 MiB at most), one after the other
//	BenchmarkUnmaskASCII    as Fresh
//	BenchmarkCopy           as Fresh, to another place

// benchSizes are in bytes. 125 bytes are the most that a header's 7 bits can tell, and 126 and 127 the
// fewest that take 16 bits.
var benchSizes = []int{8, 20, 64, 125, 126, 127, 300, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 1 << 20, 64 << 20}

var benchAligns = []int{0, 1}

// sizesTo returns the sizes of benchmarks up to most bytes.
func sizesTo(most int) []int {
	return benchSizes[:1+slices.Index(benchSizes, most)]
}

// benchMemory is what the largest working set so far took.
var benchMemory []byte

// benchRoom returns n bytes that begin on a page. What earlier benchmarks had is
// used again where it is large enough.
func benchRoom(n int) []byte {
	if n > len(benchMemory) {
		benchMemory = nil                          // free before more is allocated
		benchMemory = alignedBytes(max(n, 64<<10)) // Go begins large ones on a page
		for at, some := 0, random(64<<10); at < len(benchMemory); {
			at += copy(benchMemory[at:], some)
		}
	}
	return benchMemory
}

// beyond is four times the bytes of the cache of that level, 2 or 3: of this
// host's first CPU, or as they usually are where it does not tell.
func beyond(level int) int {
	room := map[int]int{2: 8 << 20, 3: 128 << 20}[level]
	for _, f := range []struct {
		unit   string
		octets int
	}{{"K", 1 << 10}, {"M", 1 << 20}} {
		b, _ := os.ReadFile(fmt.Sprintf("/sys/devices/system/cpu/cpu0/cache/index%d/size", level))
		digits, found := strings.CutSuffix(strings.TrimSpace(string(b)), f.unit)
		if n, err := strconv.Atoi(digits); found && err == nil {
			room = 4 * n * f.octets
		}
	}
	return min(room, 512<<20)
}

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

// benchEach runs the operations over the sizes, and over both alignments, on
// payloads of a working set of about so many bytes.
func benchEach(b *testing.B, ops []benchOp, sizes []int, set int, suffix string) {
	for _, op := range ops {
		for _, size := range sizes {
			for _, align := range benchAligns {
				b.Run(fmt.Sprintf("impl=%s/size=%d/align=%d%s", op.impl, size, align, suffix), func(b *testing.B) {
					if !op.supported {
						b.Skipf("this CPU or build lacks %s", op.impl)
					}
					benchRun(b, op.prepare(size), size, align, set)
				})
			}
		}
	}
}

// benchRun goes round the payloads of the working set, of which there is at
// least one. Each begins align bytes after a cache line.
func benchRun(b *testing.B, do func([]byte), size, align, set int) {
	stride := (size + align + 63) &^ 63
	payloads := max(1, set/stride)
	room := benchRoom(payloads * stride)[align:]
	last := (payloads - 1) * stride
	at := 0
	b.SetBytes(int64(size))
	benchloop.Begin(b)
	for b.Loop() {
		do(room[at : at+size : at+size])
		if at += stride; at > last {
			at = 0
		}
	}
}

// inL1 is a working set within every CPU's L1.
const inL1 = 32 << 10

// The same bytes over and over: what other packages' benchmarks measure. A
// store that cannot be forwarded to the next run's load shows here, which no
// server would notice.
func BenchmarkUnmask(b *testing.B) {
	benchEach(b, benchOps(unmaskOp), benchSizes, 0, "")
}

// Other bytes each time, in the L1: as a server finds them after recv.
func BenchmarkUnmaskFresh(b *testing.B) {
	benchEach(b, benchOps(unmaskOp), sizesTo(16<<10), inL1, "")
}

// Working sets larger than the L2, and than the L3.
func BenchmarkUnmaskCold(b *testing.B) {
	benchEach(b, benchOps(unmaskOp), benchSizes, beyond(2), "/set=l2")
	benchEach(b, benchOps(unmaskOp), benchSizes, beyond(3), "/set=l3")
}

func BenchmarkUnmaskASCII(b *testing.B) {
	benchEach(b, benchOps(asciiOp), sizesTo(64<<10), inL1, "")
}

// To another place.
func BenchmarkCopy(b *testing.B) {
	benchEach(b, benchOps(copyOp), sizesTo(64<<10), inL1, "")
}
