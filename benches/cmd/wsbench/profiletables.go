package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"wsbench/benches/explain"
	"wsbench/benches/internal/term"
	"wsbench/benches/report"
)

// profileSection is the tables of one server, or of two.
type profileSection struct {
	title  string
	folder string // of the files, below the session's
	file   string // name of the tables there
	flames []string
	tables []explain.Table
}

// profileSections are what an analysis has to show.
func profileSections(a *explain.Analysis) (list []profileSection) {
	for _, c := range a.Comparisons() {
		title := fmt.Sprintf("B = %s against A = %s", c.B.Label(), c.A.Label())
		list = append(list, profileSection{title, c.B.Folder(), "against.txt", []string{"diff.svg"}, a.AgainstTables(c)})
	}
	if a.Against() {
		return list
	}
	for _, s := range a.Subjects {
		list = append(list, profileSection{s.Label(), s.Folder(), "tables.txt", []string{"flame.svg", "offcpu.svg"}, a.Tables(s)})
	}
	return list
}

// profilePage writes sections as text.
func profilePage(w io.Writer, screen term.Screen, list []profileSection) error {
	p := screen.Page()
	for _, s := range list {
		p.Heading(s.title)
		for _, t := range s.tables {
			profileTable(p, t)
		}
	}
	return p.Flush(w)
}

// widestBar is the width of the bars of shares, columns.
const widestBar = 20

// profileDrops orders the columns that a narrow screen has no room for.
var profileDrops = map[string]int{"A/A": 1, "with calls": 2, "wall ns/msg": 3, "errors/msg": 4}

func profileTable(p *term.Page, t explain.Table) {
	p.Heading(t.Title)
	table := &term.Table{}
	for i, head := range t.Head {
		col := term.Column{Head: head, Align: term.Decimal}
		if i == 0 || slices.Contains(t.Words, i) {
			col.Align, col.Least = term.Left, 16
		}
		if i == 0 && head == "function" {
			col.Least = 26
		}
		col.Drop = profileDrops[head]
		table.Columns = append(table.Columns, col)
	}
	if t.Share >= 0 {
		table.Columns = append(table.Columns, term.Column{Name: "bar", Most: widestBar, Least: 6, Drop: 1})
	}
	most := 0.0
	for _, row := range t.Rows {
		most = max(most, share(t, row))
	}
	for _, row := range t.Rows {
		cells := make([]any, 0, len(row)+1)
		for _, c := range row {
			cells = append(cells, verdictCell(c))
		}
		if v := share(t, row); t.Share >= 0 {
			cells = append(cells, term.Bar{Value: v, Full: most, Lo: v, Hi: v})
		}
		table.Row(cells...)
	}
	p.Table(table)
	p.Text(term.Faint, "", t.Note)
}

// share is the row's percent of the whole; 0 where it has none.
func share(t explain.Table, row []string) float64 {
	if t.Share < 0 || t.Share >= len(row) {
		return 0
	}
	v, _ := strconv.ParseFloat(row[t.Share], 64)
	return v
}

// verdictCell colours words that say what is better.
func verdictCell(s string) term.Cell {
	switch s {
	case "more":
		return term.Styled(term.Bad, "%s", s)
	case "less":
		return term.Styled(term.Good, "%s", s)
	}
	return term.Cell{Text: s}
}

// writeTables leaves every section's tables in its folder.
func writeTables(a *explain.Analysis, list []profileSection) error {
	for _, s := range list {
		var b strings.Builder
		if err := profilePage(&b, term.Screen{}, []profileSection{s}); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(a.Dir, s.folder, s.file), []byte(b.String()), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// sectionsOf are the profiles as parts of a document. Text and JSON have them in
// forms of their own.
func sectionsOf(a *explain.Analysis) (list []report.Section) {
	for _, s := range profileSections(a) {
		out := report.Section{Title: s.title, In: report.HTML | report.Markdown}
		for _, t := range s.tables {
			out.Blocks = append(out.Blocks, tableOf(t))
		}
		for _, name := range s.flames {
			if svg, err := os.ReadFile(filepath.Join(a.Dir, s.folder, name)); err == nil {
				out.Blocks = append(out.Blocks, report.Drawing{Title: strings.TrimSuffix(name, ".svg"), File: filepath.Join(s.folder, name), SVG: svg})
			}
		}
		list = append(list, out)
	}
	return list
}

func tableOf(t explain.Table) report.Table {
	out := report.Table{Title: t.Title, Note: t.Note, In: report.HTML | report.Markdown}
	for i, head := range t.Head {
		col := report.Column{Head: head}
		if i == t.Share {
			col.Draw = report.Bars
		}
		out.Columns = append(out.Columns, col)
	}
	for _, r := range t.Rows {
		row := make([]any, len(r))
		for i, c := range r {
			row[i] = c
		}
		if t.Share >= 0 {
			row[t.Share] = share(t, r)
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
