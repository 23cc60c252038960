package lab

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/load"
	"wsbench/benches/results"
)

// JSON is the probe of the profiles json and json-tls: connections that are kept
// ask GET /json/{count}?m={m}, by load.Pairs in turn. As of other profiles, every
// run has a process of its own.
type JSON struct {
	// Either has the profiles ask servers with and without TLS alike.
	Either bool
}

// Base implements Probe.
func (JSON) Base() string { return "JSON" }

// Fresh implements Probe.
func (JSON) Fresh() bool { return true }

// Open implements Probe. The answers to expect are read from the server anew, and
// their totals checked.
func (j JSON) Open(ctx context.Context, p *Process, c results.Case) (Client, error) {
	profile, err := load.ProfileOf(c.Value("profile"))
	if err != nil {
		return nil, err
	}
	cfg := profile.Config(c.Int("conns"))
	if err := cmp.Or(j.fits(p, profile), p.room(cfg.Conns)); err != nil {
		return nil, err
	}
	cfg.Timeout = openLimitOf(cfg.Conns)
	if cfg.Exchanges, err = p.readJSON(ctx, load.Pairs); err != nil {
		return nil, err
	}
	client, err := openEcho(ctx, p, c, cfg)
	if err != nil {
		return nil, err
	}
	return &profileClient{client}, nil
}

// fits returns why the server is not one for the profile; nil if it is.
func (j JSON) fits(p *Process, profile load.Profile) error {
	switch secure := strings.HasPrefix(p.URL(), "wss:"); {
	case j.Either:
	case profile.TLS && !secure:
		return fmt.Errorf("%s: the server does not speak TLS, which profile %s is for: its address is to begin with wss://", p.URL(), profile.Name)
	case !profile.TLS && secure:
		return fmt.Errorf("%s: the server speaks TLS: profile %s-tls is for that", p.URL(), profile.Name)
	}
	return nil
}

// readJSON has p answer pairs on a connection of their own.
func (p *Process) readJSON(ctx context.Context, pairs []load.Pair) ([]load.Exchange, error) {
	cfg := load.Config{URL: p.URL(), Offer: p.Offer(), Timeout: answerLimit}
	return cfg.ReadJSON(ctx, pairs)
}

// validate implements validator.
func (j JSON) validate(ctx context.Context, p *Process) error {
	profile, err := load.ProfileOf(p.stage.Plan.Cases[0].Value("profile"))
	if err == nil {
		err = j.fits(p, profile)
	}
	if err != nil {
		return err
	}
	if _, err := p.readJSON(ctx, slices.Concat(load.ValidationPairs, load.Pairs)); err != nil {
		return fmt.Errorf("validation: the server does not answer GET /json/{count}?m={m}: %w", err)
	}
	return nil
}
