package lab

import (
	"context"
	"fmt"

	"wsbench/benches/host"
)

// ready starts the servers and opens all connections. A server or a case that
// cannot be had is excluded, in the file, and the others go on.
func (s *Session) ready(ctx context.Context, r *Runner) error {
	limit, err := host.Descriptors()
	if err != nil {
		return err
	}
	tooMany := TooMany(s.Plan.Cases, s.stage.servers(), limit)
	for c, reason := range tooMany {
		if reason == "" {
			continue
		}
		if err := s.skipCase(r, c, reason); err != nil {
			return err
		}
	}
	s.Progress.Phase("starting %d servers", s.stage.servers())
	for v, variant := range s.Plan.Variants {
		s.Progress.Step("starting %s", variant.Label())
		if err := s.begin(ctx, r, v, tooMany); err != nil {
			return err
		}
	}
	return nil
}

// skipCase excludes a case for all variants.
func (s *Session) skipCase(r *Runner, c int, reason string) error {
	k := s.Plan.Cases[c]
	for v := range s.Plan.Variants {
		r.Exclude(v, c)
	}
	name := fmt.Sprintf("BenchmarkEcho/conns=%d/size=%d/depth=%d", k.Conns, k.Size, k.Depth)
	return s.skip(name, reason)
}

func (s *Session) begin(ctx context.Context, r *Runner, v int, tooMany []string) error {
	variant := s.Plan.Variants[v]
	if err := s.stage.Start(ctx, v); err != nil {
		return s.lost(ctx, variant.Prefix(), err, func() { s.excludeAll(r, v) })
	}
	if s.stage.shares(v) == v {
		if err := s.file.Source(variant.keys(), s.stage.actor(v).source()); err != nil {
			return err
		}
	}
	for c, k := range s.Plan.Cases {
		if tooMany[c] != "" {
			continue
		}
		if err := s.stage.Connect(ctx, v, c); err != nil {
			if err := s.lost(ctx, variant.Name(k), err, func() { r.Exclude(v, c) }); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Session) excludeAll(r *Runner, v int) {
	for c := range s.Plan.Cases {
		r.Exclude(v, c)
	}
}

// lost excludes what could not be started or connected, unless the session
// itself is ending.
func (s *Session) lost(ctx context.Context, name string, err error, exclude func()) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	exclude()
	s.fails++
	return s.skip(name, err.Error())
}
