package report

import (
	"fmt"
	"html/template"
)

// profiles are the flame graphs and the tables a message.
func (d *data) profiles() section {
	if len(d.Profiled) == 0 {
		return section{}
	}
	s := section{ID: "profiles", Title: "Profiles"}
	for _, p := range d.Profiled {
		s.Profiles = append(s.Profiles, d.profiled(p))
	}
	return s
}

// profile is a profile pass on the page.
type profile struct {
	Title, Note, Command string
	Tables               []tableView
	Flame                template.HTML
	FlameFile, FlameNote string
}

func (d *data) profiled(p Profiled) profile {
	v := profile{Title: p.Title, Note: p.Note, Command: p.Command, FlameFile: p.FlameFile}
	for _, t := range p.Tables {
		v.Tables = append(v.Tables, view(t))
	}
	if len(p.Skips) > 0 {
		v.Tables = append(v.Tables, view(skips("Skipped", p.Skips)))
	}
	if p.Flame == nil {
		return v
	}
	svg, err := inline(p.Flame)
	if err != nil {
		v.FlameNote = fmt.Sprintf("the flame graph %s cannot be shown: %v", p.FlameFile, err)
	}
	v.Flame = template.HTML(svg) // inline lets nothing through that runs or loads
	return v
}
