package lab

import (
	"context"
	"errors"
	"slices"

	"wsbench/benches/host"
	"wsbench/benches/results"
)

// startServers starts the servers and opens all connections. A server or a case that
// cannot be had is excluded, in the file, and the others go on.
func (s *Session) startServers(ctx context.Context, r *Runner) error {
	limit, err := host.Descriptors()
	if err != nil {
		return err
	}
	tooMany := TooMany(s.Plan.Cases, s.stage.servers(), limit, s.Plan.Probe.Fresh())
	for c, reason := range tooMany {
		if reason == "" {
			continue
		}
		if err := s.skipCase(r, c, reason); err != nil {
			return err
		}
	}
	for i, server := range s.Plan.Servers {
		for c, k := range s.Plan.Cases {
			if server.Case != "" && server.Case != k {
				r.Drop(i, c)
			}
		}
	}
	if s.Plan.Probe.Fresh() {
		// Every run starts a process; an epoch decides of which code layout.
		r.Restart = func(context.Context) error { s.stage.epoch++; return nil }
		return s.verifyAll(ctx, r)
	}
	s.Progress.Phase("starting %d servers", s.stage.servers())
	if s.Observe == nil { // observers are of one process
		r.Restart = func(ctx context.Context) error {
			s.stage.endAll()
			clear(s.stage.processes)
			s.stage.epoch++
			return s.start(ctx, r)
		}
	}
	return s.start(ctx, r)
}

// start starts the servers that are not excluded, and opens their connections.
func (s *Session) start(ctx context.Context, r *Runner) error {
	for i, server := range s.Plan.Servers {
		s.Progress.Step("starting %s", server.Key.Label())
		if err := s.begin(ctx, r, i); err != nil {
			return err
		}
	}
	return nil
}

// skipCase excludes a case for all servers.
func (s *Session) skipCase(r *Runner, c int, reason string) error {
	for i := range s.Plan.Servers {
		r.Exclude(i, c)
	}
	s.fails++
	return s.skip(s.Plan.Name("", s.Plan.Cases[c]).String(), reason)
}

func (s *Session) begin(ctx context.Context, r *Runner, i int) error {
	if r.unused(i) {
		return nil
	}
	err := s.stage.Start(ctx, i)
	if err == nil && s.stage.epoch == 1 {
		err = s.verify(ctx, i)
	}
	if err != nil {
		return s.refuse(ctx, r, i, err)
	}
	opened := false
	for c := range s.Plan.Cases {
		if r.leaves(i, c) {
			continue
		}
		err := s.stage.Connect(ctx, i, c)
		if errors.Is(err, ErrBeyond) {
			r.Drop(i, c)
			err = nil
		}
		if err == nil {
			opened = true
		} else if err := s.unopened(ctx, r, i, c, opened, err); err != nil {
			return err
		}
	}
	return nil
}

// unopened goes on without case c of server i, which could not be opened, or
// without the server where that ended it. A server that does not answer the first
// of its cases of tiny frames as it is to cannot begin: nothing else verifies it.
func (s *Session) unopened(ctx context.Context, r *Runner, i, c int, opened bool, err error) error {
	if !opened && !s.KeepGoing && s.answersCount() {
		return s.refuse(ctx, r, i, err)
	}
	exclude := func() { r.Exclude(i, c) }
	if fault := new(ServerFault); errors.As(err, &fault) {
		exclude = func() { r.excludeAll(i) }
	}
	return s.lost(ctx, s.Plan.Name(s.Plan.Servers[i].Key, s.Plan.Cases[c]).String(), err, exclude)
}

// answersCount reports whether servers are to answer tiny frames by their number.
func (s *Session) answersCount() bool {
	counts := func(c results.Case) bool { return chunkCaseOf(c).answer == AnswerCount }
	_, chunk := s.Plan.Probe.(*Chunk)
	return chunk && slices.ContainsFunc(s.Plan.Cases, counts)
}

// verifyAll has each server start once before runs that start it anew.
func (s *Session) verifyAll(ctx context.Context, r *Runner) error {
	for i := range s.Plan.Servers {
		if err := s.verify(ctx, i); err != nil {
			if err := s.refuse(ctx, r, i, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// verify has server i echo, unless it is the reference server, which profiles ask too,
// or a second process, or no case of the plan wants echoes.
func (s *Session) verify(ctx context.Context, i int) error {
	if s.answersCount() {
		return nil // Open wants the right answer
	}
	if server := s.Plan.Servers[i]; server.PinsItself && !s.stage.named() || server.Key.AA() || s.stage.shares(i) != i {
		return nil
	}
	return s.stage.verify(ctx, i)
}

// refuse goes on without server i, which cannot begin. Before the first run that
// ends the session, unless it is to keep going or the server is the reference's: not
// every kernel has all of that.
func (s *Session) refuse(ctx context.Context, r *Runner, i int, err error) error {
	server := s.Plan.Servers[i]
	if ctx.Err() == nil && s.stage.epoch == 1 && !s.KeepGoing && !server.PinsItself {
		return errors.Join(&Refused{server.Key.Label(), err}, s.file.Skip(s.Plan.prefix(i), err.Error()))
	}
	return s.lost(ctx, s.Plan.prefix(i), err, func() { r.excludeAll(i) })
}

// started writes what a server that has started was built from, and what it does
// instead of what it was asked for, once.
func (s *Session) started(server Server, p *Process) error {
	key := server.Key.Unobserved()
	if s.sourced[key] {
		return nil
	}
	s.sourced[key] = true
	if n := fallbackNote(server, p.switches); n != "" {
		if err := s.note(n); err != nil {
			return err
		}
	}
	if server.Source != (results.Source{}) {
		return s.file.Source(string(key), server.Source)
	}
	return s.file.Source(string(key), p.source())
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
