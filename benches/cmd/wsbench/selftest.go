package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/results"
	"wsbench/benches/selftest"
	"wsbench/benches/stat"
)

var selftestExperiment = experiment{
	name: "selftest", summary: "how honest and how sharp comparisons are on this host: false alarms, and what is found", synopsis: "[flags] [FOLDER]", most: 1,
	examples: `  wsbench selftest -time 8m
  wsbench selftest results/latest       # judges a recorded session again`,
	new: newSelftest,
}

// selfTest is one call of wsbench selftest.
type selfTest struct {
	cases, io string
	time      time.Duration
	sessions  int
	live      int // whole sessions

	reference   lab.Server
	cpu         map[results.Case]float64 // of a message to the reference, ns
	lives       []liveSession
	judged      []judged // by unit
	simulated   selftest.Simulated
	simulations []selftest.Simulation
}

// judged is a record by one unit, and what its sub-sessions came to.
type judged struct {
	*selftest.Record
	tallies []selftest.Tally
}

const (
	mostTime = time.Hour // bounds -time
	mostLive = 20        // bounds -live
)

func newSelftest(c *call) body {
	b := &selfTest{}
	c.flags.StringVar(&b.cases, "cases", "100/20,10/16384", "one, two or five cases: "+casesUsage)
	c.flags.StringVar(&b.io, "io", "epoll", "I/O mode of the reference server")
	c.output()
	c.flags.DurationVar(&b.time, "time", 20*time.Minute, "`time` of the session that is recorded")
	c.flags.IntVar(&b.sessions, "sessions", 200, "sub-`sessions` of each length to judge, and simulated ones of each kind of noise")
	c.flags.IntVar(&b.live, "live", 0, "whole `sessions` of five minutes, or of -time, to measure after the record: 5 is usual")
	c.seed("the order of runs, labels and simulated noise are")
	c.folder()
	c.margin()
	c.cpus()
	c.noise()
	return b
}

// check implements body.
func (b *selfTest) check(c *call) (err error) {
	if b.sessions < 1 {
		return fmt.Errorf("-sessions %d: want 1 or more", b.sessions)
	}
	if b.live < 0 || b.live > mostLive {
		return fmt.Errorf("-live %d: want 0 to %d", b.live, mostLive)
	}
	if len(c.operands) > 0 {
		for _, name := range []string{"cases", "io", "time", "live", "o", "server-cpu", "load-cpu", "noise"} {
			if c.given(name) {
				return fmt.Errorf("-%s has no effect on a session that is recorded: leave out the flag or the folder", name)
			}
		}
		return nil
	}
	if b.time < leastTime || b.time > mostTime {
		return fmt.Errorf("-time %v: want %v to %v", b.time, leastTime, mostTime)
	}
	p := &c.session.Plan
	if p.Cases, err = lab.ParseCases(b.cases, 1); err != nil {
		return fmt.Errorf("-cases: %w", err)
	}
	if n := len(p.Cases); selftest.Family%n != 0 || n > selftest.Family/2 {
		return fmt.Errorf("-cases: %d cases do not make a family of %d comparisons: name one, two or five", n, selftest.Family)
	}
	if strings.Contains(b.io, ",") || b.io == "none" {
		return fmt.Errorf("-io: %q is not one I/O mode", b.io)
	}
	p.Servers, err = (&serverFlags{io: b.io}).own()
	p.Probe, p.Warmup, p.Window = lab.Echo{}, lab.Warmup, lab.Window
	return err
}

// run implements body.
func (b *selfTest) run(ctx context.Context, c *call) (*outcome, error) {
	get := b.record
	if len(c.operands) > 0 {
		get = b.read
	}
	res, err := get(ctx, c)
	if err == nil {
		err = b.conclude(ctx, c, res)
	}
	if res == nil {
		return nil, err
	}
	return &outcome{results: res, document: b.document(c.path, res)}, err
}

// conclude measures the live sessions of a record that was made now, and judges all.
// A live session that fails loses nothing of the record.
func (b *selfTest) conclude(ctx context.Context, c *call, res *results.Results) error {
	var failed error
	if len(c.operands) == 0 {
		failed = b.liveSessions(ctx, c)
	}
	if ctx.Err() == nil {
		failed = errors.Join(failed, b.readLive(c.path), b.judge(ctx, c, res))
	}
	if ctx.Err() != nil {
		newProgress(c.stderr).Say("what was recorded can be judged: wsbench selftest %s", filepath.Dir(c.path))
	}
	return failed
}

// read reads the session of a folder, whose margin and seed hold where no others
// are asked for.
func (b *selfTest) read(_ context.Context, c *call) (res *results.Results, err error) {
	if c.path, err = resultsFile(c.operands[0]); err != nil {
		return nil, err
	}
	if res, err = results.Open(c.path); err != nil {
		return nil, err
	}
	if !c.given("margin") {
		c.session.Margin = fmt.Sprint(res.Margin())
	}
	if seed, err := strconv.ParseUint(res.Config["seed"], 10, 64); err == nil && !c.given("seed") {
		c.session.Plan.Seed = seed
	}
	return res, nil
}

// record measures the session.
func (b *selfTest) record(ctx context.Context, c *call) (*results.Results, error) {
	cpu, err := b.costs(ctx, c)
	if err != nil {
		return nil, err
	}
	s := &c.session
	s.Deadline = c.began.Add(b.time)
	b.reference, b.cpu = s.Plan.Servers[0], cpu
	s.Plan.Servers = selftestServers(b.reference, s.Plan.Cases, cpu)
	s.Plan.Longer = max(1, b.time.Minutes()/(selftest.Share(len(s.Plan.Cases))*aimLength.Minutes()))
	return c.measure(ctx, s.Run)
}

// costs returns the CPU time per message of the reference under each case, ns.
func (b *selfTest) costs(ctx context.Context, c *call) (map[results.Case]float64, error) {
	dir, err := os.MkdirTemp("", "wsbench-selftest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s := c.session
	s.Dir, s.Progress = dir, newProgress(c.stderr)
	s.Plan.Rounds = max(3, min(30, int(b.time/time.Second)/len(s.Plan.Cases)))
	s.Progress.Say("measuring the CPU time per message first, in %d rounds", s.Plan.Rounds)
	path, _, err := s.Run(ctx)
	if ctx.Err() != nil {
		return nil, errors.New("interrupted before the session")
	}
	if err != nil {
		return nil, err
	}
	res, err := results.Open(path)
	if err != nil {
		return nil, err
	}
	return messageCosts(res, s.Plan.Cases)
}

// messageCosts returns the median of CPU time per message under each case, of runs
// that were discarded, too.
func messageCosts(res *results.Results, cases []results.Case) (map[results.Case]float64, error) {
	all, medians := map[results.Case][]float64{}, map[results.Case]float64{}
	add := func(s results.Sample) {
		if v := s.Values["cpu-ns/msg"]; v > 0 {
			all[s.Name.Case()] = append(all[s.Name.Case()], v)
		}
	}
	for _, s := range res.Samples {
		add(s)
	}
	for _, d := range res.Discarded {
		add(d.Sample)
	}
	for _, c := range cases {
		if len(all[c]) == 0 {
			return nil, fmt.Errorf("the CPU time per message in case %s could not be measured: try another -cases", c)
		}
		medians[c] = stat.Median(all[c])
	}
	return medians, nil
}

// selftestServers returns the reference, those identical to it, and the slower
// ones; cpu is what a message takes under each case, ns.
func selftestServers(ref lab.Server, cases []results.Case, cpu map[results.Case]float64) []lab.Server {
	list := lab.WithAA([]lab.Server{ref})
	program, flags := ref.Argv[0], []string{"-io", ref.Key.Value("io")}
	for i := len(list); len(list) <= selftest.Family/len(cases); i++ {
		list = append(list, lab.OwnWith(program, selftest.CopyName(i), flags))
	}
	for _, c := range cases {
		for _, share := range selftest.Levels {
			ns := fmt.Sprint(max(1, math.Round(share*cpu[c])))
			s := lab.OwnWith(program, selftest.SlowName(share, c), append(flags[:2:2], "-spin", ns))
			s.Key, s.Case = s.Key+results.Server("/spin="+ns), c
			list = append(list, s)
		}
	}
	return list
}

// judge makes and judges the sub-sessions.
func (b *selfTest) judge(ctx context.Context, c *call, res *results.Results) error {
	margin, err := results.ParseMargin(c.session.Margin)
	if err != nil {
		return err
	}
	how := selftest.Judging{Sessions: b.sessions, Looks: lab.DefaultLooks, Margin: margin, Seed: c.session.Plan.Seed}
	newProgress(c.stderr).Say("judging %d sub-sessions of each length; labels are drawn from -seed %d", how.Sessions, how.Seed)
	b.judged, b.simulations = nil, nil
	for _, unit := range []string{"cpu-ns/msg", "msg/s"} {
		r, err := selftest.Read(res, unit)
		if err != nil {
			return err
		}
		tallies, err := r.Judge(ctx, how)
		if b.judged = append(b.judged, judged{r, tallies}); err != nil {
			return err
		}
	}
	b.simulated = selftest.Simulated{Judging: how, Blocks: 240, Epochs: []int{10, 40}, Spread: math.Sqrt(3.0/4) * b.judged[0].Spread()} // to the mean of two processes
	if b.simulated.Spread == 0 {
		b.simulated.Spread = 0.05
	}
	b.simulations, err = b.simulated.Run(ctx)
	return err
}
