package mask

import (
	"bytes"
	"testing"

	"golang.org/x/sys/unix"
)

// guarded returns n bytes, a multiple of the page size, between two pages
// that nothing may touch.
func guarded(t *testing.T, n int) []byte {
	page := unix.Getpagesize()
	all, err := unix.Mmap(-1, 0, n+2*page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Munmap(all); err != nil {
			t.Error(err)
		}
	})
	for _, end := range [][]byte{all[:page], all[page+n:]} {
		if err := unix.Mprotect(end, unix.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return all[page : page+n]
}

// Slices flush against a page that nothing may touch, at either end: a kernel
// that reads or writes one byte too many dies here.
func TestGuardPages(t *testing.T) {
	const room = perCall + 16<<10 // 16 KiB is a multiple of every page size in use
	plain := random(room)
	want := make([]byte, room)
	eachImpl(t, func(t *testing.T, impl Impl) {
		a, b := guarded(t, room), guarded(t, room)
		for _, key := range rotations() {
			oracle(want, plain, key)
			for _, n := range lengths() {
				for _, at := range []int{0, room - n} {
					one, two, opposite := a[at:at+n], b[at:at+n], b[room-n-at:][:n]
					copy(one, plain)
					wrong := func(what string, got, want []byte) {
						if !bytes.Equal(got, want[:n]) {
							t.Fatalf("%s: n=%d at=%d key=%08x: wrong from byte %d", what, n, at, key, differ(got, want))
						}
					}
					impl.Copy(opposite, one, key)
					wrong("Copy to the opposite end", opposite, want)
					impl.Copy(two, one, key)
					wrong("Copy", two, want)
					impl.Unmask(one, key)
					Floor(one)
					wrong("Unmask", one, want)
					impl.UnmaskASCII(two, key)
					wrong("UnmaskASCII", two, plain)
				}
			}
		}
	})
}
