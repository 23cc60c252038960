package mask

import (
	"bytes"
	"testing"
)

func TestCopy(t *testing.T) {
	plain := random(longest)
	want := make([]byte, longest)
	eachImpl(t, func(t *testing.T, impl Impl) {
		to := newArena(longest)
		from := alignedBytes(longest + 64)
		for turn, key := range rotations() {
			oracle(want, plain, key)
			for _, n := range lengths() {
				for _, align := range alignments(n) {
					at := (align*5 + turn + n) & 63
					src, dst := from[at:at+n], to.slice(n, align)
					copy(src, plain)
					next := impl.Copy(dst, src, key)
					if !bytes.Equal(dst, want[:n]) {
						t.Fatalf("n=%d from %d to %d key=%08x: wrong from byte %d", n, at, align, key, differ(dst, want))
					}
					if !bytes.Equal(src, plain[:n]) {
						t.Fatalf("n=%d from %d to %d key=%08x: changed src", n, at, align, key)
					}
					if next != oracleNext(key, n) {
						t.Fatalf("n=%d key=%08x: next is %08x", n, key, next)
					}
					to.check(t, n, align)
				}
			}
		}
	})
}

// overlapLengths are those at which kernels change their ways, and some more.
func overlapLengths() (all []int) {
	for n := range 301 {
		all = append(all, n)
	}
	return append(all, 511, 512, 513, 1023, 1024, 1025, 1300, 2111, 4099, perCall+200)
}

// testOverlap copies n bytes down by shift, from align bytes after a cache
// line.
func testOverlap(t *testing.T, impl Impl, a *arena, plain, want []byte, n, shift, align int, key uint32) {
	room := a.slice(n+shift, align)
	copy(room[shift:], plain[:n])
	between := bytes.Clone(room[min(n, shift):shift])
	if next := impl.Copy(room, room[shift:], key); next != oracleNext(key, n) {
		t.Fatalf("n=%d shift=%d key=%08x: next is %08x", n, shift, key, next)
	}
	if shift > n && !bytes.Equal(room[n:shift], between) {
		t.Fatalf("n=%d shift=%d align=%d key=%08x: wrote between dst and src", n, shift, align, key)
	}
	if !bytes.Equal(room[:n], want[:n]) {
		t.Fatalf("n=%d shift=%d align=%d key=%08x: wrong from byte %d", n, shift, align, key, differ(room, want))
	}
	// What of src lies right of dst is as it was.
	if rest := min(n, shift); !bytes.Equal(room[n+shift-rest:], plain[n-rest:n]) {
		t.Fatalf("n=%d shift=%d align=%d key=%08x: wrote after dst", n, shift, align, key)
	}
	a.check(t, n+shift, align)
}

func TestCopyOverlap(t *testing.T) {
	const widest = 64
	plain := random(perCall + 200)
	want := make([]byte, len(plain))
	eachImpl(t, func(t *testing.T, impl Impl) {
		a := newArena(len(plain) + 600)
		for turn, key := range rotations() {
			oracle(want, plain, key)
			for _, n := range overlapLengths() {
				for shift := 0; shift <= widest; shift++ {
					for i, align := range []int{0, 1 + turn, 30 + turn, 60 + turn} {
						if sparse() && i != turn {
							continue
						}
						testOverlap(t, impl, a, plain, want, n, shift, align, key)
					}
				}
				for shift := max(widest+1, n-widest); shift <= n && n < 600; shift++ { // few bytes shared
					testOverlap(t, impl, a, plain, want, n, shift, turn*17, key)
				}
				for shift := widest + 1; shift < 600; shift += 41 {
					testOverlap(t, impl, a, plain, want, n, shift, turn*17, key)
				}
			}
		}
	})
}

func TestCopyMisuse(t *testing.T) {
	eachImpl(t, func(t *testing.T, impl Impl) {
		room := make([]byte, 1000)
		panics := func(what string, dst, src []byte) {
			t.Helper()
			defer func() {
				if recover() == nil {
					t.Errorf("no panic: %s", what)
				}
			}()
			impl.Copy(dst, src, wireKey)
		}
		panics("dst shorter by one", room[:99], room[500:600])
		panics("no dst", nil, room[:1])
		for shift := 1; shift < 100; shift++ {
			panics("dst overlaps from the right", room[shift:shift+100], room[:100])
		}
		impl.Copy(room[100:200], room[:100], wireKey) // side by side
		impl.Copy(room[:100], room[100:200], wireKey)
		impl.Copy(room[1:], room[:0], wireKey)
		impl.Copy(nil, nil, wireKey)
		impl.Copy(room, room[:1], wireKey) // a longer dst
	})
}

// The answers of many frames of one read are closed up: each payload is
// copied down over the headers before it.
func TestCopyClosesUp(t *testing.T) {
	eachImpl(t, func(t *testing.T, impl Impl) {
		const header = 6
		plain := random(5000)
		var read, want []byte
		sizes := []int{1, 20, 0, 125, 64, 300, 5, 1025, 16, 2000}
		for i, n := range sizes {
			masked := make([]byte, n)
			oracle(masked, plain[i:i+n], wireKey)
			read = append(append(read, make([]byte, header)...), masked...)
			want = append(want, plain[i:i+n]...)
		}
		to, from := 0, 0
		for _, n := range sizes {
			from += header
			impl.Copy(read[to:], read[from:from+n], wireKey)
			to, from = to+n, from+n
		}
		if !bytes.Equal(read[:to], want) {
			t.Fatalf("wrong from byte %d", differ(read, want))
		}
	})
}
