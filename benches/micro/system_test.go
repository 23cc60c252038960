//go:build linux

package micro

import (
	"errors"
	"io"
	"syscall"
	"testing"
)

// A connection that ends is no errno 0.
func TestPassOnEnd(t *testing.T) {
	fds := make([]int, 0, 4)
	for range 2 {
		pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_NONBLOCK, 0)
		if err != nil {
			t.Fatal(err)
		}
		fds = append(fds, pair[:]...)
	}
	syscall.Close(fds[3])
	for _, fd := range fds[:3] {
		defer syscall.Close(fd)
	}
	err := passOn(fds[0], fds[2], make([]byte, 20), make([]byte, 64))
	if !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.Errno(0)) {
		t.Errorf("recv at the end: %v", err)
	}
	err = passOn(fds[2], fds[1], make([]byte, 20), make([]byte, 64))
	if !errors.Is(err, syscall.EPIPE) {
		t.Errorf("send to nobody: %v", err)
	}
}

// The system calls can be made.
func TestSystemCalls(t *testing.T) {
	list, skipped, done := SystemCalls()
	defer done()
	for _, s := range skipped {
		t.Logf("skipped: %s: %s", s.Name, s.Text)
	}
	for _, c := range list {
		for _, f := range c.Funcs {
			if err := f.Run(3); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
}
