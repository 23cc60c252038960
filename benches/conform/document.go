package conform

// Document is a report as a JSON object.
type Document struct {
	Target string          `json:"target"`
	Name   string          `json:"name"`
	Cases  int             `json:"cases"`
	Failed int             `json:"failed"` // strictly
	NotRun int             `json:"not_run"`
	Groups []DocumentGroup `json:"groups"`
	List   []DocumentCase  `json:"results"`
}

// DocumentGroup counts the verdicts of a group.
type DocumentGroup struct {
	Group  string `json:"group"`
	Title  string `json:"title"`
	Cases  int    `json:"cases"`
	Failed int    `json:"failed"` // strictly
	NotRun int    `json:"not_run"`
	// Autobahn's verdicts.
	OK            int `json:"autobahn_ok"`
	NonStrict     int `json:"autobahn_non_strict"`
	Informational int `json:"autobahn_informational"`
	Wrong         int `json:"autobahn_failed"`
}

// DocumentCase is one result.
type DocumentCase struct {
	ID       string   `json:"id"`
	Title    string   `json:"title"`
	Strict   bool     `json:"strict"`
	NotRun   string   `json:"not_run"` // why; "": it was played
	Faults   []string `json:"faults"`
	Expected string   `json:"expected"`
	Came     string   `json:"came"`
	Behavior Verdict  `json:"autobahn_behavior"`
	Close    Verdict  `json:"autobahn_closing"`
	Took     int64    `json:"took_ns"`
	Rerun    string   `json:"rerun"` // the command; "": there is none
}

// Document returns the report as a JSON object.
func (r *Report) Document() *Document {
	names, list, total := r.byGroup()
	d := &Document{Target: r.Target, Name: r.Name, Cases: len(r.Results), Failed: r.Failures(), NotRun: total.notRun, Groups: []DocumentGroup{}, List: []DocumentCase{}}
	for i, t := range list {
		d.Groups = append(d.Groups, DocumentGroup{
			names[i].Name, names[i].Title, t.cases, t.failed(), t.notRun, t.ok, t.nonStrict, t.informational, t.wrong(),
		})
	}
	for i := range r.Results {
		res := &r.Results[i]
		c := DocumentCase{
			res.Case.ID, res.Case.Title, res.Strict(), res.NotRun, append([]string{}, res.Faults...),
			res.Case.Expected(), res.Came, res.Behavior, res.Close, res.Took.Nanoseconds(), "",
		}
		if r.Rerun != nil {
			c.Rerun = r.Rerun(res.Case.ID)
		}
		d.List = append(d.List, c)
	}
	return d
}
