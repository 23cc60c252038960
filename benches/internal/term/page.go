package term

import (
	"fmt"
	"io"
	"strings"
)

// Page collects what is to be written at once.
type Page struct {
	Screen
	b strings.Builder
}

// Page begins one.
func (s Screen) Page() *Page { return &Page{Screen: s} }

// String returns the page as it is written.
func (p *Page) String() string { return p.b.String() }

// Flush writes the page to w and empties it.
func (p *Page) Flush(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	p.b.Reset()
	return err
}

// Line writes a line as it is, however long: such as a command to copy.
func (p *Page) Line(format string, args ...any) {
	p.b.WriteString(strings.TrimRight(p.clean(fmt.Sprintf(format, args...)), " ") + "\n")
}

// indent of the lines after the first of a text.
const indent = 4

// Text folds text to the width, the prefix before it in a style; the lines
// after the first are indented.
func (p *Page) Text(style Style, prefix, text string) {
	p.hang(style, prefix, text, min(indent, p.width()/10))
}

// Item folds text to the width, with name before it and the lines below each
// other, the width of name being that of the name column.
func (p *Page) Item(style Style, name, text string) {
	p.hang(style, name, text, Columns(p.clean(name)))
}

func (p *Page) hang(style Style, prefix, text string, by int) {
	prefix, text = p.clean(prefix), p.clean(text)
	lines := fold(text, p.width()-Columns(prefix), p.width()-by)
	whole := Plain
	if strings.TrimSpace(prefix) == "" {
		whole = style
	}
	for i, line := range lines {
		before := strings.Repeat(" ", by)
		if i == 0 {
			before = p.Paint(style, prefix)
			if line == "" {
				before = p.Paint(style, strings.TrimRight(prefix, " "))
			}
		}
		p.b.WriteString(before + p.Paint(whole, line) + "\n")
	}
}
