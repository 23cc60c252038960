package report

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"wsbench/benches/report/plot"
	"wsbench/benches/results"
)

//go:embed page/page.html
var pageText string

//go:embed page/style.css
var pageStyle string

//go:embed page/script.js
var pageScript string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// htmlPage is what the template takes.
type htmlPage struct {
	Generator, Title, Machine string
	Answer                    string
	Facts                     []results.Fact
	First, Sections, Contents []htmlSection
	Style                     template.CSS
	Script                    template.JS
}

type htmlSection struct {
	ID, Title string
	Blocks    []template.HTML
}

// writeHTML writes d as one file that needs no other, and no network.
func writeHTML(w io.Writer, d Document) error {
	page := htmlPage{
		Generator: Generator, Title: d.Title, Answer: d.Answer, Machine: sentence(d.Facts, machineFacts), Facts: factList(d.Facts),
		Style:  template.CSS(plot.Variables() + plot.Style() + pageStyle),
		Script: template.JS(pageScript),
	}
	ids, plots := names{}, pageNames{names{}, map[string]bool{}}
	first, rest := d.parts()
	for _, s := range append(first, rest...) {
		section, err := newHTMLSection(s, plots)
		if err != nil {
			return err
		}
		if section.Blocks == nil {
			continue
		}
		section.ID = ids.of(cmp.Or(s.ID, s.Title, "section"))
		if s.First {
			page.First = append(page.First, section)
		} else {
			page.Sections = append(page.Sections, section)
		}
		if section.Title != "" {
			page.Contents = append(page.Contents, section)
		}
	}
	var out strings.Builder
	if err := pageTemplate.Execute(&out, page); err != nil {
		return err
	}
	_, err := io.WriteString(w, printable(out.String()))
	return err
}

// newHTMLSection renders the blocks of s; figures in a row share a grid.
func newHTMLSection(s Section, plots pageNames) (htmlSection, error) {
	var out htmlSection
	if s.In.has(HTML) {
		out.Title = s.Title
	}
	within := false
	for _, b := range s.blocks(HTML) {
		if _, isFigure := b.(Figure); isFigure != within {
			within = isFigure
			out.Blocks = append(out.Blocks, map[bool]template.HTML{true: `<div class="figures">`, false: `</div>`}[within])
		}
		block, err := htmlBlock(b, plots)
		if err != nil {
			return out, err
		}
		out.Blocks = append(out.Blocks, block)
	}
	if within {
		out.Blocks = append(out.Blocks, `</div>`)
	}
	return out, nil
}

// htmlBlock renders a block by the template of its kind.
func htmlBlock(b Block, plots pageNames) (template.HTML, error) {
	kind, view := "", any(nil)
	switch b := b.(type) {
	case Paragraph:
		kind, view = "paragraph", htmlParagraph{b, paragraphClass(b)}
	case Table:
		kind, view = "table", b.sheet(HTML)
	case Values:
		kind, view = "values", htmlValues(b)
	case Shell:
		kind, view = "shell", b
	case Figure:
		kind, view = "figure", newHTMLFigure(b, plots)
	case Drawing:
		kind, view = "drawing", newHTMLDrawing(b)
	default:
		return "", fmt.Errorf("report: a block of type %T has no form in HTML", b)
	}
	var out strings.Builder
	err := pageTemplate.ExecuteTemplate(&out, kind, view)
	return template.HTML(out.String()), err // the template escaped it
}

type htmlParagraph struct {
	Paragraph
	Class string
}

func paragraphClass(p Paragraph) string {
	switch {
	case p.ID != "":
		return "remark " + slug(p.ID)
	case p.Prefix == "":
		return styleClass(p.Style)
	}
	return ""
}

// styleClass returns the class of a style.
func styleClass(s Style) string {
	return map[Style]string{Strong: "strong", Faint: "fine", Good: "good", Bad: "bad", Unsure: "unsure"}[s]
}

// htmlValues returns v with their texts.
func htmlValues(v Values) any {
	out := struct {
		Title string
		List  []results.Fact
	}{Title: v.Title}
	for _, x := range v.List {
		if x.Name != "" {
			out.List = append(out.List, results.Fact{Key: x.Name, Value: x.written()})
		}
	}
	return out
}

// Notes returns the paragraphs below the table.
func (s *sheet) Notes() []string {
	return strings.FieldsFunc(s.Note, func(r rune) bool { return r == '\n' })
}

// Class returns the class of a cell.
func (c sheetCell) Class() string {
	switch {
	case c.column.Numeric:
		return "n"
	case c.column.part == bounds:
		return "bounds"
	}
	return styleClass(c.Words)
}

// Class returns the class of a column's heading.
func (c *sheetColumn) Class() string {
	switch {
	case c.Numeric:
		return "n"
	case c.part == bounds:
		return "bounds"
	}
	return ""
}

// Sort returns the number that the column is sorted by; "" if there is none.
func (c sheetCell) Sort() string {
	if c.column.part != inFigures || math.IsNaN(c.Value) || math.IsInf(c.Value, 0) {
		return ""
	}
	return strconv.FormatFloat(c.Value, 'g', -1, 64)
}

// Drawn draws the cell as text does: nil where there is nothing to draw.
func (c sheetCell) Drawn() *htmlDrawn {
	if c.column.part != drawing || math.IsNaN(c.Value) {
		return nil
	}
	return c.column.draw(c.Estimate)
}

// htmlDrawn is a bar or an interval: parts beside and over each other.
type htmlDrawn struct {
	Class string
	Parts []htmlPart
}

type htmlPart struct {
	Class       string
	Left, Width template.CSS
}

func (c *sheetColumn) draw(e Estimate) *htmlDrawn {
	place, d := c.scale.Place, &htmlDrawn{Class: "spans"}
	if c.Draw == Bars {
		place, d.Class = func(v float64) float64 { return v / c.full }, "share"
		d.add("bar", 0, place(e.Value))
	} else {
		if e.Band != nil {
			d.add("band", place(e.Band.Lo), place(e.Band.Hi))
		}
		d.add("axis", place(c.scale.Mark), place(c.scale.Mark))
	}
	if e.Interval != nil {
		d.add("interval "+styleClass(e.Style), place(e.Interval.Lo), place(e.Interval.Hi))
	}
	if c.Draw == Spans {
		d.add("point "+styleClass(e.Style), place(e.Value), place(e.Value))
	}
	return d
}

// add adds a part from one share of the width to another.
func (d *htmlDrawn) add(class string, from, to float64) {
	within := func(v float64) float64 {
		if math.IsNaN(v) {
			return 0
		}
		return 100 * min(max(v, 0), 1)
	}
	css := func(v float64) template.CSS { return template.CSS(strconv.FormatFloat(v, 'f', 1, 64) + "%") }
	from, to = within(from), within(to)
	d.Parts = append(d.Parts, htmlPart{strings.TrimSpace(class), css(from), css(to - from)})
}

// pageNames are those of the plots of a page, and the commands that it has shown.
type pageNames struct {
	names
	commands map[string]bool
}

// saw reports whether the page has shown a command, which it now has.
func (p pageNames) saw(command string) bool {
	before := p.commands[command]
	p.commands[command] = true
	return before
}

// htmlFigure is a figure with its plots named.
type htmlFigure struct {
	Figure
	Plots   []htmlPlot
	Numbers *sheet
}

type htmlPlot struct {
	Name string
	SVG  template.HTML
}

// shownPlots is how many plots of a figure are not folded away.
const shownPlots = 6

// First returns the plots that are seen at once, Rest the others.
func (f htmlFigure) First() []htmlPlot { return f.Plots[:min(shownPlots, len(f.Plots))] }
func (f htmlFigure) Rest() []htmlPlot  { return f.Plots[min(shownPlots, len(f.Plots)):] }

func newHTMLFigure(f Figure, plots pageNames) htmlFigure {
	out := htmlFigure{Figure: f}
	out.Commands = slices.DeleteFunc(slices.Clone(f.Commands), plots.saw)
	for _, p := range f.Plots {
		out.Plots = append(out.Plots, htmlPlot{plots.of(p.Name), template.HTML(p.SVG)}) // package plot escapes all text
	}
	if f.Numbers != nil && f.Numbers.shown(HTML) {
		out.Numbers = f.Numbers.sheet(HTML)
	}
	return out
}

// htmlDrawing is a drawing that can be part of a page, or why it cannot.
type htmlDrawing struct {
	Title, File, Reason string
	SVG                 template.HTML
}

func newHTMLDrawing(d Drawing) htmlDrawing {
	out := htmlDrawing{Title: d.Title, File: d.File}
	svg, err := inline(d.SVG)
	if err != nil {
		out.Reason = fmt.Sprintf("%s cannot be shown: %v", cmp.Or(d.File, d.Title), err)
	}
	out.SVG = template.HTML(svg) // inline lets nothing through that runs or loads
	return out
}
