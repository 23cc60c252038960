package main

import (
	"context"
	"io"
	"slices"
	"time"

	"wsbench/benches/micro"
)

// A part is one kind of comparison.
type part struct {
	name string
	run  func(c *config, ctx context.Context, p *printer) error
}

var parts = []part{{"mask", (*config).mask}, {"header", (*config).header}, {"echo", (*config).echo}}

func (c *config) compare(ctx context.Context, stdout io.Writer) error {
	began := time.Now()
	p, err := newPrinter(c, stdout)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if !slices.Contains(c.what, part.name) {
			continue
		}
		p.part = part.name
		if err := part.run(c, ctx, p); err != nil {
			return err
		}
	}
	return p.sum(time.Since(began))
}

// plan returns that of the next comparison: each has an order of its own, drawn
// from the seed.
func (c *config) plan(batch time.Duration) micro.Plan {
	c.seed++
	return micro.Plan{Rounds: c.rounds, Seed: c.seed, Batch: batch}
}
