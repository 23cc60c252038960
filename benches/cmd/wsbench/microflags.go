package main

import (
	"context"
	"fmt"

	"wsbench/benches/host"
	"wsbench/benches/micro"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/mask"
	"wsbench/syscalls"
)

// microFlags are what the experiments that time small functions share.
type microFlags struct{ cpus syscalls.CPUs }

func (m *microFlags) register(c *call) {
	c.output()
	c.seed("the order of the variants is")
	c.sharing("pin", "`CPU` to run on, or none (default the first of this process)", m.pin, "")
}

// pin reads -pin, and tries it.
func (m *microFlags) pin(s string) (err error) {
	release := func() {}
	if m.cpus, err = micro.ParsePin(s); err == nil {
		release, err = micro.Pin(m.cpus)
	}
	if err != nil {
		return fmt.Errorf("-pin: %w", err)
	}
	release()
	return nil
}

// measure carries the comparisons out on the CPU of -pin.
func (m *microFlags) measure(ctx context.Context, c *call, list []micro.Comparison) (*results.Results, error) {
	release, err := micro.Pin(m.cpus)
	if err != nil {
		return nil, err
	}
	defer release()
	res := &results.Results{Config: results.FactsOf(m.facts(c)), Command: c.command()}
	return res, micro.Measure(ctx, list, res)
}

// facts returns those of the host and of this call.
func (m *microFlags) facts(c *call) []results.Fact {
	cpus := "any"
	if len(m.cpus) > 0 {
		cpus = m.cpus.String()
	}
	return append(host.Facts(), results.Fact{Key: "bench-cpu", Value: cpus},
		results.Fact{Key: "seed", Value: fmt.Sprint(c.session.Plan.Seed)}, results.Fact{Key: "mask-kernel", Value: mask.Best().String()})
}

// microDocument returns one of small functions: blocks, and what was skipped.
func microDocument(r *results.Results, blocks ...report.Block) report.Document {
	skipped := report.ReasonTable("skipped", r.Skipped, 0)
	skipped.Title = "skipped:"
	return report.Document{Facts: r.Facts(), Sections: []report.Section{{Blocks: append(blocks, skipped)}}}
}

// estimate returns a median and its interval as a cell.
func estimate(e micro.Estimate) report.Estimate {
	return report.Estimate{Value: e.Median, Interval: &e.Interval}
}

// ratios returns a column of paired ratios.
func ratios(key, head string) report.Column {
	return report.Column{Key: key, Head: head, Unit: results.UnitOf("ratio"), Bounds: "interval", Draw: report.Spans}
}
