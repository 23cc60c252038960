package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// Version is that of the fields of JSON documents: it changes when one is
// renamed, taken away or given another meaning, not when one is added.
const Version = 1

// Head begins every JSON document of wsbench.
type Head struct {
	Command string            `json:"command"`
	Version int               `json:"version"`
	Host    map[string]string `json:"host"`
}

// NewHead is that of a command's document, with the host's facts by name.
func NewHead(command string, facts []lab.Fact) Head {
	h := Head{command, Version, map[string]string{}}
	for _, f := range facts {
		if f.Value != "" {
			h.Host[factName(f.Key)] = f.Value
		}
	}
	return h
}

// factName is a key of the file configuration as the name of a field.
func factName(key string) string { return strings.ReplaceAll(key, "-", "_") }

// Reason is why something named has no sample, as a document has it.
type Reason struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Reasons is list as documents have it.
func Reasons(list []lab.Reason) []Reason {
	out := []Reason{}
	for _, r := range list {
		out = append(out, Reason{r.Name, r.Text})
	}
	return out
}

// Remarks is what limits results: never nil, so that a reader finds lists.
type Remarks struct {
	Interrupted string   `json:"interrupted"` // how far the session came; "": to its end
	LeftOut     []Reason `json:"left_out"`
	Skipped     []Reason `json:"skipped"`
	Notes       []string `json:"notes"`
	Warnings    []string `json:"warnings"`
}

func remarks(res *lab.Results) Remarks {
	r := Remarks{res.Interrupted, Reasons(res.LeftOut), Reasons(res.Skipped), append([]string{}, res.Notes...), []string{}}
	for _, w := range res.Warnings {
		r.Warnings = append(r.Warnings, w.Error())
	}
	return r
}

// Server names a variant.
type Server struct {
	Server string `json:"server"`
	IO     string `json:"io"` // "": of another than wsbench's
	// Observer is the program that watched it; "": none.
	Observer string `json:"observer"`
}

// ServerOf names v as documents do.
func ServerOf(v lab.Variant) Server { return Server{v.Server, v.IO, v.Observer} }

// Source is the commit that a server's program was built from.
type Source struct {
	Name     string  `json:"name"`   // the server's keys in benchmarks' names, or components
	Commit   *string `json:"commit"` // nil: not known
	Modified *bool   `json:"modified"`
	Reason   string  `json:"reason"` // why it is not known
}

func sources(res *lab.Results) []Source {
	out := []Source{}
	for _, s := range res.Sources {
		d := Source{Name: s.Name, Reason: s.Reason}
		if s.Commit != "" {
			d.Commit = &s.Commit
		}
		if modified, err := strconv.ParseBool(s.Modified); err == nil {
			d.Modified = &modified
		}
		out = append(out, d)
	}
	return out
}

// otherSources lists, by label, what was built from another source than the
// wsbench that measured it.
func otherSources(res *lab.Results) (list []results.NamedSource) {
	for _, s := range res.Sources {
		s.Name = strings.TrimSuffix(lab.LabelOf(s.Name), " A/A")
		if s.Source != res.Source() && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// Load is a case.
type Load struct {
	Conns int `json:"conns"`
	Size  int `json:"size_octets"`
	Depth int `json:"depth"`
}

// Interval is one of a median; Level its confidence.
type Interval struct {
	Lo    float64 `json:"lo"`
	Hi    float64 `json:"hi"`
	Level float64 `json:"level"`
}

// Comparison is a variant beside the reference under one case.
type Comparison struct {
	Server
	Load
	Blocks      int       `json:"blocks"`
	Ratio       float64   `json:"ratio"`
	Interval    *Interval `json:"interval"` // nil: too few blocks
	P           *float64  `json:"p"`
	Adjusted    *float64  `json:"p_adjusted"`
	Verdict     string    `json:"verdict"`
	Percent     *float64  `json:"verdict_percent"`
	Text        string    `json:"verdict_text"`
	WithinNoise bool      `json:"within_noise"`
}

var verdicts = map[lab.Kind]string{lab.Faster: "faster", lab.Slower: "slower", lab.NoDifference: "no_difference", lab.Underpowered: "underpowered"}

func comparisons(list, aa []lab.Comparison) []Comparison {
	out := []Comparison{}
	for _, d := range list {
		c := Comparison{
			Server: ServerOf(d.Variant), Load: Load(d.Case), Blocks: d.N, Ratio: d.Ratio,
			P: finite(d.P), Adjusted: finite(d.Adjusted), Verdict: verdicts[d.Verdict.Kind], Text: d.Verdict.String(),
			WithinNoise: withinNoise(d, aa),
		}
		if d.HasCI {
			c.Interval = &Interval{d.Interval.Lo, d.Interval.Hi, d.Interval.Level}
		}
		if d.Verdict.Kind == lab.NoDifference || d.Verdict.Kind == lab.Underpowered {
			c.Percent = finite(d.Verdict.Percent)
		}
		out = append(out, c)
	}
	return out
}

// finite is v, or nil where JSON has no such number.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// head is that of a results file.
func head(command string, res *lab.Results) Head {
	var facts []lab.Fact
	for key, value := range res.Config {
		if key != "pkg" { // of some lines only
			facts = append(facts, lab.Fact{Key: key, Value: value})
		}
	}
	return NewHead(command, facts)
}

// withoutBadValues takes out what JSON cannot hold.
func withoutBadValues(values map[string]float64) map[string]float64 {
	out := map[string]float64{}
	for unit, v := range values {
		if finite(v) != nil {
			out[unit] = v
		}
	}
	return out
}
