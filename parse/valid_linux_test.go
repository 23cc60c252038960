package parse

import (
	"math/rand/v2"
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
// that reads one byte too many dies here.
func TestValidGuardPages(t *testing.T) {
	const room = perCall + 16<<10 // 16 KiB is a multiple of every page size in use
	lengths := []int{511, 512, 1021, 1024, 4096, perCall - 1, perCall, perCall + 1, perCall + 64, room}
	for n := range 301 {
		lengths = append(lengths, n)
	}
	r := rand.New(rand.NewPCG(6, 4))
	text := mixture(r, room+300, false)
	eachValid(t, func(t *testing.T, valid func([]byte) bool) {
		b := guarded(t, room)
		for _, n := range lengths {
			for from := range 40 { // begins and ends within code points too
				checkValid(t, valid, b[:copy(b, text[from:from+n])])
				checkValid(t, valid, b[room-copy(b[room-n:], text[from:]):])
			}
		}
	})
}
