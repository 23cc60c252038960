package term

import (
	"strings"
	"unicode"
)

// asASCII is what stands for characters of this project's texts where the
// locale has none of them.
var asASCII = strings.NewReplacer("µ", "u", "…", "...", "×", "x", "±", "+-", "–", "-", "—", "-", "→", "->", "≥", ">=", "≤", "<=")

// clean returns s as the screen can show it: control characters, which whoever
// named a server may have put there, are shown as what they are not.
func (s Screen) clean(text string) string {
	if s.ASCII {
		text = asASCII.Replace(text)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == unicode.ReplacementChar,
			r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069': // they turn the direction of the line
			return '?'
		case s.ASCII && r > unicode.MaxASCII:
			return '?'
		}
		return r
	}, text)
}

// wide are the blocks whose characters take two columns (Unicode Standard
// Annex #11, W and F, less what is not in use), in order.
var wide = [][2]rune{
	{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
	{0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
	{0x16FE0, 0x18CFF}, {0x1AFF0, 0x1B2FF}, {0x1F004, 0x1F004}, {0x1F0CF, 0x1F0CF}, {0x1F18E, 0x1F18E},
	{0x1F191, 0x1F19A}, {0x1F200, 0x1F265}, {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F7E0, 0x1F7EB},
	{0x1F900, 0x1F9FF}, {0x1FA70, 0x1FAFF}, {0x20000, 0x3FFFD},
}

// runeWidth returns the number of columns of r: 0 of what is drawn over or into the
// character before it.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	for _, block := range wide {
		if r >= block[0] && r <= block[1] {
			return 2
		}
	}
	return 1
}

// Columns returns how many columns s takes on a screen. s holds no control
// characters.
func Columns(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// Cut returns text as the screen can show it, in one line of at most n columns;
// what was cut shows as "…".
func (s Screen) Cut(text string, n int) string {
	text = strings.ReplaceAll(s.clean(text), "\n", " ")
	if Columns(text) <= n {
		return text
	}
	mark := s.glyph("…", "...")
	head, _ := split(text, max(0, n-len([]rune(mark))))
	return head + mark
}

// split cuts s behind the last character that ends within n columns, those
// drawn over it included; head has one character at least if n is not 0.
func split(s string, n int) (head, tail string) {
	at := 0
	for i, r := range s {
		w := runeWidth(r)
		if at+w > n && (i > 0 || n == 0) {
			return s[:i], s[i:]
		}
		at += w
	}
	return s, ""
}

// exceeds reports whether s takes more than n columns, in time that grows with n.
func exceeds(s string, n int) bool {
	_, tail := split(s, n)
	return tail != ""
}

// fold breaks s between words, and within words that are longer, into lines of
// at most first columns, and rest columns all but the first.
func fold(s string, first, rest int) (lines []string) {
	room, line := max(first, 1), ""
	next := func() {
		lines = append(lines, line)
		room, line = max(rest, 1), ""
	}
	for _, word := range strings.Fields(s) {
		if line != "" && Columns(line)+1+Columns(word) <= room {
			line += " " + word
			continue
		}
		if line != "" {
			next()
		}
		for exceeds(word, room) {
			if room < rest && !exceeds(word, rest) {
				next()
				continue
			}
			line, word = split(word, room)
			next()
		}
		line = word
	}
	return append(lines, line)
}
