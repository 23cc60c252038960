package plot

import (
	"fmt"
	"math"
	"strings"
)

// Bars is a plot of horizontal bars from 0, in groups.
type Bars struct {
	Title, Desc string
	Axis        string // what the bars' length is, with its unit
	Format      func(float64) string
	Tick        func(float64) string // of the axis; nil: Format
	Groups      []Group
}

// Group is bars below one heading.
type Group struct {
	Label string   // "": no heading
	Floor *float64 // a value that is shown as a line behind the bars
	Bars  []Bar
}

// Range is an interval of values.
type Range struct{ Lo, Hi float64 }

// Bar is one value.
type Bar struct {
	Label  string
	Series int // which look it has
	Value  float64
	Error  *Range // what the error bar spans; nil: none
	Mark   string // behind the value
}

const (
	barHeight = 9.0
	barPitch  = 15.0
	maxLabel  = 96.0 // width of bars' labels
)

// bars is a plot with its measures.
type bars struct {
	canvas
	Bars
	left, right float64 // of the area with bars
	x           scale
}

// Draw returns the plot as SVG. Values that are no numbers have no bar.
func (p Bars) Draw() []byte {
	b := &bars{Bars: p}
	b.measure()
	top := b.header(p.Title, p.Axis)
	bottom := top + b.tall()
	b.height = bottom + lineHeight + margin
	for _, v := range b.x.ticks(5) {
		b.verticals("grid", b.x.at(v), top)
	}
	b.axis(bottom)
	y := top
	for _, g := range p.Groups {
		y = b.group(g, y)
	}
	b.verticals("axis", b.x.at(0), top)
	return b.svg(p.Title, p.Desc)
}

// measure divides the width: labels, bars, values.
func (b *bars) measure() {
	labels, figures := 0.0, 0.0
	var values []float64
	for _, g := range b.Groups {
		for _, bar := range g.Bars {
			labels = max(labels, textWidth(bar.Label, textHeight))
			figures = max(figures, textWidth(b.figure(bar), textHeight))
			values = append(values, finite(bar.Value)...)
			if bar.Error != nil {
				values = append(values, finite(bar.Error.Lo, bar.Error.Hi)...)
			}
		}
	}
	b.left = margin + min(labels, maxLabel) + margin
	b.right = Width - margin - min(figures, maxLabel) - margin
	b.x = around(values, 0, b.left, b.right)
}

// around returns a scale with a little room at the ends that values reach.
func around(values []float64, base, from, to float64) scale {
	s := scale{lo: base, hi: base, from: from, to: to}
	for _, v := range values {
		s.lo, s.hi = min(s.lo, v), max(s.hi, v)
	}
	if s.lo == s.hi {
		s.hi = s.lo + max(1, math.Abs(s.lo))
	}
	room := 0.03 * (s.hi - s.lo)
	if s.lo < base {
		s.lo -= room
	}
	if s.hi > base {
		s.hi += room
	}
	return s
}

func finite(list ...float64) (out []float64) {
	for _, v := range list {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			out = append(out, v)
		}
	}
	return out
}

func (b *bars) figure(bar Bar) string {
	return strings.TrimSpace(b.Format(bar.Value) + " " + bar.Mark)
}

func (b *bars) tall() (h float64) {
	for _, g := range b.Groups {
		h += b.groupHeight(g)
	}
	return h + margin
}

func (b *bars) groupHeight(g Group) float64 {
	h := margin + barPitch*float64(len(g.Bars))
	if g.Label != "" {
		h += lineHeight
	}
	return h
}

// verticals draws a line beside the bars of each group, not through headings.
func (b *bars) verticals(class string, x, y float64) {
	for _, g := range b.Groups {
		end := y + b.groupHeight(g)
		if g.Label != "" {
			y += lineHeight
		}
		b.line(class, x, y, x, end-margin)
		y = end
	}
}

// axis labels the ticks that there is room for.
func (b *bars) axis(bottom float64) {
	last, show := math.Inf(-1), b.Tick
	if show == nil {
		show = b.Format
	}
	for _, v := range b.x.ticks(5) {
		x, label := b.x.at(v), show(v)
		half := textWidth(label, textHeight) / 2
		at := min(max(x, margin+half), Width-margin-half)
		if at-half < last+4 {
			continue
		}
		b.text(at, bottom+lineHeight-2, "m", "middle", label)
		last = at + half
	}
}

// group draws one group from y on, and tells where it ends.
func (b *bars) group(g Group, y float64) float64 {
	end := y + b.groupHeight(g)
	if g.Label != "" {
		y += lineHeight
		b.text(margin, y-2, "g", "start", clip(g.Label, Width-2*margin, textHeight*1.06))
	}
	if g.Floor != nil {
		b.line("floor", b.x.at(*g.Floor), y, b.x.at(*g.Floor), y+barPitch*float64(len(g.Bars)))
	}
	for _, bar := range g.Bars {
		b.bar(bar, y)
		y += barPitch
	}
	return end
}

func (b *bars) bar(bar Bar, y float64) {
	base := y + barPitch - 4
	b.text(b.left-margin, base, "", "end", clip(bar.Label, b.left-2*margin+1, textHeight))
	b.text(Width-margin, base, "", "end", clip(b.figure(bar), Width-margin-b.right-margin+1, textHeight))
	if len(finite(bar.Value)) == 0 {
		return
	}
	from, to := b.x.at(0), b.x.at(bar.Value)
	middle := y + barPitch/2
	b.rect("b"+num(float64(bar.Series%Series)), min(from, to), middle-barHeight/2, math.Abs(to-from), barHeight)
	if bar.Error != nil && len(finite(bar.Error.Lo, bar.Error.Hi)) == 2 {
		b.errorBar(b.x.at(bar.Error.Lo), b.x.at(bar.Error.Hi), middle)
	}
}

func (b *bars) errorBar(lo, hi, y float64) {
	for _, class := range []string{"halo", "err"} { // to be seen on any bar
		fmt.Fprintf(b, `<path class="%s" d="M%s %sH%sM%s %sV%sM%s %sV%s"/>`, class,
			num(lo), num(y), num(hi), num(lo), num(y-3), num(y+3), num(hi), num(y-3), num(y+3))
	}
}
