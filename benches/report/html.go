package report

import (
	"embed"
	"fmt"
	"html/template"
	"io"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/report/plot"
)

//go:embed page
var pageFiles embed.FS

var pageTemplate = template.Must(template.ParseFS(pageFiles, "page/page.html"))

// Generator marks a page as one that may be written over.
const Generator = "wsbench report"

// whole is what the template takes.
type whole struct {
	Generator, Title, Host string
	Facts                  []fact
	Remarks                []shownRemark
	Sections               []section
	Empty                  bool
	Style                  template.CSS
	Script                 template.JS
}

// fact is one of the host or session.
type fact struct{ Name, Value string }

// shownRemark has its kind as a class: warning or note.
type shownRemark struct{ Kind, Text string }

// PageHTML writes the page: one file that needs no other, and no network.
func PageHTML(w io.Writer, p Page) error {
	if p.Results == nil {
		p.Results = &lab.Results{}
	}
	res := p.Results
	style, err := pageFiles.ReadFile("page/style.css")
	if err != nil {
		return err
	}
	script, err := pageFiles.ReadFile("page/script.js")
	if err != nil {
		return err
	}
	return pageTemplate.Execute(w, whole{
		Generator: Generator, Title: title(res), Host: hostLine(res), Facts: facts(res), Remarks: pageRemarks(res), Sections: p.sections(),
		Empty:  len(res.Samples)+len(res.Conns)+len(res.Components)+len(p.Profiled) == 0,
		Style:  template.CSS(plot.Variables() + plot.Style() + string(style)),
		Script: template.JS(script),
	})
}

// title tells what was measured, and when.
func title(res *lab.Results) string {
	t := "wsbench"
	switch {
	case len(res.Samples) > 0:
		t += ": echo matrix"
	case len(res.Conns) > 0:
		t += ": idle connections"
	case len(res.Components) > 0:
		t += ": benchmarks"
	}
	if date := res.Config["date"]; date != "" {
		t += ", " + date
	}
	return t
}

// hostLine is the host in one line.
func hostLine(res *lab.Results) string {
	c := res.Config
	var parts []string
	add := func(format, value string) {
		if value != "" {
			parts = append(parts, fmt.Sprintf(format, value))
		}
	}
	add("%s", c["cpu"])
	add("%s CPUs", c["cpus"])
	if c["goos"] != "" {
		add("%s", c["goos"]+"/"+c["goarch"])
	}
	add("kernel %s", c["kernel"])
	return strings.Join(parts, ", ")
}

// facts are what else decides the numbers; what is not known is left out.
func facts(res *lab.Results) (list []fact) {
	for _, f := range []fact{
		{"virtualisation", "virt"}, {"governor", "governor"}, {"mitigations", "mitigations"}, {"control group", "cgroup"}, {"CPU quota", "cpu-quota"},
		{"server on CPU", "server-cpu"}, {"generator on CPU", "load-cpu"}, {"Go", "go"}, {"seed", "seed"},
	} {
		if v := res.Config[f.Value]; v != "" {
			list = append(list, fact{f.Name, v})
		}
	}
	if res.Config["commit"] != "" {
		list = append(list, fact{"commit", res.Source().String()})
	}
	for _, s := range otherSources(res) {
		list = append(list, fact{"commit of " + s.Name, s.Source.String()})
	}
	if n := len(res.Samples); n > 0 {
		list = append(list, fact{"samples", fmt.Sprintf("%d, and %d turns left out", n, len(res.LeftOut))})
	}
	return list
}

// pageRemarks are the warnings and notes, warnings first.
func pageRemarks(res *lab.Results) (list []shownRemark) {
	_, aa := res.Compare()
	all := append(warnings(res), noisy(aa)...)
	for _, kind := range []string{"warning", "note"} {
		for _, r := range all {
			if strings.HasPrefix(strings.ToLower(r.prefix), kind) {
				list = append(list, shownRemark{kind, r.text})
			}
		}
	}
	return list
}
