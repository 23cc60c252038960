//go:build linux

package echo

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"wsbench/benches/internal/countfile"
)

// The file has what the server counts, under its names.
func TestCountFile(t *testing.T) {
	for _, io := range []IO{Epoll, Net} {
		o := options(io)
		o.CountFile = filepath.Join(t.TempDir(), "counters")
		s, stop := serve(t, o)
		c := connect(t, s)
		for range 5 {
			c.write(frame(text, "hello"))
			c.want(text, "hello")
		}
		stop()
		b, err := os.ReadFile(o.CountFile)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := bytes.Cut(b, []byte("\n"))
		i := slices.Index(strings.Fields(string(head)), "frames")
		if i < 0 {
			t.Fatalf("%s: names %q", io, head)
		}
		if n, want := binary.NativeEndian.Uint64(b[countfile.Offset+8*i:]), s.Counters().Frames; n != want || n < 5 {
			t.Errorf("%s: %d frames, the server counts %d", io, n, want)
		}
	}
}

func TestCountFileThatCannotBe(t *testing.T) {
	opt := Options{IO: Epoll, CountFile: filepath.Join(t.TempDir(), "no", "counters")}
	if err := opt.counts(); err == nil || !strings.Contains(err.Error(), "counters: open ") {
		t.Error(err)
	}
}

// A file that has something else stays as it is; one of counters is used again.
func TestCountFileKeepsOthers(t *testing.T) {
	for _, text := range []string{"accepted frames\n", "x", "accepted frames\n" + strings.Repeat("text\n", countfile.Offset)} {
		opt := Options{IO: Epoll, Workers: 1, CountFile: filepath.Join(t.TempDir(), "notes")}
		if err := os.WriteFile(opt.CountFile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := opt.counts(); err == nil || !strings.Contains(err.Error(), "it is not a file of counters: want one") {
			t.Error(err)
		}
		if b, err := os.ReadFile(opt.CountFile); err != nil || string(b) != text {
			t.Errorf("%d bytes of %d are left, %v", len(b), len(text), err)
		}
	}
	opt := Options{IO: Epoll, Workers: 1, CountFile: filepath.Join(t.TempDir(), "counters")}
	for range 2 {
		if err := opt.counts(); err != nil {
			t.Error(err)
		}
		if err := unix.Munmap(opt.counted); err != nil {
			t.Error(err)
		}
	}
}
