package term

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestColumns(t *testing.T) {
	for s, want := range map[string]int{
		"": 0, "plain": 5, "445 µs": 6, "é": 1, "e\u0301": 1, "漢字": 4, "한국": 4, "ﾊ": 1, "Ａ": 2, "🚀": 2, "a\u200db": 2, "├─●─┤": 5,
	} {
		if got := Columns(s); got != want {
			t.Errorf("%q: %d columns, want %d", s, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{
		{"short", 5, "short"}, {"longer", 5, "long…"}, {"漢字漢", 4, "漢…"}, {"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"two\nlines", 20, "two lines"}, {"\x1b[2J", 20, "?[2J"}, {"x", 0, "…"},
	} {
		if got := (Screen{}).Cut(tt.text, tt.n); got != tt.want {
			t.Errorf("%q in %d: %q, want %q", tt.text, tt.n, got, tt.want)
		}
	}
	if got := (Screen{ASCII: true}).Cut("5 µs and more", 7); got != "5 us..." {
		t.Errorf("ASCII: %q", got)
	}
}

func TestFold(t *testing.T) {
	for _, tt := range []struct {
		text        string
		first, rest int
		want        []string
	}{
		{"", 10, 10, []string{""}},
		{"one two three", 7, 7, []string{"one two", "three"}},
		{"one two three", 3, 9, []string{"one", "two three"}},
		{"unbreakable", 4, 5, []string{"unbr", "eakab", "le"}},
		{"a unbreakable", 4, 20, []string{"a", "unbreakable"}},
		{"wordwide", 4, 8, []string{"", "wordwide"}},
		{"漢字 漢字", 5, 5, []string{"漢字", "漢字"}},
	} {
		if got := fold(tt.text, tt.first, tt.rest); !slices.Equal(got, tt.want) {
			t.Errorf("%q in %d, %d: %q, want %q", tt.text, tt.first, tt.rest, got, tt.want)
		}
	}
}

// A word of megabytes, as a damaged file may hold, takes time that grows with it.
func TestFoldLongWord(t *testing.T) {
	if lines := fold(strings.Repeat("x", 5_000_000), 100, 50); len(lines) != 99_999 || len(lines[99_998]) != 50 {
		t.Errorf("%d lines", len(lines))
	}
}

// Whatever the text, the width and the locale: nothing is lost but blanks, no
// line is wider than a character more than the width, and no control character
// gets through.
func FuzzText(f *testing.F) {
	f.Add("plain words", 20, false)
	f.Add("e\u0301 漢字 \x1b[31m µ…", 1, true)
	f.Add("\xff\xfe broken \u202e", 0, false)
	f.Add(strings.Repeat("x", 300), -5, false)
	f.Fuzz(func(t *testing.T, text string, width int, ascii bool) {
		s := Screen{ASCII: ascii}
		clean := s.clean(text)
		lines := fold(clean, width, width)
		if got, want := strings.Join(lines, ""), strings.Join(strings.Fields(clean), ""); strings.Join(strings.Fields(got), "") != want {
			t.Errorf("%q became %q", want, got)
		}
		for _, line := range lines {
			if n := Columns(line); n > max(width, 2) {
				t.Errorf("%d columns, want %d: %q", n, width, line)
			}
			if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r >= 0x7F && r < 0xA0 || ascii && r > 0x7F }) {
				t.Errorf("a character that should not be there: %q", line)
			}
		}
		if cut := s.Cut(text, width); !utf8.ValidString(cut) || Columns(cut) > max(width, 3) {
			t.Errorf("cut to %d: %q", width, cut)
		}
	})
}
