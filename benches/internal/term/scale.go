package term

import (
	"fmt"
	"math"
	"strings"
)

// Scale is a logarithmic axis with a mark on it, such as the ratio 1 of what
// makes no difference. Its values are above 0.
type Scale struct {
	Lo, Hi, Mark float64
	// Label writes the ends and the mark.
	Label func(float64) string
}

// above and below are the ends that a scale of ratios may have.
var (
	above = []float64{1.02, 1.05, 1.1, 1.2, 1.3, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000}
	below = []float64{0.98, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001}
)

// RatioScale returns the scale around 1 on which all of values are, to the next
// round number.
func RatioScale(values ...float64) Scale {
	s := Scale{Lo: below[0], Hi: above[0], Mark: 1, Label: ratioLabel}
	for _, v := range values {
		if v > 0 && !math.IsInf(v, 0) {
			s.Hi = max(s.Hi, reaching(above, func(end float64) bool { return end >= v }))
			s.Lo = min(s.Lo, reaching(below, func(end float64) bool { return end <= v }))
		}
	}
	return s
}

// reaching returns the first of ends that reaches far enough, or the last.
func reaching(ends []float64, far func(float64) bool) float64 {
	for _, end := range ends {
		if far(end) {
			return end
		}
	}
	return ends[len(ends)-1]
}

func ratioLabel(v float64) string { return fmt.Sprintf("%.3g", v) }

// Draw returns the axis in figures, as a heading: its ends, and the mark where it
// is. Where there is no room for all, the ends give way.
func (s Scale) Draw(_ Screen, width int) string {
	cells := []byte(strings.Repeat(" ", max(width, 0)))
	put := func(at int, text string) {
		at = max(0, min(at, width-len(text)))
		from, to := max(at-1, 0), min(at+len(text)+1, width)
		if len(text) <= width && strings.TrimSpace(string(cells[from:to])) == "" {
			copy(cells[at:], text)
		}
	}
	if mark := s.Label(s.Mark); s.Mark > 0 {
		put(s.column(s.Mark, width)-len(mark)/2, mark)
	}
	put(0, s.Label(s.Lo))
	put(width, s.Label(s.Hi))
	return string(cells)
}

// Place returns where v is: 0 at Lo, 1 at Hi.
func (s Scale) Place(v float64) float64 { return math.Log(v/s.Lo) / math.Log(s.Hi/s.Lo) }

func (s Scale) column(v float64, width int) int {
	return within(s.Place(v)*float64(width-1)+0.5, width)
}

// within returns the column of at, 0 to width-1; 0 of what is no number.
func within(at float64, width int) int {
	if !(at > 0) {
		return 0
	}
	return int(math.Min(at, float64(width-1)))
}

// Span is an interval on a scale, with the value within. Where it lies on both
// sides of the mark, it crosses it.
type Span struct {
	Scale         Scale
	Lo, Value, Hi float64
	Style         Style
	Blank         bool // the mark alone
}

// Draw implements Picture.
func (p Span) Draw(s Screen, width int) string {
	if width < 1 {
		return ""
	}
	cells := make([]string, width)
	for i := range cells {
		cells[i] = " "
	}
	mark := -1
	if p.Scale.Mark > 0 {
		mark = p.Scale.column(p.Scale.Mark, width)
		cells[mark] = s.glyph("│", "|")
	}
	if p.Blank {
		return s.paintCells(Faint, cells, 0, width)
	}
	lo := p.Scale.column(p.Lo, width)
	hi := max(lo, p.Scale.column(p.Hi, width))
	if mark >= 0 { // what lies beside the mark is drawn beside it, however near
		switch m := p.Scale.Mark; {
		case p.Lo > m && lo == mark:
			lo = min(mark+1, width-1)
			hi = max(lo, hi)
		case p.Hi < m && hi == mark:
			hi = max(mark-1, 0)
			lo = min(lo, hi)
		}
	}
	interval(s, cells, lo, hi, min(max(p.Scale.column(p.Value, width), lo), hi))
	if mark > lo && mark < hi && cells[mark] != s.glyph("●", "o") {
		cells[mark] = s.glyph("┼", "+")
	}
	return s.paintCells(Faint, cells[:lo], 0, lo) + s.paintCells(p.Style, cells, lo, hi+1) + s.paintCells(Faint, cells, hi+1, width)
}

// paintCells paints those from one to another, blanks apart.
func (s Screen) paintCells(style Style, cells []string, from, to int) string {
	text := strings.Join(cells[from:to], "")
	inner := strings.TrimSpace(text)
	if inner == "" {
		return text
	}
	before, after, _ := strings.Cut(text, inner)
	return before + s.Paint(style, inner) + after
}
