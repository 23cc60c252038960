package plot

import (
	"fmt"
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Width is that of every panel, in its own units.
const Width = 360

const (
	textHeight = 11.0 // the font's size
	headHeight = 12.0 // the title's
	lineHeight = 15.0
	margin     = 6.0
)

// canvas collects the elements of one drawing.
type canvas struct {
	strings.Builder
	height float64
}

// num returns a coordinate: a tenth of a unit is less than a pixel.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 1, 64)
	return strings.TrimSuffix(s, ".0")
}

// svg returns the whole drawing. Its title and description are for those who
// cannot see it.
func (c *canvas) svg(title, desc string) []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" class="plot" viewBox="0 0 %d %s" role="img" aria-label="%s"><title>%s</title><desc>%s</desc>%s</svg>`,
		Width, num(c.height), escape(title), escape(title), escape(desc), c.String())
}

// escape makes s text of an element or attribute; what XML has no place for
// is left out.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' || r == 0x7F || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, s)
	return html.EscapeString(s)
}

// text writes s at a base line; anchor is start, middle or end.
func (c *canvas) text(x, y float64, class, anchor, s string) {
	fmt.Fprintf(c, `<text x="%s" y="%s"`, num(x), num(y))
	if class != "" {
		fmt.Fprintf(c, ` class="%s"`, class)
	}
	if anchor != "start" {
		fmt.Fprintf(c, ` text-anchor="%s"`, anchor)
	}
	fmt.Fprintf(c, `>%s</text>`, escape(s))
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(c, `<path class="%s" d="M%s %sL%s %s"/>`, class, num(x1), num(y1), num(x2), num(y2))
}

func (c *canvas) rect(class string, x, y, w, h float64) {
	fmt.Fprintf(c, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, num(x), num(y), num(max(0, w)), num(h))
}

// header returns the visible title, and what the axis shows below it; y is where
// they end.
func (c *canvas) header(title, axis string) (y float64) {
	y = margin + headHeight
	c.text(margin, y, "h", "start", clip(title, Width-2*margin, headHeight*1.06))
	if axis != "" {
		y += lineHeight
		c.text(margin, y, "m", "start", clip(axis, Width-2*margin, textHeight))
	}
	return y + margin
}

// textWidth returns a little more than s takes in a sans-serif font of that size.
func textWidth(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case r >= 0x1100 && r != '…' && !(r >= 0x2000 && r < 0x2E80):
			w += 1.05
		case strings.ContainsRune("mwMW%@—", r):
			w += 0.92
		case r >= 'A' && r <= 'Z' || r >= 0x80:
			w += 0.72
		case strings.ContainsRune("ijlft.,:;'|!()[]/ 1", r):
			w += 0.45
		default:
			w += 0.6
		}
	}
	return w * size
}

// clip cuts s to a width, with an ellipsis for what is missing.
func clip(s string, width, size float64) string {
	if textWidth(s, size) <= width {
		return s
	}
	for s != "" {
		_, n := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-n]
		if textWidth(s+"…", size) <= width {
			return s + "…"
		}
	}
	return "…"
}
