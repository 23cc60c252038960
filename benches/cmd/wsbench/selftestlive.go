package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/benches/selftest"
)

// liveSession is a whole session of a family of ten comparisons, of which one is with a
// server that is slower by aimShare.
type liveSession struct {
	took             time.Duration
	quiet            bool // run-queue delay and steal are known to be small
	alarm, found, in bool // in: the slow server was compared
}

// liveFolders match those of live sessions in the folder of the record.
const liveFolders = "live-*"

// liveSessions measures whole sessions, into folders beside the record's file.
func (b *selfTest) liveSessions(ctx context.Context, c *call) error {
	for i := range b.live {
		s := c.session
		s.Dir, s.Plan.Rounds, s.Plan.Looks = filepath.Join(filepath.Dir(c.path), fmt.Sprintf("live-%d", i+1)), 0, lab.DefaultLooks
		s.Plan.Servers, s.Plan.Seed = liveServers(b.reference, s.Plan.Cases, b.cpu), s.Plan.Seed+uint64(i)+1
		s.Progress = newProgress(c.stderr)
		s.Progress.Say("live session %d of %d", i+1, b.live)
		s.Deadline = time.Now().Add(min(b.time, aimLength))
		if _, _, err := s.Run(ctx); err != nil {
			return fmt.Errorf("live session %d: %w", i+1, err)
		}
	}
	return nil
}

// liveServers returns ten comparisons: with identical servers, and one with a slow one.
func liveServers(ref lab.Server, cases []results.Case, cpu map[results.Case]float64) []lab.Server {
	all := selftestServers(ref, cases, cpu)
	n := 1 + selftest.Family/len(cases) // the reference and its second process among them
	list := all[:n:n]
	for _, s := range all[n:] {
		if s.Case == cases[0] && s.Key.Value("server") == selftest.SlowName(aimShare, cases[0]) {
			list = append(list, s)
		}
	}
	for i, k := range cases[1:] {
		s := lab.OwnWith(ref.Argv[0], selftest.CopyName(n+i), []string{"-io", ref.Key.Value("io")})
		s.Case = k
		list = append(list, s)
	}
	return list
}

// readLive judges the live sessions beside the record's file.
func (b *selfTest) readLive(record string) error {
	b.lives = nil
	folders, err := filepath.Glob(filepath.Join(filepath.Dir(record), liveFolders))
	if err != nil {
		return err
	}
	for _, dir := range folders {
		res, err := results.Open(filepath.Join(dir, results.BenchFile))
		if err != nil {
			return err
		}
		if len(res.Samples) > 0 && res.Interrupted == "" {
			b.lives = append(b.lives, judgeLive(res))
		}
	}
	return nil
}

// judgeLive judges a session as its report does.
func judgeLive(res *results.Results) (l liveSession) {
	wait, waitKnown := waitShare(res)
	steal, stealKnown := stolen(res)
	l.quiet = waitKnown && stealKnown && wait <= selftest.QuietShare && steal <= selftest.QuietShare
	for _, s := range res.Samples {
		l.took = max(l.took, s.At)
	}
	for _, d := range results.Compare(res.Of("Echo"), "cpu-ns/msg", res.Terms()).Others {
		differs := d.Verdict.Kind == results.Faster || d.Verdict.Kind == results.Slower
		switch {
		case d.Server.Value("spin") == "":
			l.alarm = l.alarm || differs
		default:
			l.in, l.found = true, d.Verdict.Kind == results.Slower
		}
	}
	return l
}

// liveTable returns what live sessions came to.
func (b *selfTest) liveTable() report.Table {
	t := report.Table{ID: "live", Title: fmt.Sprintf("whole sessions, live: families of %d comparisons, one with a server slower by %.0f %%, by CPU time per message", selftest.Family, 100*aimShare),
		Columns: []report.Column{{Key: "host", Head: "host"}, {Key: "sessions", Head: "sessions"}, {Key: "mean_s", Head: "seconds\nto the end"},
			{Key: "alarms", Head: "with false\nalarms"}, {Key: "alarm_share", Head: "share", Unit: shareUnit, Bounds: "interval"},
			{Key: "found", Head: "found"}, {Key: "found_share", Head: "share", Unit: shareUnit, Bounds: "interval"}}}
	for _, quiet := range []bool{true, false} {
		n, alarms, in, found, took := 0, 0, 0, 0, time.Duration(0)
		for _, l := range b.lives {
			if quiet != l.quiet {
				continue
			}
			n, took = n+1, took+l.took
			alarms, in, found = alarms+count(l.alarm), in+count(l.in), found+count(l.found)
		}
		if n > 0 {
			t.Rows = append(t.Rows, []any{hostWords[quiet], n, (took / time.Duration(n)).Seconds(), alarms, rated(selftest.RateOf(alarms, n)), found, rated(selftest.RateOf(found, in))})
		}
	}
	return t
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
