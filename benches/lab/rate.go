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
// others its costs compare with nothing.
func (p *Process) keepsRate(c results.Case, res *load.Result, harmed bool) error {
	k := alike{p.Server.Key.Unobserved(), p.observer, c}
	switch {
	case harmed:
		return nil
	case !res.Behind():
		delete(p.stage.behind, k)
		return nil
	}
	if p.stage.behind[k]++; p.stage.behind[k] < mostBehind {
		return nil
	}
	return fmt.Errorf("it does not keep the rate, %d runs on end: %w", mostBehind, res.Invalid)
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

// capacityRuns is how many runs of a case tell what a server echoes.
const capacityRuns = 5

// setRates gives each case the session's rate. What the first server echoes is
// measured for that where the rate is a share of it.
func (s *Session) setRates(ctx context.Context) error {
	if s.Rate == (Rate{}) {
		return nil
	}
	capacities := make([]float64, len(s.Plan.Cases))
	if s.Rate.Share > 0 {
		if err := s.capacities(ctx, capacities); err != nil {
			return err
		}
	}
	cases := make([]results.Case, len(capacities))
	for i, c := range s.Plan.Cases {
		rate := s.Rate.of(capacities[i])
		if s.Rate.Share > 0 {
			err := s.note(fmt.Sprintf("case %s: %d msg/s are sent, %.3g %% of the %.0f msg/s that %s echoes in a closed loop", c, rate, 100*s.Rate.Share, capacities[i], s.Plan.Servers[0].Key.Label()))
			if err != nil {
				return err
			}
		}
		cases[i] = c.With(results.KV{Key: "rate", Value: strconv.Itoa(rate)})
	}
	s.Plan.Cases = cases
	return nil
}

// capacities measures what the first server echoes per second under each case.
func (s *Session) capacities(ctx context.Context, perSecond []float64) error {
	stage := NewStage(s.Plan, s.place)
	defer stage.Close()
	first := s.Plan.Servers[0].Key.Label()
	s.Progress.Phase("measuring what %s echoes", first)
	if err := stage.Start(ctx, 0); err != nil {
		return fmt.Errorf("%s: %w", first, err)
	}
	for c, k := range s.Plan.Cases {
		var err error
		if perSecond[c], err = stage.capacity(ctx, c); err != nil {
			return fmt.Errorf("case %s: what %s echoes is not known, for -rate to be a share of it: %w", k, first, err)
		}
	}
	return nil
}

// capacity measures what server 0 echoes per second under case c.
func (s *Stage) capacity(ctx context.Context, c int) (float64, error) {
	if err := s.Connect(ctx, 0, c); err != nil {
		return 0, err
	}
	var rates []float64
	for range capacityRuns {
		out, err := s.Run(ctx, 0, Block{Case: s.Plan.Cases[c], CaseIndex: c})
		if err != nil {
			return 0, err
		}
		if v := out.Values["msg/s"]; v > 0 {
			rates = append(rates, v)
		}
	}
	if len(rates) == 0 {
		return 0, errors.New("no message came back")
	}
	return stat.Median(rates), nil
}
