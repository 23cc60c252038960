package plot

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
)

// element is one of a drawing.
type element struct {
	name string
	attr map[string]string
	text string
}

func (e element) num(t *testing.T, key string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(e.attr[key], 64)
	if err != nil {
		t.Fatalf("<%s %s=%q>: %v", e.name, key, e.attr[key], err)
	}
	return v
}

// elements reads a drawing, which has to be well-formed.
func elements(t *testing.T, svg []byte) (list []element) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, svg)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{name: tok.Name.Local, attr: map[string]string{}}
			for _, a := range tok.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			list = append(list, e)
		case xml.CharData:
			list[len(list)-1].text += string(tok)
		}
	}
}

// box is a rectangle.
type box struct{ x1, y1, x2, y2 float64 }

func (b box) overlaps(c box) bool {
	return b.x1 < c.x2 && c.x1 < b.x2 && b.y1 < c.y2 && c.y1 < b.y2
}

// textBox is about where a text is. Widths in textWidth are generous.
func textBox(t *testing.T, e element) box {
	x, y, w := e.num(t, "x"), e.num(t, "y"), textWidth(e.text, textHeight)*0.9
	switch e.attr["text-anchor"] {
	case "end":
		x -= w
	case "middle":
		x -= w / 2
	}
	return box{x, y - 8, x + w, y + 2}
}

// coordinates are those of a path of M, L, H and V.
func coordinates(t *testing.T, d string) (xs, ys []float64) {
	t.Helper()
	read := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatalf("path %q: %v", d, err)
		}
		return v
	}
	for _, op := range strings.FieldsFunc(strings.TrimSuffix(insertBars(d), "Z"), func(r rune) bool { return r == '|' }) {
		f := strings.Fields(op[1:])
		switch op[0] {
		case 'M', 'L':
			xs, ys = append(xs, read(f[0])), append(ys, read(f[1]))
		case 'H':
			xs = append(xs, read(f[0]))
		case 'V':
			ys = append(ys, read(f[0]))
		}
	}
	return xs, ys
}

func insertBars(d string) string {
	return strings.NewReplacer("M", "|M", "L", "|L", "H", "|H", "V", "|V").Replace(d)
}

// checkGeometry fails where anything is outside of the drawing, or texts are
// one over another.
func checkGeometry(t *testing.T, svg []byte) {
	t.Helper()
	list := elements(t, svg)
	var w, h float64
	if _, err := fmt.Sscanf(list[0].attr["viewBox"], "0 0 %f %f", &w, &h); err != nil || w != Width || h <= 0 {
		t.Fatalf("viewBox %q: %v", list[0].attr["viewBox"], err)
	}
	const slack = 0.6
	within := func(e element, b box) {
		if b.x1 < -slack || b.y1 < -slack || b.x2 > w+slack || b.y2 > h+slack || math.IsNaN(b.x1+b.y1+b.x2+b.y2) {
			t.Errorf("<%s %v>%s is outside of %v by %v: %v", e.name, e.attr, e.text, w, h, b)
		}
	}
	var texts []element
	for _, e := range list {
		switch e.name {
		case "text":
			within(e, textBox(t, e))
			texts = append(texts, e)
		case "rect":
			x, y := e.num(t, "x"), e.num(t, "y")
			within(e, box{x, y, x + e.num(t, "width"), y + e.num(t, "height")})
		case "circle":
			within(e, box{e.num(t, "cx"), e.num(t, "cy"), e.num(t, "cx"), e.num(t, "cy")})
		case "path":
			xs, ys := coordinates(t, e.attr["d"])
			for _, x := range xs {
				within(e, box{x, 0, x, 0})
			}
			for _, y := range ys {
				within(e, box{0, y, 0, y})
			}
		}
	}
	for i, a := range texts {
		for _, b := range texts[:i] {
			if textBox(t, a).overlaps(textBox(t, b)) {
				t.Errorf("%q is over %q", a.text, b.text)
			}
		}
	}
	if list[0].attr["aria-label"] == "" || list[1].name != "title" || list[1].text == "" || list[2].name != "desc" {
		t.Errorf("no name for those who cannot see it: %.200s", svg)
	}
}
