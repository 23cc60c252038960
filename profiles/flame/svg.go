package flame

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/google/pprof/profile"
)

// Measures in pixels.
const (
	RowHeight  = 17
	lineHeight = 15
	margin     = 4
)

// SVG draws p.
func SVG(w io.Writer, p *profile.Profile, o Options) error {
	o, err := o.withDefaults()
	if err != nil {
		return err
	}
	at, unit, err := o.column(p)
	if err != nil {
		return err
	}
	root := &node{frame: Frame{Name: "all"}}
	root.grow(p, at, 0, 1/o.Per)
	if root.total[0] == 0 {
		return fmt.Errorf("flame: the profile holds no %s", p.SampleType[at].Type)
	}
	root.sort()
	d := newDrawing(o, layout(root, 0, o.MinPercent))
	g := d.colours(root)
	d.notes = append(d.notes, "All: "+quantity(root.total[0], unit)+". Width is share, callees are below.", d.left(), kernelNote)
	d.class = func(b box) string { return g.class(d.o.Group(b.stack)) }
	d.title = func(b box) string {
		t := fmt.Sprintf("%s\n%s, %s", b.name(), quantity(b.value[0], unit), percent(b.value[0], root.total[0]))
		if b.node != nil && b.row > 0 {
			t += "\n" + d.o.Group(b.stack)
		}
		return t
	}
	d.legend, d.css = g.legend(root.total[0]), g.css()
	return d.write(w)
}

const kernelNote = "Kernel: dashed edge, name with _[k]."

// drawing is a graph about to be written.
type drawing struct {
	o      Options
	plan   *plan
	notes  []string
	legend []swatch
	css    rules
	class  func(b box) string // of a box that is one function
	mark   func(b box) string // before its name
	title  func(b box) string
}

func newDrawing(o Options, p *plan) *drawing {
	return &drawing{o: o, plan: p, mark: func(box) string { return "" }}
}

// left says what is not drawn.
func (d *drawing) left() string {
	var s string
	if d.plan.small > 0 {
		least := 100 * d.plan.least * d.plan.scale / whole
		s = fmt.Sprintf("Frames below %.2g %%, merged or omitted: %d. ", least, d.plan.small)
	}
	if d.plan.cut > 0 {
		s += fmt.Sprintf("Stacks cut after %d frames: %d.", maxRows-1, d.plan.cut)
	}
	return s
}

// name returns a box's function in full.
func (b box) name() string {
	switch {
	case b.node == nil:
		return fmt.Sprintf("%d small frames", b.merged)
	case b.node.frame.Kernel:
		return b.node.frame.Name + kernelSuffix
	}
	return b.node.frame.Name
}

// short returns a name without the folders of a Go package.
func short(name string) string {
	head, _, _ := strings.Cut(name, "(")
	head, _, _ = strings.Cut(head, "[")
	if strings.ContainsAny(head, " <:") {
		return name // no Go function's
	}
	return name[strings.LastIndexByte(head, '/')+1:]
}

// swatch is an entry of the legend.
type swatch struct{ class, text string }

func (d *drawing) write(w io.Writer) error {
	out := bufio.NewWriterSize(w, 1<<16)
	head := wrap(d.o.Title, 46)
	var notes []string
	for _, n := range d.notes {
		notes = append(notes, wrap(n, 58)...)
	}
	top := (len(head)+len(notes))*lineHeight + 2*margin
	height := top + d.plan.rows*RowHeight + margin + (len(d.legend)+1)/2*lineHeight + margin
	d.open(out, height)
	y := 0
	for i, line := range append(head, notes...) {
		y += lineHeight
		class := "n"
		if i < len(head) {
			class = "h"
		}
		fmt.Fprintf(out, "<text class=\"fg-%s\" x=\"%d\" y=\"%d\">%s</text>\n", class, margin, y, escape(line))
	}
	for _, b := range d.plan.boxes {
		d.box(out, b, top)
	}
	d.key(out, top+d.plan.rows*RowHeight+margin)
	out.WriteString("</svg>\n")
	return out.Flush()
}

func (d *drawing) open(out *bufio.Writer, height int) {
	fmt.Fprintf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fg\" width=\"100%%\" height=\"%d\" role=\"img\" aria-label=\"%s\">\n", height, escape(cmp.Or(d.o.Title, "flame graph")))
	fmt.Fprintf(out, "<style>\n%s</style>\n", d.css.sheet())
	out.WriteString("<rect class=\"fg-bg\" width=\"100%\" height=\"100%\"/>\n")
}

// Shares of the width, in thousandths of a percent, from which on a box is
// labelled, and from which on also where the screen is narrow.
const (
	labelled = 1200
	wide     = 7000
)

func (d *drawing) box(out *bufio.Writer, b box, top int) {
	width := b.end - b.x
	class, name := "m", ""
	if b.node != nil {
		if b.row > 0 {
			class = d.class(b)
		}
		name = fmt.Sprintf(" data-n=\"%s\"", escape(b.name()))
		if b.node.frame.Kernel {
			class += " fg-k"
		}
	}
	fmt.Fprintf(out, "<svg class=\"fg-f fg-%s\" x=\"%s%%\" y=\"%d\" width=\"%s%%\" height=\"%d\"%s data-v=\"%s\"",
		class, thousandths(b.x), top+b.row*RowHeight, thousandths(width), RowHeight, name, number(b.value[d.plan.side]))
	fmt.Fprintf(out, "><title>%s</title><rect width=\"100%%\" height=\"%d\"/>", escape(d.title(b)), RowHeight-1)
	if width >= labelled {
		label := ""
		if width < wide {
			label = ` class="fg-s"`
		}
		fmt.Fprintf(out, "<text%s x=\"3\" y=\"12\">%s</text>", label, escape(d.mark(b)+first(short(b.name()))))
	}
	out.WriteString("</svg>\n")
}

// key writes the legend in two columns.
func (d *drawing) key(out *bufio.Writer, y int) {
	for i, s := range d.legend {
		fmt.Fprintf(out, "<svg class=\"fg-%s\" x=\"%d%%\" y=\"%d\" width=\"50%%\" height=\"%d\"><rect x=\"%d\" y=\"2\" width=\"11\" height=\"11\"/><text class=\"fg-n\" x=\"20\" y=\"11\">%s</text></svg>\n",
			s.class, i%2*50, y+i/2*lineHeight, lineHeight, margin, escape(s.text))
	}
}
