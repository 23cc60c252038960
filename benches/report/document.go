package report

import (
	"wsbench/benches/internal/term"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Document is what a command has to say. Numbers stay numbers until a renderer
// writes them.
type Document struct {
	Command  string // the command's name, such as "matrix"
	Title    string
	Answer   string         // what came of it, before all else; "": there is no short one
	Facts    []results.Fact // host and session, by the keys of the file configuration
	Sections []Section
	// Interrupted says how far what was measured came; "" if to its end.
	Interrupted string
}

// sections returns those of d, below a warning where d is of a part.
func (d Document) sections() []Section {
	if d.Interrupted == "" {
		return d.Sections
	}
	warning := Warning("interrupted " + d.Interrupted + "; the tables show what was measured until then")
	return append([]Section{{First: true, Blocks: []Block{warning}}}, d.Sections...)
}

// parts returns the sections that come before the facts, and the others.
func (d Document) parts() (first, rest []Section) {
	for _, s := range d.sections() {
		if s.First {
			first = append(first, s)
		} else {
			rest = append(rest, s)
		}
	}
	return first, rest
}

// Section is a part of a document.
type Section struct {
	ID    string // unique in the document; "": made of Title
	Title string // "": none
	In    Media  // where the title is shown
	First bool   // it comes before the facts
	// Blocks are what the section holds.
	Blocks []Block
}

// Media is a set of kinds of output. The zero value is all of them.
type Media int

// The kinds of output.
const (
	Text Media = 1 << iota
	HTML
	JSON
	Markdown
)

// has reports whether m is shown in one kind of output.
func (m Media) has(one Media) bool { return m == 0 || m&one != 0 }

// Block is one of Paragraph, Table, Values, Figure, Drawing and Shell.
type Block interface{ shown(Media) bool }

// Style says how a text is to be understood, which colours show too.
type Style = term.Style

// The styles.
const (
	Plain  = term.Plain
	Strong = term.Strong // what is to be read first
	Faint  = term.Faint  // what is there for reference
	Good   = term.Good
	Bad    = term.Bad
	Unsure = term.Unsure
)

// Paragraph is text. In JSON the texts of one ID are a list of strings.
type Paragraph struct {
	ID     string // the field in JSON; "": not in JSON
	Style  Style  // of Prefix, or of all where there is none
	Prefix string // such as "warning: "
	Text   string
	In     Media
}

// Note returns a paragraph about what limits the results.
func Note(text string) Paragraph {
	return Paragraph{ID: "notes", Style: Strong, Prefix: "note: ", Text: text}
}

// Warning returns a paragraph about why results may be wrong.
func Warning(text string) Paragraph {
	return Paragraph{ID: "warnings", Style: Bad, Prefix: "warning: ", Text: text}
}

// Table is rows below headings. In JSON it is a list of objects, whose fields
// are the columns with a Key; tables of one ID are one list.
type Table struct {
	ID      string // the field in JSON; "": not in JSON
	Title   string
	Note    string // below the table; a paragraph a line
	Columns []Column
	// Rows hold a cell for each column: a string, an int, a float64 in the
	// column's unit, an Estimate, a Styled, or nil for a blank. A cell of a
	// column that is in JSON only may be anything that has a form in JSON.
	Rows [][]any
	In   Media
}

// Column describes the cells below one heading.
type Column struct {
	Key    string       // the field in JSON; dots nest: "a.server"; "": not in JSON
	Head   string       // lines apart by \n; a renderer adds the unit; "": the unit's name
	Name   string       // what the column is called where it has no room; "": Head
	Unit   results.Unit // of numbers
	Digits int          // significant ones; 0: three. Of a Ratio, decimals
	Group  bool         // a value is shown in the first of the rows that share it
	Bounds string       // heading of the intervals in figures; "": not shown
	Draw   Drawn
	Full   float64     // where bars end; 0: at the greatest value
	Scale  *term.Scale // of Spans; nil: one of ratios that holds them all
	// Drop orders the columns that text leaves out where the width is not
	// enough: 1 first. Those of 0 stay. Bounds follow, drawings last.
	Drop  int
	Least int // width down to which text folds words; 0: they are not folded
	In    Media
}

// Drawn is how values are drawn beside their figures.
type Drawn int

// The drawings.
const (
	NotDrawn Drawn = iota
	Bars           // lengths from 0
	Spans          // values and intervals on a logarithmic scale
)

// Estimate is a value and the interval that it is in, as far as that is known.
type Estimate struct {
	Value    float64
	Interval *stat.Interval // nil: not known
	N        int            // values it was made of; shown in place of an interval that is not known
	Band     *stat.Interval // drawn behind it in HTML: the noise floor; nil: not known
	Style    Style          // of the drawing
}

// Styled is text in a style.
type Styled struct {
	Text  string
	Style Style
}

// Values are single numbers and texts by name. In JSON each Key is a field of
// the document, or of the object ID.
type Values struct {
	ID    string
	Title string
	List  []Value
	In    Media
}

// Value is one of Values. Without a Name it is in JSON only, without a Key
// everywhere else.
type Value struct {
	Key, Name string
	Unit      results.Unit
	Cell      any // as in a Table
}

// Figure is plots that tell one thing. The numbers behind them are folded in
// HTML; other output has them like any Table.
type Figure struct {
	Title, Note string
	Commands    []string // that measure it again
	Plots       []Plot
	Numbers     *Table
}

// Plot is a drawing of package plot.
type Plot struct {
	Name string // of its file, less the ending
	SVG  []byte
}

// Drawing is an SVG of another program, from which HTML removes what could run
// or load something.
type Drawing struct {
	Title string
	File  string // where it is, too
	SVG   []byte
}

// Shell is lines for a shell, to be copied.
type Shell struct {
	Title string
	Lines []Line
	In    Media
}

// Line is a command line and what it is for.
type Line struct{ Name, Command string }

func (b Paragraph) shown(m Media) bool { return b.In.has(m) && (m != JSON || b.ID != "") }
func (b Table) shown(m Media) bool {
	return b.In.has(m) && (m == JSON && b.ID != "" || m != JSON && len(b.Rows) > 0)
}
func (b Values) shown(m Media) bool  { return b.In.has(m) }
func (b Figure) shown(m Media) bool  { return m == HTML || b.Numbers != nil && b.Numbers.shown(m) }
func (b Drawing) shown(m Media) bool { return m == HTML }
func (b Shell) shown(m Media) bool   { return b.In.has(m) && m != JSON && len(b.Lines) > 0 }

// blocks returns those that are shown in one kind of output.
func (s Section) blocks(m Media) (list []Block) {
	for _, b := range s.Blocks {
		if !b.shown(m) {
			continue
		}
		if f, ok := b.(Figure); ok && m != HTML {
			b = *f.Numbers
		}
		list = append(list, b)
	}
	return list
}
