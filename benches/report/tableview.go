package report

import (
	"html/template"
	"strconv"
	"strings"
)

// tableView is a table as the page has it.
type tableView struct {
	Title, Note, Command string
	Head                 []string
	Rows                 [][]cell
}

// Heads are the columns' names, each numeric as its column is.
func (t tableView) Heads() []cell {
	list := make([]cell, len(t.Head))
	for i, text := range t.Head {
		list[i] = cell{Text: text, Numeric: len(t.Rows) > 0 && i < len(t.Rows[0]) && t.Rows[0][i].Numeric}
	}
	return list
}

// cell is one of a table. Share is the width of a bar; "": none.
type cell struct {
	Text    string
	Numeric bool
	Share   template.CSS
}

// view is t with its columns of numbers told apart, and shares as bars.
func view(t PageTable) tableView {
	v := tableView{Title: t.Title, Note: t.Note, Command: t.Command, Head: t.Head}
	numeric := numericColumns(t)
	for _, r := range t.Rows {
		row := make([]cell, len(r))
		for i, text := range r {
			row[i] = cell{Text: text, Numeric: i < len(numeric) && numeric[i]}
			if i == t.Bars {
				row[i].Share = share(text)
			}
		}
		v.Rows = append(v.Rows, row)
	}
	return v
}

// numericColumns are those that hold nothing else than numbers, with or
// without a unit.
func numericColumns(t PageTable) []bool {
	var list []bool
	for _, r := range t.Rows {
		for i, text := range r {
			if i == len(list) {
				list = append(list, true)
			}
			list[i] = list[i] && (text == "" || numeric(text))
		}
	}
	return list
}

func numeric(s string) bool {
	s = strings.TrimLeft(s, "+-−±")
	number, rest, spaced := strings.Cut(s, " ")
	if len([]rune(rest)) > 5 && !strings.HasPrefix(rest, "[") && !strings.HasPrefix(rest, "(") {
		return false
	}
	_, err := strconv.ParseFloat(strings.TrimRight(number, "kMG%"), 64)
	return err == nil || !spaced && s == "-"
}

// share is the percentage that text says, as a width of CSS; "" if it says none.
func share(text string) template.CSS {
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")), 64)
	if err != nil {
		return ""
	}
	return template.CSS(strconv.FormatFloat(min(max(v, 0), 100), 'f', 1, 64) + "%")
}
