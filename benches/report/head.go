package report

import (
	"encoding/json"
	"io"
	"strings"

	"wsbench/benches/results"
)

// Version is that of the fields of JSON documents: it changes when one is
// renamed, taken away or given another meaning, not when one is added.
const Version = 2

// Head begins every JSON document of wsbench.
type Head struct {
	Command string            `json:"command"`
	Version int               `json:"version"`
	Host    map[string]string `json:"host"`
}

// NewHead returns that of a command's document, with the host's facts by name.
func NewHead(command string, facts []results.Fact) Head {
	h := Head{command, Version, map[string]string{}}
	for _, f := range facts {
		if f.Value != "" {
			h.Host[strings.ReplaceAll(f.Key, "-", "_")] = f.Value
		}
	}
	return h
}

// Reason is why something named has no sample, as a document has it.
type Reason struct {
	Name   string `json:"name"`
	Reason string `json:"reason"`
}

// Reasons returns list as documents have it.
func Reasons(list []results.Reason) []Reason {
	out := []Reason{}
	for _, r := range list {
		out = append(out, Reason{r.Name, r.Text})
	}
	return out
}

// WriteJSON writes one document, indented.
func WriteJSON(w io.Writer, document any) error {
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(document)
}
