package main

import (
	"context"
	"fmt"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// maxSettle bounds -settle, so that a session ends.
const maxSettle = 10 * time.Minute

var connsExperiment = experiment{
	name: "conns", summary: "what idle connections cost servers: memory, and CPU time to open", synopsis: "[flags]",
	examples: `  wsbench conns -conns 1000 -rounds 3
  wsbench conns -vary buffers=conn
  wsbench conns -io epoll -server mine='./server -port {port}'`,
	new: newConns,
}

// conns is one call of wsbench conns.
type conns struct {
	conns  int
	settle time.Duration
}

func newConns(c *call) body {
	b := &conns{}
	c.servers("epoll,uring,net").vary(c.flags)
	c.output()
	c.flags.IntVar(&b.conns, "conns", 9000, "connections")
	c.rounds(5, "processes of each server, started one after another")
	c.flags.DurationVar(&b.settle, "settle", time.Second, "`time` a server has to come to rest before its memory is read")
	c.seed("the order of servers is")
	c.folder()
	c.cpus()
	return b
}

// check implements body.
func (b *conns) check(c *call) error {
	switch {
	case b.conns < 1:
		return fmt.Errorf("-conns %d: want 1 or more", b.conns)
	case b.settle < 0 || b.settle > maxSettle:
		return fmt.Errorf("-settle %v: want 0 to %v", b.settle, maxSettle)
	}
	if err := lab.CheckDescriptors(b.conns); err != nil {
		return fmt.Errorf("-conns: %w", err)
	}
	c.session.Plan.Probe, c.session.Plan.Cases = lab.Idle{Settle: b.settle}, []results.Case{results.Case(fmt.Sprintf("conns=%d", b.conns))}
	return nil
}

// run implements body.
func (b *conns) run(ctx context.Context, c *call) (*outcome, error) { return c.compare(ctx) }
