package report

import (
	"strconv"

	"wsbench/benches/lab"
	"wsbench/benches/report/plot"
)

// Whole is the JSON document of all that a page shows.
type Whole struct {
	*Matrix
	CommandLine string            `json:"command_line"` // that measured it; "": not known
	Latency     []Latency         `json:"latency"`
	Conns       []ConnsSample     `json:"conns_samples"`
	Components  []ComponentSample `json:"components"`
}

// Latency is the distribution of a server's samples under one case.
type Latency struct {
	Server
	AA bool `json:"aa"`
	Load
	Messages    int64            `json:"messages"`
	Percentiles map[string]int64 `json:"percentiles_ns"`
	Max         int64            `json:"max_ns"`
}

// ComponentSample is one run of another package's benchmark.
type ComponentSample struct {
	Name       string             `json:"name"`
	Package    string             `json:"package"`
	Iterations int                `json:"iterations"`
	Values     map[string]float64 `json:"values"`
}

// NewWhole makes the document of a page, of the file at path.
func NewWhole(p Page, path string) *Whole {
	res := p.Results
	w := &Whole{Matrix: NewMatrix(res, path), CommandLine: res.Command, Latency: []Latency{}, Conns: NewIdleConns(res, path).Samples, Components: []ComponentSample{}}
	w.Command = "report"
	for _, l := range p.Histograms {
		w.Latency = append(w.Latency, latencyOf(l))
	}
	for _, c := range res.Components {
		w.Components = append(w.Components, ComponentSample{c.FullName(), c.Pkg, c.Iters, withoutBadValues(c.Values)})
	}
	return w
}

func latencyOf(l lab.Latency) Latency {
	out := Latency{Server: ServerOf(l.Variant), AA: l.Variant.AA, Load: Load(l.Case), Messages: l.Hist.TotalCount(), Percentiles: map[string]int64{}, Max: l.Hist.Max()}
	for _, p := range plot.Percentiles {
		out.Percentiles["p"+strconv.FormatFloat(p, 'f', -1, 64)] = l.Hist.ValueAtPercentile(p)
	}
	return out
}
