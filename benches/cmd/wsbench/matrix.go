package main

import (
	"context"

	"wsbench/benches/lab"
)

var matrixExperiment = experiment{
	name: "matrix", summary: "compare servers over the echo cases, interleaved, with statistics", synopsis: "[flags]",
	examples: `  wsbench matrix -quick
  wsbench matrix -io epoll -server mine='./server -port {port}'
  wsbench matrix -profile echo-ws-limited -c 512,4096
  wsbench matrix -vary buffers=conn,pool -vary flush=frame
  wsbench matrix -io none -server old='./old {port}' -server new='./new {port}' -rounds 40`,
	new: newMatrix,
}

// matrix is one call of wsbench matrix.
type matrix struct {
	echoSession
	named *serverFlags
}

func newMatrix(c *call) body {
	m := &matrix{named: c.servers("epoll,net,raw")}
	m.named.vary(c.flags)
	m.register(c)
	m.microbenchmarks(c)
	c.looks()
	return m
}

// check implements body.
func (m *matrix) check(c *call) error {
	if err := m.echoSession.check(c); err != nil {
		return err
	}
	s := &c.session
	if s.Plan.Rounds == 0 {
		s.Deadline = c.began.Add(m.budget.Total)
	}
	if m.named.varied != nil {
		s.Plan.Servers = lab.WithAAOf(s.Plan.Servers, s.Plan.Servers[0])
	} else {
		s.Plan.Servers = lab.WithAA(s.Plan.Servers)
	}
	return nil
}

// run implements body.
func (m *matrix) run(ctx context.Context, c *call) (*outcome, error) { return c.compare(ctx) }
