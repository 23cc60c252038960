package term

import (
	"math"
	"strings"
)

// Bar is a value from 0 to Full as a length, in eighths of a column; what is
// beyond Full ends with "›". Where Lo and Hi are a column and more apart, they are
// drawn as an interval over its end.
type Bar struct {
	Value, Full float64
	Lo, Hi      float64 // equal: none
	Style       Style
}

// eighths of a column, from one on.
var eighths = [...]string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}

// Draw implements Picture.
func (b Bar) Draw(s Screen, width int) string {
	if !(b.Value >= 0) || !(b.Full > 0) || width < 1 {
		return strings.Repeat(" ", max(width, 0))
	}
	share := math.Min(b.Value/b.Full, 1)
	text := b.plain(s, share, width)
	if lo, hi := b.column(b.Lo, width), b.column(b.Hi, width); hi > lo && b.Hi > b.Lo {
		text = b.whiskered(s, lo, hi, width)
	}
	if b.Value > b.Full {
		head, _ := split(text, width-1)
		text = head + s.glyph("›", ">")
	}
	return s.Paint(b.Style, text) + strings.Repeat(" ", width-Columns(text))
}

func (b Bar) column(v float64, width int) int {
	return within(v/b.Full*float64(width), width)
}

func (b Bar) plain(s Screen, share float64, width int) string {
	if s.ASCII {
		return strings.Repeat("#", least(int(share*float64(width)+0.5), b.Value))
	}
	n := least(int(share*float64(8*width)+0.5), b.Value)
	return strings.Repeat("█", n/8) + eighths[n%8]
}

// least shows that a value is not nothing.
func least(n int, value float64) int {
	if value > 0 {
		return max(n, 1)
	}
	return n
}

// whiskered returns a bar up to lo and the interval from there to hi, columns.
func (b Bar) whiskered(s Screen, lo, hi, width int) string {
	cells := make([]string, hi+1)
	for i := range cells {
		cells[i] = s.glyph("█", "#")
	}
	interval(s, cells, lo, hi, min(max(b.column(b.Value, width), lo), hi))
	return strings.Join(cells, "")
}

// interval draws one over cells, the middle one among them.
func interval(s Screen, cells []string, lo, hi, mid int) {
	for i := lo; i <= hi; i++ {
		cells[i] = s.glyph("─", "-")
	}
	if hi > lo {
		cells[lo], cells[hi] = s.glyph("├", "["), s.glyph("┤", "]")
	}
	cells[mid] = s.glyph("●", "o")
}

func (s Screen) glyph(utf8, ascii string) string {
	if s.ASCII {
		return ascii
	}
	return utf8
}
