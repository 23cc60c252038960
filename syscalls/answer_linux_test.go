package syscalls

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"unsafe"
)

// TestAnswer checks what BenchmarkAnswer's client gets, what the server counts,
// and that a trace can tell their threads apart. The longer batches are more
// than a socket takes at once.
func TestAnswer(t *testing.T) {
	for _, via := range answerVias {
		for frames, size := range map[int]int{3: 20, 64: 65535} {
			t.Run(via, func(t *testing.T) { testAnswer(t, frames, size, via) })
		}
	}
}

func testAnswer(t *testing.T, frames, size int, via string) {
	const turns = 5
	lock(t)
	ours, theirs := tcpPair(t)
	a := newAnswers(frames, size)
	s := a.server(t, theirs, via)
	got, whole := []byte(nil), make(chan bool, turns)
	against(t, a.client(t, ours, func(part []byte) {
		if got = append(got, part...); len(got) == len(a.all) {
			whole <- bytes.Equal(got, a.all)
			got = got[:0]
		}
	}))
	for range turns {
		s.answer()
	}
	least := map[string]int{"send-each": 2 + frames, "send-once": 3, "writev": 3, "uring": 1, "uring-links": 1}[via]
	if n := s.calls(); n < turns*least {
		t.Errorf("%d system calls counted for %d batches of %d frames, want %d at least", n, turns, frames, turns*least)
	}
	for range turns - 1 { // a ring sends its last answer with the next turn
		if !<-whole {
			t.Fatal("other bytes arrived than were sent")
		}
	}
	if names := threadNames(); !names["server"] || !names["client"] {
		t.Error("threads are called", names)
	}
}

func threadNames() map[string]bool {
	names := map[string]bool{}
	files, _ := filepath.Glob("/proc/self/task/*/comm")
	for _, f := range files {
		name, _ := os.ReadFile(f)
		names[string(bytes.TrimSpace(name))] = true
	}
	return names
}

func TestSkip(t *testing.T) {
	parts := [][]byte{[]byte("ab"), []byte("cde"), []byte("f")}
	for n, want := range []string{"abcdef", "bcdef", "cdef", "def", "ef", "f", ""} {
		got := ""
		for _, v := range skip(AppendIovec(nil, parts), n) {
			got += string(unsafe.Slice(v.Base, v.Len))
		}
		if got != want {
			t.Errorf("skip %d bytes: %q, want %q", n, got, want)
		}
	}
}
