package main

import (
	"context"
	"runtime"
	"strings"

	"wsbench/benches/host"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/mask"
)

var versionExperiment = experiment{
	anywhere: true,
	name:     "version",
	summary:  "the commit and Go version of this wsbench, and what it uses of this CPU",
	synopsis: "[flags]",
	examples: "  wsbench version\n  wsbench version -format json",
	new: func(c *call) body {
		c.formatted("output: text, json ('wsbench help formats' lists its fields) or markdown", []string{textFormat, jsonFormat, mdFormat})
		c.colored()
		return version{}
	},
}

// version is one call of wsbench version.
type version struct{}

func (version) check(*call) error { return nil }

func (version) run(context.Context, *call) (*outcome, error) {
	return &outcome{document: report.Document{Sections: []report.Section{{Blocks: []report.Block{
		report.Values{List: []report.Value{
			{Key: "commit", Name: "commit", Cell: results.OwnSource().String()},
			{Key: "go", Name: "Go", Cell: runtime.Version()},
			{Key: "platform", Name: "platform", Cell: runtime.GOOS + "/" + runtime.GOARCH},
			{Key: "cpu_features", Name: "CPU features", Cell: strings.Join(host.Features(), " ")},
			{Key: "mask_kernel", Name: "unmask kernel", Cell: mask.Best().String()},
		}},
	}}}}}, nil
}
