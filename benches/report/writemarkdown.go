package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"
)

// writeMarkdown writes d as GitHub shows it.
func writeMarkdown(w io.Writer, d Document) error {
	m := &markdown{}
	m.para("# %s", escaped(d.Title))
	m.para("%s", bold(d.Answer))
	first, rest := d.parts()
	m.sections(first)
	for _, line := range factLines(d.Facts) {
		m.para("%s", escaped(line))
	}
	m.sections(rest)
	_, err := io.WriteString(w, m.String())
	return err
}

func (m *markdown) sections(all []Section) {
	for _, s := range all {
		list := s.blocks(Markdown)
		if len(list) > 0 && s.Title != "" && s.In.has(Markdown) {
			m.para("## %s", escaped(s.Title))
		}
		for _, b := range list {
			m.block(b)
		}
	}
}

type markdown struct{ strings.Builder }

// para writes a paragraph, which a blank line ends.
func (m *markdown) para(format string, args ...any) {
	if text := strings.TrimSpace(fmt.Sprintf(format, args...)); strings.Trim(text, "#* ") != "" {
		m.WriteString(text + "\n\n")
	}
}

func (m *markdown) block(b Block) {
	switch b := b.(type) {
	case Paragraph:
		m.para("%s%s", bold(b.Prefix), escaped(b.Text))
	case Table:
		m.table(b)
	case Values:
		m.para("%s", bold(b.Title))
		for _, v := range b.List {
			if v.Name != "" {
				fmt.Fprintf(m, "- %s%s\n", bold(v.Name+": "), escaped(v.written()))
			}
		}
		m.WriteByte('\n')
	case Shell:
		m.para("%s", bold(b.Title))
		for _, l := range b.Lines {
			fmt.Fprintf(m, "    %s\n", strings.Join(strings.Fields(printable(l.Command)), " "))
		}
		m.WriteByte('\n')
	}
}

func (m *markdown) table(b Table) {
	m.para("%s", bold(b.Title))
	s := b.sheet(Markdown)
	var heads, lines []string
	for _, c := range s.Columns {
		heads = append(heads, escaped(c.Head))
		line := "---"
		if c.Numeric {
			line = "---:"
		}
		lines = append(lines, line)
	}
	m.row(heads)
	m.row(lines)
	for _, r := range s.Rows {
		var cells []string
		for _, c := range r.Cells {
			cells = append(cells, escaped(c.Text))
		}
		m.row(cells)
	}
	m.WriteByte('\n')
	for line := range strings.Lines(b.Note) {
		m.para("%s", escaped(line))
	}
}

func (m *markdown) row(cells []string) {
	m.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// bold writes text in bold, and blanks at its end behind that.
func bold(text string) string {
	inner := strings.TrimRight(text, " ")
	if inner == "" {
		return ""
	}
	return "**" + escaped(inner) + "**" + text[len(inner):]
}

// escaped returns s in one line, without what markdown or HTML would take for more
// than text.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(printable(s)), " ") {
		if strings.ContainsRune("\\`*_[]<>|#~&!", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// printable returns s with control characters as question marks.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return '?'
		}
		return r
	}, s)
}
