package parse

import (
	"strings"
	"testing"
)

func TestNothingIsAllocated(t *testing.T) {
	var (
		frame    = AppendMaskedHeader(nil, 0x82, 1<<20, 7)
		text     = []byte(strings.Repeat("κόσμε 𤭢 x", 20))
		answer   = make([]byte, 0, 256)
		closing  = AppendClose(nil, CloseNormal, "κόσμε")
		lookedAt int
	)
	for name, f := range map[string]func(){
		"ParseHeader":            func() { h, _, _ := ParseHeader(frame, FromClient); lookedAt += int(h.Size) },
		"ParseHeader incomplete": func() { _, need, _ := ParseHeader(frame[:3], FromClient); lookedAt += need },
		"ParseHeader refused":    func() { ParseHeader(frame, FromServer) },
		"General":                func() { h, _, _ := General.Header(frame, FromClient); lookedAt += int(h.Size) },
		"Bytewise":               func() { h, _, _ := Bytewise.Header(frame, FromClient); lookedAt += int(h.Size) },
		"PutHeader":              func() { lookedAt += PutHeader(frame, 0x82, 1<<20) },
		"AppendHeader":           func() { AppendHeader(answer, 0x82, 1<<20) },
		"AppendMaskedHeader":     func() { AppendMaskedHeader(answer, 0x82, 1<<20, 7) },
		"ParseClose":             func() { ParseClose(closing) },
		"AppendClose":            func() { AppendClose(answer, CloseNormal, "κόσμε") },
		"ValidUTF8": func() {
			var b [300]byte // may stay on the stack
			ValidUTF8(b[:copy(b[:], text)])
		},
		"UTF8.Write": func() {
			var u UTF8
			u.Write(text[:51])
			u.Write(text[51:])
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
	if lookedAt == 0 {
		t.Error("nothing was done")
	}
}
