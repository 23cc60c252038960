package report

import (
	"encoding/json"
	"io"

	"wsbench/benches/lab"
)

// Matrix is the JSON document of a results file's echo cases.
type Matrix struct {
	Head
	Results     string       `json:"results"` // the file; "" if there is none
	Sources     []Source     `json:"sources"`
	Reference   Server       `json:"reference"`
	Samples     []Sample     `json:"samples"`
	Medians     []Medians    `json:"medians"`
	Comparisons []Comparison `json:"comparisons"`
	Noise       []Comparison `json:"noise_floor"` // the reference's A/A process beside it
	Remarks
}

// Sample is one turn. Values are by unit, as in the results file.
type Sample struct {
	Name string `json:"name"`
	Server
	AA bool `json:"aa"`
	Load
	Block    int                `json:"block"`
	Messages int64              `json:"messages"`
	Values   map[string]float64 `json:"values"`
}

// Medians of a server's samples under one case.
type Medians struct {
	Server
	Load
	Samples int                `json:"samples"`
	Values  map[string]float64 `json:"values"`
}

// NewMatrix makes the document of what the file at path holds.
func NewMatrix(res *lab.Results, path string) *Matrix {
	ref, _ := res.Reference()
	others, aa := res.Compare()
	m := &Matrix{
		Head: head("matrix", res), Results: path, Sources: sources(res), Reference: ServerOf(ref), Samples: []Sample{}, Medians: []Medians{},
		Comparisons: comparisons(others, aa), Noise: comparisons(aa, nil), Remarks: remarks(res),
	}
	for _, s := range res.Samples {
		m.Samples = append(m.Samples, Sample{
			s.Name(), ServerOf(s.Variant), s.Variant.AA, Load(s.Case), s.Block, s.Messages, withoutBadValues(s.Values),
		})
	}
	for _, c := range res.Cases() {
		for _, v := range res.Variants() {
			if n, values := res.Medians(v, c); n > 0 {
				m.Medians = append(m.Medians, Medians{ServerOf(v), Load(c), n, withoutBadValues(values)})
			}
		}
	}
	return m
}

// IdleConns is the JSON document of a results file's idle connections.
type IdleConns struct {
	Head
	Results   string         `json:"results"`
	Sources   []Source       `json:"sources"`
	Samples   []ConnsSample  `json:"samples"`
	Summaries []ConnsSummary `json:"summaries"`
	Remarks
}

// ConnsSample is one process of a server.
type ConnsSample struct {
	Name string `json:"name"`
	Server
	Conns  int                `json:"conns"`
	Values map[string]float64 `json:"values"`
}

// ConnsSummary is the samples of one server.
type ConnsSummary struct {
	Server
	Conns   int               `json:"conns"`
	Samples int               `json:"samples"`
	Values  map[string]Spread `json:"values"`
}

// Spread is the middle and the ends of some samples.
type Spread struct {
	Median float64 `json:"median"`
	Least  float64 `json:"least"`
	Most   float64 `json:"most"`
}

// NewIdleConns makes the document of what the file at path holds.
func NewIdleConns(res *lab.Results, path string) *IdleConns {
	d := &IdleConns{Head: head("conns", res), Results: path, Sources: sources(res), Samples: []ConnsSample{}, Summaries: []ConnsSummary{}, Remarks: remarks(res)}
	for _, s := range res.Conns {
		d.Samples = append(d.Samples, ConnsSample{s.Name(), ServerOf(s.Variant), s.Conns, withoutBadValues(s.Values)})
	}
	for _, s := range res.SummarizeConns() {
		sum := ConnsSummary{ServerOf(s.Variant), s.Conns, s.N, map[string]Spread{}}
		for unit, v := range s.Spread {
			if finite(v.Least) != nil && finite(v.Most) != nil {
				sum.Values[unit] = Spread(v)
			}
		}
		d.Summaries = append(d.Summaries, sum)
	}
	return d
}

// WriteJSON writes one document, indented.
func WriteJSON(w io.Writer, document any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(document)
}
