//go:build !amd64 && !386 && !portable

package syscalls

// padEvent aligns the data word to 8 bytes.
type padEvent struct{ _ uint32 }
