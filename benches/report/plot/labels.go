package plot

import (
	"fmt"
	"slices"
	"strings"
)

// marker draws the shape of a series.
func (c *canvas) marker(series int, x, y float64) {
	const r = 3.2
	shape := [Series][][2]float64{
		1: {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}},
		2: {{0, -1.3}, {1.2, 1}, {-1.2, 1}},
		3: {{0, -1.4}, {1.4, 0}, {0, 1.4}, {-1.4, 0}},
		4: {{0, 1.3}, {1.2, -1}, {-1.2, -1}},
		5: {{-1.4, -0.5}, {1.4, -0.5}, {1.4, 0.5}, {-1.4, 0.5}},
		6: {{-0.5, -1.4}, {0.5, -1.4}, {0.5, 1.4}, {-0.5, 1.4}},
		7: {{-0.7, -1.3}, {0.7, -1.3}, {1.4, 0}, {0.7, 1.3}, {-0.7, 1.3}, {-1.4, 0}},
	}[series]
	if shape == nil {
		fmt.Fprintf(c, `<circle class="mark b%d" cx="%s" cy="%s" r="%s"/>`, series, num(x), num(y), num(r))
		return
	}
	var d strings.Builder
	for i, p := range shape {
		op := "L"
		if i == 0 {
			op = "M"
		}
		fmt.Fprintf(&d, "%s%s %s", op, num(x+r*p[0]), num(y+r*p[1]))
	}
	fmt.Fprintf(c, `<path class="mark b%d" d="%sZ"/>`, series, d.String())
}

// labels writes each line's name beside its end, one below the other where
// ends are close, with a line to it and its marker.
func (c *curves) labels() {
	order := make([]int, len(c.Lines))
	want := make([]float64, len(c.Lines))
	for i, l := range c.Lines {
		order[i], want[i] = i, c.y.at(l.Points[len(l.Points)-1].Y)
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case want[a] < want[b]:
			return -1
		case want[a] > want[b]:
			return 1
		}
		return 0
	})
	ends := make([]float64, len(order))
	for i, k := range order {
		ends[i] = want[k]
	}
	for i, y := range apart(ends, c.top+labelPitch/2, c.bottom-labelPitch/2) {
		l := c.Lines[order[i]]
		end := c.x.at(l.Points[len(l.Points)-1].X) + c.dodge(order[i])
		c.line("lead", end+4, ends[i], c.right+5, y)
		if l.Floor {
			c.line("floor", c.right+5, y, c.right+17, y)
		} else {
			c.line(fmt.Sprintf("line l%d", l.Series%Series), c.right+5, y, c.right+17, y)
			c.marker(l.Series%Series, c.right+11, y)
		}
		c.text(c.right+labelGap, y+4, "", "start", clip(l.Label, Width-margin-c.right-labelGap+1, textHeight))
	}
}

// apart moves ascending coordinates so that neighbours are labelPitch apart,
// within lo and hi, each as little as may be.
func apart(want []float64, lo, hi float64) []float64 {
	at := slices.Clone(want)
	for i := range at {
		at[i] = max(at[i], lo)
		if i > 0 {
			at[i] = max(at[i], at[i-1]+labelPitch)
		}
	}
	limit := hi
	for i := len(at) - 1; i >= 0; i-- {
		at[i] = min(at[i], limit)
		limit = at[i] - labelPitch
	}
	return at
}
