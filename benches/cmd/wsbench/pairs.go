package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

var pairsExperiment = experiment{
	name: "pairs", summary: "what switches save alone, by their microbenchmarks, and what of it arrives in the server", synopsis: "[flags]",
	examples: `  wsbench pairs
  wsbench pairs -only mask,flush -cases 10/20/16,100/16384`,
	new: newPairs,
}

// pairedSession is one call of wsbench pairs.
type pairedSession struct {
	echoSession
	only string
	list []pairing
}

// Of a session by default.
const (
	pairsCases = "100/20,100/16384,10/20/16"
	pairsTime  = 3 * time.Minute
)

func newPairs(c *call) body {
	p := &pairedSession{}
	c.flags.StringVar(&p.only, "only", "", "`switches`, comma-separated, of "+strings.Join(pairedFlags(), ", ")+" (default all); "+unpaired)
	p.register(c)
	c.flags.Lookup("cases").DefValue, p.cases = pairsCases, pairsCases
	c.flags.Lookup("time").DefValue, p.time = pairsTime.String(), pairsTime
	return p
}

// pairedFlags returns the switches that have a microbenchmark.
func pairedFlags() (list []string) {
	for _, s := range switches(pairings) {
		list = append(list, s.name)
	}
	return list
}

// check implements body.
func (p *pairedSession) check(c *call) error {
	if err := p.echoSession.check(c); err != nil {
		return err
	}
	if !c.given("time") && !p.quick {
		p.budget.Total = pairsTime
	}
	p.list = pairings
	if p.only != "" {
		asked := strings.Split(p.only, ",")
		for _, name := range asked {
			if !slices.Contains(pairedFlags(), name) {
				return fmt.Errorf("-only: %q is not one of %s", name, strings.Join(pairedFlags(), ", "))
			}
		}
		p.list = slices.DeleteFunc(slices.Clone(pairings), func(q pairing) bool { return !slices.Contains(asked, q.flag) })
	}
	s := &c.session
	var err error
	if s.Plan.Servers, err = servers(p.list); err != nil {
		return err
	}
	s.Plan.Servers = lab.WithAAOf(s.Plan.Servers, s.Plan.Servers[0])
	budget := lab.DefaultBudget.Micro
	budget.Limit, budget.Packages = p.budget.Total/3, packages(p.list, s.Plan.Cases)
	if s.Plan.Rounds > 0 {
		budget.Count = s.Plan.Rounds
	}
	s.Micro = &budget
	_, err = ownRoot()
	return err
}

// run implements body.
func (p *pairedSession) run(ctx context.Context, c *call) (*outcome, error) {
	if c.session.Plan.Rounds == 0 {
		c.session.Deadline = time.Now().Add(p.budget.Total)
	}
	res, err := c.measure(ctx, c.session.Run)
	if res == nil {
		return nil, err
	}
	section := p.section(res)
	out := &outcome{results: res, document: report.Of(c.name, res, c.path, section)}
	if c.format != jsonFormat {
		all := out.document
		out.page, out.document = &all, report.Parts(c.name, res, c.path, section)
	}
	return out, err
}

// row is a pairing under a case.
type row struct {
	pairing
	c             results.Case
	alone, server results.Saving
}

// rows returns those of which both sides were measured, and names those of which the
// servers alone were.
func (p *pairedSession) rows(res *results.Results) (list []row, lacking []string) {
	byName := map[string][]results.Sample{}
	for _, s := range res.Samples {
		s.Name.Procs = ""
		byName[s.Name.String()] = append(byName[s.Name.String()], s)
	}
	echo := res.Of("Echo")
	of := func(server results.Server, c results.Case) (samples []results.Sample) {
		for _, s := range echo {
			if s.Name.Server() == server && s.Name.Case() == c {
				samples = append(samples, s)
			}
		}
		return samples
	}
	for _, q := range p.list {
		var without []string
		for _, c := range results.Cases(echo) {
			r := row{pairing: q, c: c}
			r.server = results.Saved(of(q.served(echo, q.value), c), of(q.served(echo, q.base), c), "cpu-ns/msg")
			if q.fits(c) {
				r.alone = results.Saved(byName["Benchmark"+q.named(c, q.benchValue)], byName["Benchmark"+q.named(c, q.benchBase)], q.unit)
			}
			switch {
			case r.server.N > 0 && r.alone.N > 0:
				list = append(list, r)
			case r.server.N > 0:
				without = append(without, c.String())
			}
		}
		if without != nil {
			lacking = append(lacking, fmt.Sprintf("-io %s -%s %s under %s", q.io, q.flag, q.value, strings.Join(without, ", ")))
		}
	}
	return list, lacking
}

// served returns the server with a value of the switch: that of defaults, where
// the value is one.
func (q pairing) served(echo []results.Sample, value string) results.Server {
	ref := results.ServerOf(results.Own, q.io)
	with := ref.With(results.KV{Key: q.flag, Value: results.ValueOf(value)})
	if slices.Contains(results.Servers(echo), with) {
		return with
	}
	return ref
}
