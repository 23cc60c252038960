package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Curves is a plot of lines over a numeric axis.
type Curves struct {
	Title, Desc string
	X, Y        Axis
	Lines       []Line
}

// Axis is one direction.
type Axis struct {
	Label  string
	Log    bool
	Format func(float64) string
	Ticks  []float64 // nil: chosen
}

// Line is one series.
type Line struct {
	Label  string
	Series int
	Floor  bool // drawn as what the others cannot go below (or above)
	Points []Point
}

// Point is one value of a line; Mark draws its marker.
type Point struct {
	X, Y  float64
	Error *Range // of Y
	Mark  bool
}

const (
	curvesHeight = 160.0 // of the area with lines
	labelPitch   = 12.5
	labelGap     = 20.0 // from the area to a label, with the line's look between
)

type curves struct {
	canvas
	Curves
	left, right, top, bottom float64
	x, y                     scale
}

// Draw returns the plot as SVG. Points that are no numbers, or not above zero on a
// logarithmic axis, are left out.
func (p Curves) Draw() []byte {
	c := &curves{Curves: p}
	c.drop()
	c.top = c.header(p.Title, p.Y.Label) + 2
	c.bottom = c.top + max(curvesHeight, labelPitch*float64(len(p.Lines)))
	c.height = c.bottom + 2*lineHeight + margin
	c.measure()
	c.axes()
	for i, l := range c.Lines {
		c.curve(l, c.dodge(i))
	}
	c.labels()
	return c.svg(p.Title, p.Desc)
}

// drop removes the points that cannot be drawn, and lines without a point.
func (c *curves) drop() {
	var lines []Line
	for _, l := range c.Lines {
		l.Points = slices.DeleteFunc(slices.Clone(l.Points), func(p Point) bool {
			return len(finite(p.X, p.Y)) < 2 || c.X.Log && p.X <= 0 || c.Y.Log && p.Y <= 0
		})
		if len(l.Points) > 0 {
			lines = append(lines, l)
		}
	}
	c.Lines = lines
}

// measure fits the scales to the points, and the margins to the text.
func (c *curves) measure() {
	var xs, ys []float64
	labels := 0.0
	for _, l := range c.Lines {
		labels = max(labels, textWidth(l.Label, textHeight))
		for _, p := range l.Points {
			xs, ys = append(xs, p.X), append(ys, p.Y)
			if e := p.Error; e != nil && (!c.Y.Log || e.Lo > 0) {
				ys = append(ys, finite(e.Lo, e.Hi)...)
			}
		}
	}
	xs = append(xs, c.X.Ticks...)
	c.y = fitted(ys, c.Y.Log, c.bottom, c.top)
	widest := 0.0
	for _, v := range c.y.ticks(6) {
		widest = max(widest, textWidth(c.Y.Format(v), textHeight))
	}
	c.left = margin + min(widest, maxLabel) + 4
	c.right = Width - margin - min(labels, maxLabel) - labelGap
	c.x = scale{log: c.X.Log, from: c.left + 8, to: c.right - 6, hi: 1}
	if len(xs) > 0 {
		c.x.lo, c.x.hi = slices.Min(xs), slices.Max(xs)
	}
}

func (c *curves) axes() {
	for _, v := range c.y.ticks(6) {
		y := c.y.at(v)
		c.line("grid", c.left, y, c.right, y)
		c.text(c.left-4, y+4, "m", "end", c.Y.Format(v))
	}
	last := math.Inf(-1)
	ticks := c.X.Ticks
	if ticks == nil {
		ticks = c.x.ticks(6)
	}
	for _, v := range ticks {
		x, label := c.x.at(v), c.X.Format(v)
		half := textWidth(label, textHeight) / 2
		c.line("grid", x, c.top, x, c.bottom)
		if at := min(max(x, margin+half), Width-margin-half); at-half > last+3 {
			c.text(at, c.bottom+lineHeight-1, "m", "middle", label)
			last = at + half
		}
	}
	c.line("axis", c.left, c.bottom, c.right, c.bottom)
	c.text((c.left+c.right)/2, c.bottom+2*lineHeight, "m", "middle", clip(c.X.Label, c.right-margin, textHeight))
}

// dodge returns how far line i is moved aside, so that error bars at the same place
// can be told apart.
func (c *curves) dodge(i int) float64 {
	n := float64(len(c.Lines))
	for _, l := range c.Lines {
		for _, p := range l.Points {
			if p.Error != nil {
				return (float64(i) - (n-1)/2) * min(4, 14/n)
			}
		}
	}
	return 0
}

func (c *curves) curve(l Line, aside float64) {
	var d strings.Builder
	for i, p := range l.Points {
		op := "L"
		if i == 0 {
			op = "M"
		}
		fmt.Fprintf(&d, "%s%s %s", op, num(c.x.at(p.X)+aside), num(c.y.at(p.Y)))
	}
	if l.Floor {
		fmt.Fprintf(c, `<path class="floor" d="%s"/>`, d.String())
		return
	}
	look := num(float64(l.Series % Series))
	fmt.Fprintf(c, `<path class="line l%s" d="%s"/>`, look, d.String())
	for _, p := range l.Points {
		x := c.x.at(p.X) + aside
		if p.Error != nil && len(finite(p.Error.Lo, p.Error.Hi)) == 2 {
			lo, hi := c.y.at(max(p.Error.Lo, c.y.lo)), c.y.at(p.Error.Hi)
			c.line("e"+look, x, lo, x, hi)
			c.line("e"+look, x-3, lo, x+3, lo)
			c.line("e"+look, x-3, hi, x+3, hi)
		}
		if p.Mark {
			c.marker(l.Series%Series, x, c.y.at(p.Y))
		}
	}
}
