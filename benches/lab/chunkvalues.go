package lab

import (
	"context"
	"fmt"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/results"
)

// chunkMeasured is one exchange with what the server used for it.
type chunkMeasured struct {
	sent
	server time.Duration           // CPU time
	idle   float64                 // CPU time of the server while it waits, per time
	late   *hdrhistogram.Histogram // ns; nil in mode A

	recvs  float64 // frames per recv of the server; 0: unknown
	waited float64 // share of the exchange; -1: unknown
	harm   string  // why the run is to be discarded
}

// measured does what exchange does, on a connection that is open already, and
// reads the server's clock before and after it, and before and after a time in
// which nothing is sent. Between the two comes the warm-up, on a connection of
// its own, which stays open: a run begins with what the server does warm.
func (c *chunkClient) measured(ctx context.Context) (m chunkMeasured, err error) {
	conn, a, err := c.open(ctx, c.of)
	if err != nil {
		return m, err
	}
	defer conn.close()
	if err := sleep(ctx, c.probe.Idle/4); err != nil { // what opening left is no part of being idle
		return m, err
	}
	began := time.Now()
	used, err := c.used(func() error { return sleep(ctx, c.probe.Idle) })
	if err != nil {
		return m, err
	}
	m.idle = float64(used) / float64(time.Since(began))
	warm, err := c.warmed(ctx)
	if err != nil {
		return m, fmt.Errorf("warm-up: %w", err)
	}
	defer warm.close()
	before := c.process.counts.read()
	m.waited, m.harm, err = c.process.watched(ctx, c.alike(), func() error {
		m.server, err = c.used(func() (err error) {
			m.sent, err = c.send(ctx, conn, c.of, a)
			return err
		})
		return err
	})
	if after := c.process.counts.read(); before != nil && after != nil {
		m.recvs = after.values(before)["frames/recv"]
	}
	m.late = conn.late
	return m, err
}

// alike returns what the runs have in common that are delayed alike: a case has too
// few to tell what is usual.
func (c *chunkClient) alike() results.Case {
	return results.Case("mode=" + c.of.mode + "/shape=" + c.of.shape + "/answer=" + c.of.answer)
}

// warmed returns the connection of a warm-up that has ended.
func (c *chunkClient) warmed(ctx context.Context) (*chunkConn, error) {
	of := c.of.sized(min(max(c.of.frames/5, leastWarm), mostWarm))
	of.mode = Coalesced
	conn, a, err := c.open(ctx, of)
	if err != nil {
		return nil, err
	}
	if _, err := c.send(ctx, conn, of, a); err != nil {
		conn.close()
		return nil, err
	}
	return conn, nil
}

// used returns the CPU time that the server takes during run.
func (c *chunkClient) used(run func() error) (time.Duration, error) {
	before, err := c.clock.Read()
	if err != nil {
		return 0, err
	}
	if err := run(); err != nil {
		return 0, err
	}
	after, err := c.clock.Read()
	return after - before, err
}

// sleep waits for d; the error is ctx's.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// values returns what was measured, per frame.
func (m *chunkMeasured) values(c chunkCase, gap time.Duration) map[string]float64 {
	n := float64(c.frames)
	v := map[string]float64{
		"cpu-ns/frame":     (float64(m.server) - m.idle*float64(m.wall)) / n,
		"idle-ns/s":        m.idle * float64(time.Second),
		"wall-ns/frame":    float64(m.wall) / n,
		"gen-cpu-ns/frame": float64(m.cpu) / n,
		"survey-ns/frame":  surveyed(m.wall, c, gap),
	}
	if m.recvs > 0 {
		v["frames/recv"] = m.recvs
	}
	if m.waited >= 0 {
		v["wait-share"] = m.waited
	}
	if m.late != nil {
		v["late-p50-ns"] = float64(m.late.ValueAtQuantile(50))
		v["late-p99-ns"] = float64(m.late.ValueAtQuantile(99))
		v["late-max-ns"] = float64(m.late.Max())
	}
	return v
}

// surveyed returns the server's cost per frame, ns, by the published formula:
// the time from the first frame to the answer, in mode B less the gaps, unless
// what is left is more than the gaps are.
func surveyed(wall time.Duration, c chunkCase, gap time.Duration) float64 {
	each := float64(wall) / float64(c.frames)
	if rest := each - float64(gap); c.mode == Paced && rest <= float64(gap) {
		return rest
	}
	return each
}

// values returns the floor per frame.
func (f *chunkFloor) values(c chunkCase, gap time.Duration) map[string]float64 {
	n, wall := float64(c.frames), f.wall
	if c.mode == Paced {
		wall -= gap * time.Duration(c.frames-1)
	}
	return map[string]float64{"floor-ns/frame": float64(wall) / n, "sink-cpu-ns/frame": float64(f.reader) / n}
}
