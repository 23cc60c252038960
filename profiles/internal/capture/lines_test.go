package capture

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLines(t *testing.T) {
	l := NewLines(strings.NewReader("one\r\n\n"+strings.Repeat("x", 100_000)+"\nlast"), "f", 70_000)
	for i, want := range []struct {
		bytes int
		cut   bool
	}{{3, false}, {0, false}, {70_000, true}, {4, false}} {
		line, cut, ok, err := l.Next()
		if len(line) != want.bytes || cut != want.cut || !ok || err != nil || l.Number() != i+1 {
			t.Errorf("line %d: %d bytes, cut %v, %v, %v", l.Number(), len(line), cut, ok, err)
		}
	}
	if _, _, ok, err := l.Next(); ok || err != nil {
		t.Errorf("behind the end: %v, %v", ok, err)
	}
	broken := errors.New("broken")
	l = NewLines(io.MultiReader(strings.NewReader("one\n"), iotest.ErrReader(broken)), "f", 10)
	l.Next()
	if _, _, ok, err := l.Next(); ok || !errors.Is(err, broken) {
		t.Errorf("%v, %v", ok, err)
	}
}

func TestWarningsAreBounded(t *testing.T) {
	l := NewLines(strings.NewReader("x\n"), "f", 10)
	l.Next()
	l.Warn("bad: %s", Excerpt(strings.Repeat("y", 100)))
	for range mostWarnings + 4 {
		l.WarnAt(0, "odd")
	}
	list := l.Warnings()
	if len(list) != mostWarnings+1 || !strings.HasPrefix(list[0].Error(), `f:1: bad: "yyy`) || list[1].Error() != "f: odd" || list[mostWarnings].Error() != "f: 5 more warnings" {
		t.Errorf("%d: %v, %v, %v", len(list), list[0], list[1], list[len(list)-1])
	}
}
