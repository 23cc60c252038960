package parse

import (
	_ "embed"
	"encoding/hex"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

//go:embed testdata/autobahn6.txt
var autobahn6 string

// autobahn returns the payloads of Autobahn's group 6 by case, and whether
// they are valid.
func autobahn(t testing.TB) (cases map[string]string, valid map[string]bool) {
	cases, valid = map[string]string{}, map[string]bool{}
	for line := range strings.Lines(autobahn6) {
		f := strings.Fields(line)
		if f[0] == "#" {
			continue
		}
		b, err := hex.DecodeString(f[1])
		if err != nil {
			t.Fatal(err)
		}
		cases[f[0]], valid[f[0]] = string(b), f[2] == "valid"
	}
	return cases, valid
}

// beginnings are the true prefixes of the encodings of all code points.
var beginnings = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{"": true}
	var last, b [utf8.UTFMax]byte
	for r := range rune(utf8.MaxRune + 1) {
		n := utf8.EncodeRune(b[:], r)
		if !utf8.ValidRune(r) || [3]byte(b[:]) == [3]byte(last[:]) {
			continue
		}
		for i := 1; i < n; i++ {
			set[string(b[:i])] = true
		}
		last = b
	}
	return set
})

// impossible is the index of the first byte of s that no valid text has
// there, len(s) where there is none; whole tells whether a text may end at
// the end of s.
func impossible(s string) (at int, whole bool) {
	from := 0
	for i := range len(s) {
		switch part := s[from : i+1]; {
		case beginnings()[part]:
		case utf8.ValidString(part):
			from = i + 1
		default:
			return i, false
		}
	}
	return len(s), from == len(s)
}

// write gives s to a UTF8 in parts that end at the bytes of cuts, and tells
// in which it failed, len(cuts) for none, and whether the text was complete.
func write(s string, cuts ...int) (failed int, whole bool) {
	var u UTF8
	from := 0
	for i, to := range cuts {
		if !u.Write([]byte(s[from:to])) {
			return i, false
		}
		from = to
	}
	return len(cuts), u.Complete()
}

func checkUTF8(t *testing.T, s string, cuts ...int) {
	t.Helper()
	at, wantWhole := impossible(s)
	want := 0
	for want < len(cuts) && at >= cuts[want] {
		want++
	}
	failed, whole := write(s, cuts...)
	if failed != want || whole != wantWhole {
		t.Errorf("%x cut at %v: failed in part %d, complete %v; want %d, %v (byte %d)", s, cuts, failed, whole, want, wantWhole, at)
	}
	if ok := failed == len(cuts) && whole; ok != utf8.ValidString(s) {
		t.Errorf("%x cut at %v: valid %v, as utf8.Valid is not", s, cuts, ok)
	}
}

func TestUTF8Autobahn(t *testing.T) {
	cases, valid := autobahn(t)
	for name, s := range cases {
		if utf8.ValidString(s) != valid[name] {
			t.Errorf("%s: utf8.Valid says %v", name, !valid[name])
		}
		for _, s := range []string{s, "κόσμε" + s + "edited", strings.Repeat("x", 17) + s + s} {
			var each []int
			for i := range len(s) + 1 {
				checkUTF8(t, s, i, len(s))
				checkUTF8(t, s, i, min(i+1, len(s)), min(i+3, len(s)), len(s))
				each = append(each, i)
			}
			checkUTF8(t, s, each...)
		}
	}
}

// Every pair of bytes, then the border bytes of every range, in every place.
func TestUTF8Exhaustive(t *testing.T) {
	for i := range 1 << 16 {
		s := string([]byte{byte(i >> 8), byte(i)})
		checkUTF8(t, s, 2)
		checkUTF8(t, s, 1, 2)
	}
	lead := "\x00\x7F\x80\xBF\xC0\xC1\xC2\xDF\xE0\xE1\xEC\xED\xEE\xEF\xF0\xF1\xF3\xF4\xF5\xF7\xF8\xFF"
	next := "\x00\x7F\x80\x8F\x90\x9F\xA0\xBF\xC0\xC2\xFF"
	for a := range len(lead) {
		for i := range len(next) * len(next) * len(next) {
			s := string([]byte{lead[a], next[i%11], next[i/11%11], next[i/121]})
			checkUTF8(t, s, 4)
			checkUTF8(t, s, 1, 2, 3, 4)
			checkUTF8(t, s, 2, 4)
			checkUTF8(t, s, 3, 4)
		}
	}
}
