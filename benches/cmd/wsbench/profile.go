package main

import (
	"context"
	"io"

	"wsbench/profiles/attribution"
)

var rulesExperiment = experiment{
	anywhere: true,
	name:     "profile rules", summary: "the rules by which samples belong to components, to copy and extend for -rules",
	examples: "  wsbench profile rules >my.rules\n  wsbench profile -rules my.rules",
	new:      func(*call) body { return rulesPrinter{} },
}

// rulesPrinter is one call of wsbench profile rules.
type rulesPrinter struct{}

func (rulesPrinter) check(*call) error { return nil }

// run implements body.
func (rulesPrinter) run(_ context.Context, c *call) (*outcome, error) {
	_, err := io.WriteString(c.stdout, attribution.DefaultText())
	return nil, err
}
