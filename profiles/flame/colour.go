package flame

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
)

// rule is a class with its fill in light and in dark.
type rule struct{ class, light, dark string }

type rules []rule

// groups gives each group its colour and its share.
type groups struct {
	order []string // the caller's, then those it did not name
	known int      // how many are the caller's
	self  map[string]float64
	used  map[string]bool // on a box
}

// colours finds the groups of all frames.
func (d *drawing) colours(root *node) *groups {
	g := &groups{order: slices.Clone(d.o.Groups), known: len(d.o.Groups), self: map[string]float64{}, used: map[string]bool{}}
	group := func(stack []Frame) string {
		name := d.o.Group(stack)
		if !slices.Contains(g.order, name) {
			g.order = append(g.order, name)
		}
		return name
	}
	root.walk(func(n *node, stack []Frame) {
		if n.self[0] > 0 {
			g.self[group(stack)] += n.self[0]
		}
	})
	for _, b := range d.plan.boxes {
		if b.node != nil && b.row > 0 {
			g.used[group(b.stack)] = true
		}
	}
	slices.Sort(g.order[g.known:])
	return g
}

func (g *groups) class(name string) string {
	return fmt.Sprintf("c%d", slices.Index(g.order, name))
}

// legend returns the groups that have something, in their order.
func (g *groups) legend(total float64) []swatch {
	var list []swatch
	for _, name := range g.order {
		if g.self[name] > 0 || g.used[name] {
			list = append(list, swatch{g.class(name), name + " " + percent(g.self[name], total)})
		}
	}
	return list
}

func (g *groups) css() rules {
	var list rules
	for i, name := range g.order {
		if g.self[name] == 0 && !g.used[name] {
			continue
		}
		n := i
		if i >= g.known { // its colour does not depend on what else there is
			h := fnv.New32a()
			h.Write([]byte(name))
			n = int(h.Sum32() % 360)
		}
		c := hue(g.class(name), n)
		if name == "other" {
			c = rule{c.class, "#e4e4e0", "#44464c"}
		}
		list = append(list, c)
	}
	return list
}

// strengths are saturation and lightness, in light and in dark.
var strengths = [][4]int{{65, 80, 40, 30}, {45, 68, 30, 38}, {85, 89, 55, 22}}

// hue gives the first twelve groups hues 30 degrees apart, neighbours far from
// each other, and those after them the same at other strengths.
func hue(class string, n int) rule {
	h, s := (205+n*7*30)%360, strengths[n/12%len(strengths)]
	return rule{class, fmt.Sprintf("hsl(%d,%d%%,%d%%)", h, s[0], s[1]), fmt.Sprintf("hsl(%d,%d%%,%d%%)", h, s[2], s[3])}
}

// sheet returns the style of a graph, every selector below the class fg.
func (r rules) sheet() string {
	var b strings.Builder
	b.WriteString(`.fg{font:11px system-ui,sans-serif;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.fg text{fill:#111;white-space:pre}
.fg .fg-f text{pointer-events:none}
.fg .fg-h{font-size:13px;font-weight:600}
.fg .fg-n{fill:#444}
.fg .fg-bg{fill:var(--fg-bg,#fff)}
.fg rect{stroke:#fff;stroke-width:.6}
.fg .fg-m rect{fill:#ddd}
.fg .fg-k rect{stroke:#222;stroke-dasharray:2 3}
.fg .fg-f:hover rect{stroke:#000;stroke-width:2;stroke-dasharray:none}
@media (max-width:640px){.fg .fg-s{display:none}}
`)
	for _, c := range r {
		fmt.Fprintf(&b, ".fg .fg-%s rect{fill:%s}\n", c.class, c.light)
	}
	b.WriteString(`@media screen and (prefers-color-scheme:dark){
.fg text{fill:#f2f2f2}
.fg .fg-n{fill:#bbb}
.fg .fg-bg{fill:var(--fg-bg,#15171b)}
.fg rect{stroke:#15171b}
.fg .fg-m rect{fill:#444}
.fg .fg-k rect{stroke:#ddd}
.fg .fg-f:hover rect{stroke:#fff}
`)
	for _, c := range r {
		fmt.Fprintf(&b, ".fg .fg-%s rect{fill:%s}\n", c.class, c.dark)
	}
	b.WriteString("}\n")
	return b.String()
}
