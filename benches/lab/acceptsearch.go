package lab

import (
	"context"
	"fmt"
	"math"
	"time"
)

const (
	// SearchFrom is the rate that a search begins at, per second, and whose 99th
	// percentile others are compared with.
	SearchFrom = 25
	// mostSearched is the highest rate that a search asks for.
	mostSearched = 25_600
	// searchStep is by what the two rates differ that a search ends between.
	searchStep = 1.1
	// searchRequests is how many requests a step has at least, so that a 99th
	// percentile is of some.
	searchRequests = 100
	// restLimit bounds the wait for a server to come to rest between two steps.
	restLimit = 10 * time.Second
)

// search finds the rate from which the 99th percentile rises. A step that has risen
// is taken again, and has only risen if it does so twice: what happens once may be
// interference.
func (c *acceptClient) search(ctx context.Context, window time.Duration) (Outcome, error) {
	base, err := c.step(ctx, SearchFrom, window)
	if err != nil {
		return Outcome{}, err
	}
	least := base.p99()
	out := Outcome{Messages: base.count.done.Load(), Values: map[string]float64{"base-p99-ns": least}}
	if risen := c.probe.Rise * least; risen >= float64(c.probe.Drain) {
		// Requests that are given up may have waited for so long only.
		out.Discard = fmt.Sprintf("p99 is %.1f ms at %d requests/s already, and would not be seen to rise to %.1f ms: give the server more CPU, or -drain more time", least/1e6, SearchFrom, risen/1e6)
		return out, nil
	}
	low, high, err := rising(SearchFrom, func(rate int) (bool, error) {
		for range 2 {
			l, err := c.step(ctx, rate, window)
			if err != nil {
				return false, err
			}
			if out.Messages += l.count.done.Load(); l.lacking() != "" {
				out.Discard = l.lacking()
			}
			if l.p99() <= c.probe.Rise*least {
				return false, nil
			}
		}
		return true, nil
	})
	switch {
	case err != nil:
		return Outcome{}, err
	case high == 0:
		out.Notes = []string{fmt.Sprintf("p99 of %s has not risen up to %d requests/s, the most that a search asks for", c.process.Server.Key.Label(), low)}
		return out, nil
	}
	out.Values["knee/s"], out.Values["below-knee/s"] = float64(high), float64(low)
	return out, nil
}

// rising returns two rates, searchStep apart or nearer, at the lower of which the
// latency has not risen, and at the higher it has. It doubles the rate until it has
// risen, and then halves the gap, in ratios. A higher rate of 0 is none, up to
// mostSearched.
func rising(from int, risen func(rate int) (bool, error)) (low, high int, err error) {
	low, high = from, from
	for up := false; !up; {
		if low = high; low >= mostSearched {
			return low, 0, nil
		}
		high = 2 * low
		if up, err = risen(high); err != nil {
			return low, high, err
		}
	}
	for float64(high) > searchStep*float64(low) && high-low > 1 {
		middle := int(math.Round(math.Sqrt(float64(low) * float64(high))))
		up, err := risen(middle)
		switch {
		case err != nil:
			return low, high, err
		case up:
			high = middle
		default:
			low = middle
		}
	}
	return low, high, nil
}

// step has requests sent at a rate, and waits until the server is at rest.
func (c *acceptClient) step(ctx context.Context, rate int, window time.Duration) (*acceptLoad, error) {
	l := c.load(rate, max(window, searchRequests*time.Second/time.Duration(rate)))
	if err := l.run(ctx, newAcceptSeries(c, l)); err != nil {
		return nil, err
	}
	if l.latency.TotalCount() == 0 {
		return nil, l.wrong
	}
	return l, c.rest(ctx)
}

// p99 returns the 99th percentile, ns.
func (l *acceptLoad) p99() float64 { return float64(l.latency.ValueAtQuantile(99)) }

// rest waits until the server uses next to no CPU time.
func (c *acceptClient) rest(ctx context.Context) error {
	const slice = 20 * time.Millisecond
	s := newAcceptSeries(c, c.load(1, time.Second))
	if s.failed != nil {
		return s.failed
	}
	for end := time.Now().Add(restLimit); time.Now().Before(end); {
		before := s.cpu
		if err := sleep(ctx, slice); err != nil {
			return err
		}
		var err error
		if s.cpu, err = s.clock.Read(); err != nil || s.cpu-before < slice/10 {
			return err
		}
	}
	return nil
}
