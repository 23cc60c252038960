package parse

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// validImpl is one implementation of ValidUTF8.
type validImpl struct {
	name      string
	supported bool // by this CPU and build
	valid     func(b []byte) bool
}

// validImpls lists all of them, by the names of package mask.
func validImpls() (all []validImpl) {
	for v := ValidBytewise; v < validators; v++ {
		all = append(all, validImpl{v.String(), v.Supported(), v.Valid})
	}
	return all
}

// eachValid runs test as a subtest for every implementation, skipping by name
// those that this CPU or build lacks.
func eachValid(t *testing.T, test func(t *testing.T, valid func([]byte) bool)) {
	runValid(t, validImpls(), test)
}

// eachKernel is eachValid of the vector kernels alone, for tests of millions of
// slices.
func eachKernel(t *testing.T, test func(t *testing.T, valid func([]byte) bool)) {
	runValid(t, validImpls()[ValidAVX2-ValidBytewise:], test)
}

func runValid(t *testing.T, impls []validImpl, test func(t *testing.T, valid func([]byte) bool)) {
	for _, impl := range impls {
		t.Run("impl="+impl.name, func(t *testing.T) {
			if !impl.supported {
				t.Skipf("this CPU or build lacks %s", impl.name)
			}
			test(t, impl.valid)
		})
	}
}

// checkValid compares with utf8.Valid. It is called for millions of slices,
// hence no t.Helper.
func checkValid(t *testing.T, valid func([]byte) bool, b []byte) {
	if want := utf8.Valid(b); valid(b) != want {
		t.Fatalf("%d bytes, %x: %v, as utf8.Valid is not", len(b), b, !want)
	}
}

// edges are the bytes at the ends of all ranges of RFC 3629, section 4, and
// some within.
var edges = []byte("\x00A\x7F\x80\x88\x8F\x90\x98\x9F\xA0\xA8\xBF\xC0\xC1\xC2\xD0\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xF7\xF8\xFF")

// The best one that runs here is chosen.
func TestValidBest(t *testing.T) {
	best := BestValidator()
	for v := range Validator(validators) {
		if v.Supported() && v > best || !best.Supported() {
			t.Errorf("%v is there, %v is the best", v, best)
		}
	}
	t.Logf("best: %v", best)
}

// placed checks sequence alone among ASCII, from byte at of room on, cut off
// by its end. room is ASCII and stays so.
func placed(t *testing.T, valid func([]byte) bool, room []byte, at int, sequence ...byte) {
	place := room[at:]
	place = place[:copy(place, sequence)]
	if want := utf8.Valid(place); valid(room) != want {
		t.Fatalf("%x at %d of %d bytes: %v, as utf8.Valid is not", place, at, len(room), !want)
	}
	clear(place)
}

// sparse is the step through sequences: every one, but one in 17 with the race
// detector, which has no part in the kernels, and with -short, for emulators.
func sparse() int {
	if raceEnabled || testing.Short() {
		return 17
	}
	return 1
}

// Every sequence of one or two bytes, at every offset.
func TestValidPairs(t *testing.T) {
	eachKernel(t, func(t *testing.T, valid func([]byte) bool) {
		room := make([]byte, 131) // two of the longest vectors, and 3 bytes
		for i := 0; i < 1<<16; i += sparse() {
			for at := range room {
				placed(t, valid, room, at, byte(i>>8), byte(i))
			}
		}
	})
}

// Every sequence of three bytes, and every one of four edges, each at one
// offset of those that take turns: any two of three bytes see them all.
func TestValidExhaustive(t *testing.T) {
	eachKernel(t, func(t *testing.T, valid func([]byte) bool) {
		room := make([]byte, 131)
		for i := 0; i < 1<<24; i += sparse() {
			placed(t, valid, room, i%131, byte(i), byte(i>>8), byte(i>>16))
		}
		n := len(edges)
		for i := 0; i < n*n*n*n; i += sparse() {
			placed(t, valid, room, i%131, edges[i%n], edges[i/n%n], edges[i/n/n%n], edges[i/n/n/n])
		}
	})
}

// Edges of four bytes between code points of every length, at every offset of
// slices around the lengths of vectors.
func TestValidOffsets(t *testing.T) {
	lengths := []int{4, 5, 15, 16, 17, 18, 31, 32, 33, 34, 47, 48, 49, 63, 64, 65, 66, 67, 95, 97, 127, 128, 129, 130, 131, 195, 260}
	eachKernel(t, func(t *testing.T, valid func([]byte) bool) {
		r := rand.New(rand.NewPCG(3, 6))
		for _, n := range lengths {
			for _, filling := range []string{"a", "é", "€", "𤭢"} {
				for at := range n {
					b := []byte(strings.Repeat(filling, n)[:n])
					for range 50 {
						for i := at; i < min(at+4, n); i++ {
							b[i] = edges[r.IntN(len(edges))]
						}
						checkValid(t, valid, b)
						checkValid(t, valid, b[:min(at+4, n)])
						checkValid(t, valid, b[at:])
					}
				}
			}
		}
	})
}

// All cases of Autobahn's group 6 behind and before so many bytes.
func TestValidAutobahn(t *testing.T) {
	cases, want := autobahn(t)
	eachValid(t, func(t *testing.T, valid func([]byte) bool) {
		for name, s := range cases {
			for before := range 67 {
				for _, after := range []int{0, 1, 2, 3, 16, 33, 65, 130} {
					b := []byte(strings.Repeat("x", before) + s + strings.Repeat("y", after))
					if valid(b) != want[name] {
						t.Fatalf("%s behind %d bytes and before %d: %v", name, before, after, !want[name])
					}
				}
			}
		}
	})
}

// mixture returns about n bytes of code points at the edges of their ranges
// and runs of ASCII; with spoilt, a few bytes are edges instead.
func mixture(r *rand.Rand, n int, spoilt bool) (b []byte) {
	runes := []rune("\u007F\u0080\u00E9\u07FF\u0800\u20AC\uD7FF\uE000\uFFFD\uFFFF\U00010000\U0001F600\U000FFFFF\U00100000\U0010FFFF")
	for len(b) < n {
		switch r.IntN(12) {
		case 0:
			b = append(b, "the quick brown fox jumps over the lazy dog, and again; then it sleeps, and so does the dog. The end comes."[:r.IntN(105)]...)
		default:
			b = utf8.AppendRune(b, runes[r.IntN(len(runes))])
		}
	}
	for range r.IntN(4) {
		if spoilt {
			b[r.IntN(len(b))] = edges[r.IntN(len(edges))]
		}
	}
	return b
}

func TestValidMixtures(t *testing.T) {
	eachKernel(t, func(t *testing.T, valid func([]byte) bool) {
		r := rand.New(rand.NewPCG(3629, 6455))
		for i := range 50_000 / sparse() {
			b := mixture(r, 1+r.IntN(600), i%3 > 0)
			checkValid(t, valid, b)
			checkValid(t, valid, b[r.IntN(len(b)):])
			checkValid(t, valid, b[:r.IntN(len(b))])
		}
	})
}

// Texts of several calls of the assembly, which are cut at code points.
func TestValidLong(t *testing.T) {
	eachKernel(t, func(t *testing.T, valid func([]byte) bool) {
		for _, filling := range []string{"a", "é", "€", "𤭢"} {
			for before := range 4 {
				b := []byte(strings.Repeat("x", before) + strings.Repeat(filling, (perCall+1000)/len(filling)))
				checkValid(t, valid, b)
				checkValid(t, valid, b[:len(b)-1])
				checkValid(t, valid, b[:perCall])
				for at := perCall - 70; at < perCall+6; at += sparse() {
					checkValid(t, valid, b[:at])
					for _, edge := range []byte("A\x80\xBF\xE0\xF4") {
						was := b[at]
						b[at] = edge
						checkValid(t, valid, b[:perCall+64])
						b[at] = was
					}
				}
			}
		}
	})
}

func TestParseValidator(t *testing.T) {
	for v := range Validator(validators) {
		got, err := ParseValidator(v.String())
		switch {
		case v.Supported() && (got != v || err != nil):
			t.Errorf("%v: got %v, %v", v, got, err)
		case !v.Supported() && (err == nil || !strings.Contains(err.Error(), "lacks the validator")):
			t.Errorf("%v is not supported: got %v, %v", v, got, err)
		}
	}
	for _, name := range []string{"", "AVX2", "sse2", "Validator(3)"} {
		if _, err := ParseValidator(name); err == nil || !strings.Contains(err.Error(), "unknown validator") || !strings.Contains(err.Error(), "stdlib") {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A value that is no validator here must not reach an instruction that this
// CPU lacks; without a check all passes.
func TestValidatorValues(t *testing.T) {
	text := []byte(strings.Repeat("κόσμε€", 40))
	spoilt := append(slices.Clone(text), 0xFF)
	for i := range 256 {
		v := Validator(i)
		u := UTF8{By: v}
		if v.String() == "" || !v.Valid(text) || !u.Write(text[:5]) || !u.Write(text[5:]) || !u.Complete() {
			t.Errorf("%v refuses text", v)
		}
		if off := v == ValidOff; v.Valid(spoilt) != off || u.Write(spoilt) != off {
			t.Errorf("%v: 0xFF passes: %v, want %v", v, !off, off)
		}
	}
}
