package lab

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/load"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

// Rate is how many messages are sent per second, whatever the servers do (an open
// loop). The zero Rate is none: a message follows upon the echo of the one before.
type Rate struct {
	PerSecond float64
	Share     float64 // of what the first server echoes in a closed loop, instead of PerSecond
}

// ParseRate reads messages per second, or a share such as 50%.
func ParseRate(s string) (Rate, error) {
	number, share := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case err != nil || !(v > 0) || !share && v > load.MaxRate:
		return Rate{}, fmt.Errorf("%q: want messages per second, above 0 to %g, or a share of the first server's capacity such as 50%%", s, load.MaxRate)
	case share && v > 100:
		return Rate{}, fmt.Errorf("%q: want 100%% at most: the first server does not keep more", s)
	case share:
		return Rate{Share: v / 100}, nil
	}
	return Rate{PerSecond: v}, nil
}

// of returns the rate under a case in whole messages per second; capacity is
// what the first server echoes.
func (r Rate) of(capacity float64) int {
	v := r.PerSecond
	if r.Share > 0 {
		v = r.Share * capacity
		digits := math.Pow(10, math.Floor(math.Log10(v))-2) // three of a share
		v = math.Round(v/digits) * digits
	}
	return max(1, int(math.Round(v)))
}

// rateGrace is how long after its window a run waits for echoes of messages that
// were due in it.
const rateGrace = 250 * time.Millisecond

// mostBehind is how many runs on end a server may fail to keep the rate.
const mostBehind = 5

// keepsRate returns an error once the server did not keep the rate of a case for
// mostBehind runs on end, those aside that were harmed: at less work than the
// others its costs compare with nothing. behind says how it did not in this run;
// nil: it did.
func (p *Process) keepsRate(c results.Case, behind error, harmed bool) error {
	k := alike{p.Server.Key.Unobserved(), p.observer, c}
	switch {
	case harmed:
		return nil
	case behind == nil:
		delete(p.stage.behind, k)
		return nil
	}
	if p.stage.behind[k]++; p.stage.behind[k] < mostBehind {
		return nil
	}
	return fmt.Errorf("it does not keep the rate, %d runs on end: %w", mostBehind, behind)
}

// busyGenerator returns the note, once for a case, that the generator kept the
// rate with no time to spare.
func (s *Stage) busyGenerator(c results.Case, busy float64) []string {
	if s.busy[c] {
		return nil
	}
	s.busy[c] = true
	return []string{fmt.Sprintf("case %s: the generator kept the rate, but was busy %.0f %% of the time: latencies hold its own delays; CPU time per message does not", c, 100*busy)}
}

// leastDue is how many messages have to be due in a run.
const leastDue = 10

// Due returns an error if fewer messages than a run needs are due in one of a
// window at perSecond.
func Due(perSecond float64, window time.Duration) error {
	if due := perSecond * window.Seconds(); due < leastDue {
		return fmt.Errorf("%.3g messages are due in a run of %v; want %d at least: raise -rate or -for", due, window, leastDue)
	}
	return nil
}

// setRates gives each case the session's rate. What the first server echoes is
// measured for that where the rate is a share of it; a case without is left out.
func (s *Session) setRates(ctx context.Context) error {
	if s.Rate == (Rate{}) {
		return nil
	}
	of := func(results.Case, int) (int, error) { return s.Rate.of(0), nil }
	if s.Rate.Share > 0 {
		stage := NewStage(s.Plan, s.place)
		defer stage.Close()
		first := s.Plan.Servers[0].Key.Label()
		s.Progress.Phase("measuring what %s echoes", first)
		if err := stage.Start(ctx, 0); err != nil {
			return fmt.Errorf("%s: %w", first, err)
		}
		of = func(c results.Case, i int) (int, error) { return s.shareOf(ctx, stage, c, i) }
	}
	var cases []results.Case
	for i, c := range s.Plan.Cases {
		rate, err := of(c, i)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			if err := s.skip("BenchmarkEcho/"+string(c), err.Error()); err != nil {
				return err
			}
			continue
		}
		cases = append(cases, c.With(results.KV{Key: "rate", Value: strconv.Itoa(rate)}))
	}
	if cases == nil {
		return errors.New("no case is left to be measured at a rate: see what was skipped")
	}
	s.Plan.Cases = cases
	return nil
}

// shareOf returns the session's share of what the first server echoes under case c,
// whose index is i.
func (s *Session) shareOf(ctx context.Context, stage *Stage, c results.Case, i int) (int, error) {
	capacity, err := stage.capacity(ctx, i)
	first := s.Plan.Servers[0].Key.Label()
	if err != nil {
		return 0, fmt.Errorf("what %s echoes is not known, for -rate to be a share of it: %w", first, err)
	}
	rate := s.Rate.of(capacity)
	if err := Due(float64(rate), s.Plan.Window); err != nil {
		return 0, fmt.Errorf("at %.3g %% of the %.0f msg/s that %s echoes in a closed loop %w", 100*s.Rate.Share, capacity, first, err)
	}
	return rate, s.note(fmt.Sprintf("case %s: %d msg/s are sent, %.3g %% of the %.0f msg/s that %s echoes in a closed loop", c, rate, 100*s.Rate.Share, capacity, first))
}

// capacityTime is how long the runs of a case are that tell what a server echoes.
var capacityTime = 2 * time.Second

// capacity measures what server 0 echoes per second under case c.
func (s *Stage) capacity(ctx context.Context, c int) (float64, error) {
	if err := s.Connect(ctx, 0, c); err != nil {
		return 0, err
	}
	var runs []Outcome
	for n := max(5, int(capacityTime/s.Plan.Window)); len(runs) < n; {
		out, err := s.Run(ctx, 0, Block{Case: s.Plan.Cases[c], CaseIndex: c})
		if err != nil {
			return 0, err
		}
		runs = append(runs, out)
	}
	return capacityOf(runs)
}

// capacityOf returns the median msg/s of runs: of those that were not discarded, if
// there are any.
func capacityOf(runs []Outcome) (float64, error) {
	var kept, all []float64
	for _, out := range runs {
		v := out.Values["msg/s"]
		if !(v > 0) {
			continue
		}
		if all = append(all, v); out.Discard == "" {
			kept = append(kept, v)
		}
	}
	switch {
	case len(kept) > 0:
		return stat.Median(kept), nil
	case len(all) > 0:
		return stat.Median(all), nil
	}
	return 0, errors.New("no message came back")
}
