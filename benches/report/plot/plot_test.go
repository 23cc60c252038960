package plot

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
)

func whole(v float64) string { return fmt.Sprintf("%.0f", v) }

func someBars() Bars {
	return Bars{Title: "msg/s", Axis: "messages per second", Desc: "d", Format: whole, Groups: []Group{
		{Label: "100/20", Bars: []Bar{
			{Label: "raw", Value: 100, Error: &Range{80, 220}}, {Label: "epoll", Series: 1, Value: 200, Mark: "▲"},
		}},
		{Label: "10/16384", Bars: []Bar{{Label: "net", Series: 2, Value: 50, Error: &Range{40, 55}}}},
	}}
}

// barWidths are the widths of the drawn bars.
func barWidths(t *testing.T, svg []byte) (list []float64) {
	for _, e := range elements(t, svg) {
		if e.name == "rect" {
			list = append(list, e.num(t, "width"))
		}
	}
	return list
}

func TestBarsAreProportional(t *testing.T) {
	svg := someBars().Draw()
	checkGeometry(t, svg)
	w := barWidths(t, svg)
	if len(w) != 3 || math.Abs(w[1]/w[0]-2) > 0.01 || math.Abs(w[0]/w[2]-2) > 0.02 {
		t.Errorf("bars of 100, 200 and 50 are %v wide", w)
	}
}

func TestErrorBarsEndAtTheirRange(t *testing.T) {
	b := &bars{Bars: someBars()}
	b.measure()
	found := false
	for _, e := range elements(t, someBars().Draw()) {
		if e.attr["class"] != "err" {
			continue
		}
		xs, _ := coordinates(t, e.attr["d"])
		if math.Abs(xs[0]-b.x.at(80)) < 0.1 && math.Abs(xs[1]-b.x.at(220)) < 0.1 {
			found = true
		}
	}
	if !found {
		t.Error("no error bar from 80 to 220")
	}
}

func TestBarsOfAwkwardValues(t *testing.T) {
	long := strings.Repeat("a very long name & <b>", 20)
	for name, list := range map[string][]Bar{
		"none":  nil,
		"zero":  {{Label: "a"}, {Label: "b"}},
		"nan":   {{Label: "a", Value: math.NaN(), Error: &Range{math.NaN(), 1}}, {Label: "b", Value: math.Inf(1), Error: &Range{0, math.Inf(1)}}},
		"long":  {{Label: long, Value: 1, Mark: long}, {Label: "\x00\xff\u202e漢字漢字漢字漢字漢字漢字", Value: 2}},
		"wide":  {{Label: "a", Value: 1e-300}, {Label: "b", Value: 1e300, Error: &Range{-1e300, 1e300}}},
		"minus": {{Label: "a", Value: -5, Error: &Range{-7, 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			format := func(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
			checkGeometry(t, Bars{Title: long, Axis: long, Format: format, Groups: []Group{{Label: long, Bars: list}}}.Draw())
		})
	}
}

func someCurves(n int) Curves {
	c := Curves{Title: "GB/s", X: Axis{Label: "octets", Log: true, Format: whole, Ticks: []float64{20, 1024, 16384}}, Y: Axis{Label: "GB/s", Log: true, Format: whole}}
	for i := range n {
		l := Line{Label: fmt.Sprintf("impl%d", i), Series: i, Floor: i == 1}
		for _, x := range c.X.Ticks {
			y := x * (1 + float64(i)/100)
			l.Points = append(l.Points, Point{X: x, Y: y, Mark: true, Error: &Range{y / 2, y * 2}})
		}
		c.Lines = append(c.Lines, l)
	}
	return c
}

func TestCurvesOfManyLinesThatMeet(t *testing.T) {
	for _, n := range []int{0, 1, 3, 9, 20} {
		checkGeometry(t, someCurves(n).Draw())
	}
}

func TestCurvesOfAwkwardValues(t *testing.T) {
	format := func(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
	for _, log := range []bool{false, true} {
		checkGeometry(t, Curves{
			Title: "t", X: Axis{Log: log, Format: format, Label: "x"}, Y: Axis{Log: log, Format: format, Label: "y"},
			Lines: []Line{
				{Label: "nothing"},
				{Label: "bad", Points: []Point{{X: math.NaN(), Y: 1}, {X: 1, Y: math.Inf(1)}, {X: -1, Y: 0}}},
				{Label: "one", Points: []Point{{X: 5, Y: 5, Mark: true, Error: &Range{-3, math.Inf(1)}}}},
				{Label: "same", Series: 12, Points: []Point{{X: 5, Y: 5, Mark: true}}},
				{Label: "small", Points: []Point{{X: 1e-300, Y: 1e-300}, {X: 1e300, Y: 1e300}}},
			},
		}.Draw())
	}
}

func TestPercentileAxis(t *testing.T) {
	a := PercentileAxis(99.9)
	var names []string
	for i, x := range a.Ticks {
		names = append(names, a.Format(x))
		if i > 1 && math.Abs(x-a.Ticks[i-1]-1) > 1e-9 {
			t.Errorf("from %s to %s is %v wide, not 1", names[i-1], names[i], x-a.Ticks[i-1])
		}
	}
	if got := strings.Join(names, " "); got != "50 90 99 99.9" {
		t.Errorf("ticks %s", got)
	}
}

func TestTicks(t *testing.T) {
	for _, tt := range []struct {
		s    scale
		n    int
		want string
	}{
		{scale{lo: 0, hi: 200}, 5, "[0 50 100 150 200]"},
		{scale{lo: 0.6, hi: 1.1}, 5, "[0.6 0.7 0.8 0.9 1 1.1]"},
		{scale{lo: 8, hi: 120, log: true}, 6, "[10 20 50 100]"},
		{scale{lo: 550, hi: 1400, log: true}, 6, "[600 800 1000]"},
		{scale{lo: 1, hi: 1e6, log: true}, 7, "[1 10 100 1000 10000 100000 1e+06]"},
		{scale{lo: math.NaN(), hi: 1}, 5, "[NaN]"},
	} {
		var got []float64
		for _, v := range tt.s.ticks(tt.n) {
			got = append(got, math.Round(v*1e6)/1e6)
		}
		if fmt.Sprint(got) != tt.want {
			t.Errorf("%v to %v: %v, want %s", tt.s.lo, tt.s.hi, got, tt.want)
		}
	}
}

func TestApart(t *testing.T) {
	got := apart([]float64{10, 11, 12, 100}, 5, 200)
	for i := 1; i < len(got); i++ {
		if got[i]-got[i-1] < labelPitch-1e-9 {
			t.Errorf("%v", got)
		}
	}
	if got[3] != 100 {
		t.Errorf("what was apart has moved: %v", got)
	}
}

func TestStandaloneHasItsStyle(t *testing.T) {
	svg := Standalone(someBars().Draw())
	checkNames := elements(t, svg)
	if checkNames[1].name != "style" || !strings.Contains(checkNames[1].text, "prefers-color-scheme:dark") {
		t.Errorf("%.300s", svg)
	}
	for _, e := range checkNames {
		if strings.HasPrefix(e.attr["fill"]+e.attr["stroke"], "#") {
			t.Errorf("<%s> has a colour of its own", e.name)
		}
	}
}

// luminance is as WCAG 2 defines it.
func luminance(t *testing.T, colour string) float64 {
	v, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil || len(colour) != 7 {
		t.Fatalf("colour %q: %v", colour, err)
	}
	channel := func(shift int) float64 {
		c := float64(v>>shift&255) / 255
		if c <= 0.03928 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

func TestContrast(t *testing.T) {
	for name, p := range map[string]palette{"light": light, "dark": dark} {
		back := luminance(t, p.background)
		for _, c := range append([]string{p.text, p.muted}, p.series[:]...) {
			l := luminance(t, c)
			if ratio := (max(l, back) + 0.05) / (min(l, back) + 0.05); ratio < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, c, p.background, ratio)
			}
		}
		text, band := luminance(t, p.text), luminance(t, p.band)
		if ratio := (max(text, band) + 0.05) / (min(text, band) + 0.05); ratio < 4.5 {
			t.Errorf("%s: error bars on the band have a contrast of %.2f", name, ratio)
		}
	}
}

// Neighbours in the order of series differ in dash and in marker.
func TestSeriesDifferWithoutColour(t *testing.T) {
	seen := map[string]int{}
	for i := range Series {
		c := &canvas{}
		c.marker(i, 50, 50)
		look := strings.ReplaceAll(c.String(), fmt.Sprintf("b%d", i), "") + dashes[i]
		if j, ok := seen[look]; ok {
			t.Errorf("series %d looks like %d", i, j)
		}
		seen[look] = i
	}
}
