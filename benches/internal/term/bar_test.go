package term

import (
	"math"
	"strings"
	"testing"
)

func TestBar(t *testing.T) {
	for _, tt := range []struct {
		bar  Bar
		utf8 string
		asc  string
	}{
		{Bar{Value: 0, Full: 8}, "        ", "        "},
		{Bar{Value: 0.001, Full: 8}, "▏       ", "#       "},
		{Bar{Value: 2.5, Full: 8}, "██▌     ", "###     "},
		{Bar{Value: 8, Full: 8}, "████████", "########"},
		{Bar{Value: 9, Full: 8}, "███████›", "#######>"},
		{Bar{Value: 4.5, Lo: 2.5, Hi: 6.5, Full: 8}, "██├─●─┤ ", "##[-o-] "},
		{Bar{Value: 4.5, Lo: 4.4, Hi: 4.6, Full: 8}, "████▌   ", "#####   "},
		{Bar{Value: math.NaN(), Full: 8}, "        ", "        "},
		{Bar{Value: 1, Full: 0}, "        ", "        "},
		{Bar{Value: math.Inf(1), Full: 8}, "███████›", "#######>"},
	} {
		if got := tt.bar.Draw(Screen{}, 8); got != tt.utf8 {
			t.Errorf("%+v: %q, want %q", tt.bar, got, tt.utf8)
		}
		if got := tt.bar.Draw(Screen{ASCII: true}, 8); got != tt.asc {
			t.Errorf("%+v: %q, want %q", tt.bar, got, tt.asc)
		}
	}
}

func TestSpan(t *testing.T) {
	scale := Scale{Lo: 0.5, Mark: 1, Hi: 2, Label: ratioLabel}
	for _, tt := range []struct {
		lo, v, hi float64
		want      string
	}{
		{0.5, 0.7, 0.8, "├──●─┤ │       "},
		{0.9, 0.91, 1.3, "      ●┼──┤    "},
		{0.7, 1, 1.4, "   ├───●──┤    "},
		{1.5, 1.5, 1.5, "       │   ●   "},
		{1, 1, 1, "       ●       "},
		{0.1, 5, 9, "├──────┼──────●"},
		{1.01, 1.02, 1.03, "       │●      "}, // near the mark, but not on it
		{0.97, 0.98, 0.99, "      ●│       "},
		{0.99, 1.01, 1.02, "       ●       "},
	} {
		if got := (Span{Scale: scale, Lo: tt.lo, Value: tt.v, Hi: tt.hi}).Draw(Screen{}, 15); got != tt.want {
			t.Errorf("%v [%v,%v]: %q, want %q", tt.v, tt.lo, tt.hi, got, tt.want)
		}
	}
	if got, want := scale.Draw(Screen{}, 15), "0.5    1      2"; got != want {
		t.Errorf("axis %q, want %q", got, want)
	}
}

// Pictures have the width asked for, whatever their values.
func TestPicturesKeepTheirWidth(t *testing.T) {
	values := []float64{0, 1, -1, 0.5, 1e300, 1e-300, math.NaN(), math.Inf(1), math.Inf(-1)}
	for _, width := range []int{0, 1, 2, 3, 40} {
		for _, a := range values {
			for _, b := range values {
				scale := RatioScale(a, b)
				for _, p := range []Picture{
					Bar{Value: a, Full: b}, Bar{Value: a, Lo: b, Hi: a, Full: 1}, scale,
					Span{Scale: scale, Lo: a, Value: b, Hi: b}, Span{Scale: Scale{Lo: a, Hi: b, Mark: a, Label: ratioLabel}, Lo: a, Value: a, Hi: b}, Span{Scale: scale, Blank: true},
				} {
					if got := p.Draw(Screen{}, width); Columns(got) != width || strings.ContainsAny(got, "\n\x1b") {
						t.Errorf("%+v in %d: %q", p, width, got)
					}
				}
			}
		}
	}
}

func TestRatioScale(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		lo, hi float64
	}{
		{nil, 0.98, 1.02}, {[]float64{1}, 0.98, 1.02}, {[]float64{0.61, 1.04}, 0.6, 1.05}, {[]float64{7}, 0.98, 10},
		{[]float64{1e9, 1e-9}, 0.001, 1000}, {[]float64{math.NaN(), math.Inf(1), 0, -3}, 0.98, 1.02},
	} {
		if s := RatioScale(tt.values...); s.Lo != tt.lo || s.Hi != tt.hi || s.Mark != 1 {
			t.Errorf("%v: %v to %v, want %v to %v", tt.values, s.Lo, s.Hi, tt.lo, tt.hi)
		}
	}
}
