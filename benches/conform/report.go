package conform

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Report is results to put in words.
type Report struct {
	Target  string // who was tested
	Results []Result
	// Rerun is the command that plays the case with this id again. nil: there
	// is none.
	Rerun func(id string) string `json:"-"`
}

// Failures is how many cases are not strictly OK.
func (r *Report) Failures() (n int) {
	for i := range r.Results {
		if !r.Results[i].Strict() {
			n++
		}
	}
	return n
}

// tally counts the verdicts of a group.
type tally struct{ cases, strict, ok, nonStrict, informational int }

func (t *tally) add(r *Result) {
	t.cases++
	if r.Strict() {
		t.strict++
	}
	switch closed := r.Close == OK || r.Close == Informational; {
	case !closed:
	case r.Behavior == OK:
		t.ok++
	case r.Behavior == NonStrict:
		t.nonStrict++
	case r.Behavior == Informational:
		t.informational++
	}
}

// WriteText writes a table of the groups, and what is to be said of each case
// that failed.
func (r *Report) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%30s%6s%8s%8s   Autobahn: %s\n", r.Target, "", "cases", "strict", "failed", "ok  non-strict  informational  failed")
	var total tally
	line := func(title string, t tally) {
		failed := t.cases - t.ok - t.nonStrict - t.informational
		fmt.Fprintf(&b, "%-30s%6d%8d%8d%15d%12d%15d%8d\n", title, t.cases, t.strict, t.cases-t.strict, t.ok, t.nonStrict, t.informational, failed)
	}
	for _, g := range groups {
		var t tally
		for i := range r.Results {
			if res := &r.Results[i]; res.Case.Group() == g.Name {
				t.add(res)
				total.add(res)
			}
		}
		if t.cases > 0 {
			line(fmt.Sprintf("%-3s %s", g.Name, g.Title), t)
		}
	}
	line("total", total)
	for i := range r.Results {
		if res := &r.Results[i]; !res.Strict() {
			b.WriteString("\n" + res.Detail())
			if r.Rerun != nil {
				fmt.Fprintf(&b, "%8s%-10s%s\n", "", "rerun", r.Rerun(res.Case.ID))
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

const lineFormat = "%-8s%-8s%-17s%-17s%s\n"

// LineHeading is what stands above the lines of results.
func LineHeading() string {
	return fmt.Sprintf(lineFormat, "case", "strict", "behavior", "closing", "title")
}

// Line is the result in one line.
func (r *Result) Line() string {
	strict := "ok"
	if !r.Strict() {
		strict = "FAILED"
	}
	return fmt.Sprintf(lineFormat, r.Case.ID, strict, r.Behavior, r.Close, r.Case.Title)
}

// Detail is what was expected and what came, in some lines.
func (r *Result) Detail() string {
	var b strings.Builder
	line := func(name, text string) { fmt.Fprintf(&b, "%8s%-10s%s\n", "", name, text) }
	fmt.Fprintf(&b, "%-8s%s\n", r.Case.ID, r.Case.Title)
	line("expected", r.Case.Expected())
	line("came", r.Came)
	line("fault", strings.Join(r.Faults, "; "))
	line("Autobahn", fmt.Sprintf("%s, closing %s", r.Behavior, r.Close))
	return b.String()
}

// WriteJSON writes every result.
func (r *Report) WriteJSON(w io.Writer) error {
	type result struct {
		ID       string   `json:"id"`
		Title    string   `json:"title"`
		Strict   bool     `json:"strict"`
		Faults   []string `json:"faults"`
		Expected string   `json:"expected"`
		Came     string   `json:"came"`
		Behavior Verdict  `json:"behavior"`
		Close    Verdict  `json:"behaviorClose"`
	}
	out := struct {
		Target string   `json:"target"`
		Cases  int      `json:"cases"`
		Failed int      `json:"failed"`
		List   []result `json:"results"`
	}{r.Target, len(r.Results), r.Failures(), []result{}}
	for i := range r.Results {
		res := &r.Results[i]
		out.List = append(out.List, result{
			res.Case.ID, res.Case.Title, res.Strict(), append([]string{}, res.Faults...),
			res.Case.Expected(), res.Came, res.Behavior, res.Close,
		})
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
