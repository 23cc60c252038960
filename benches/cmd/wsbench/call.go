package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"time"

	"wsbench/benches/echo"
	"wsbench/benches/host"
	"wsbench/benches/lab"
	"wsbench/benches/load"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// call is one call of an experiment: the flags that experiments share, read
// once, and where output goes.
type call struct {
	name           string
	args           []string
	began          time.Time
	operands       []string // of args
	flags          *flag.FlagSet
	stdout, stderr io.Writer

	outputFlags
	session lab.Session // what the flags for sessions say
	path    string      // of the results file; "": there is none
	page    string      // file of the page; "": none is written

	link host.Link // that the call runs on

	checks []func() error
	before []func(context.Context) error // what a session needs before it begins
}

// sharing registers a flag that experiments share, and what reads it.
func (c *call) sharing(name, usage string, read func(string) error, byDefault string) {
	value := c.flags.String(name, byDefault, usage)
	c.checks = append(c.checks, func() error { return read(*value) })
}

// seed registers -seed; of is what is drawn from it.
func (c *call) seed(of string) {
	c.sharing("seed", "`number` from which "+of+" drawn (default random)", func(s string) (err error) {
		c.session.Plan.Seed, err = parseSeed(s)
		return err
	}, "")
}

// cpus registers -server-cpu and -load-cpu.
func (c *call) cpus() {
	c.sharing("server-cpu", "`CPUs` of the server, such as 0 or 0-1 (default the first)", func(s string) (err error) {
		c.session.ServerCPU, err = cpuFlag("-server-cpu", s)
		return err
	}, "")
	c.sharing("load-cpu", "`CPUs` of the generator (default the next that is no thread of the same core)", func(s string) (err error) {
		c.session.LoadCPU, err = cpuFlag("-load-cpu", s)
		return err
	}, "")
}

// network registers -mtu and -delay.
func (c *call) network() {
	c.flags.IntVar(&c.link.MTU, "mtu", 0, "most `bytes` of a packet, such as 1500, on a loopback interface of the session's own, in a network namespace that ends with it (needs root or unshare -r); nothing else can be reached from there; 0: the host's loopback")
	c.flags.DurationVar(&c.link.Delay, "delay", 0, "with -mtu, `time` by which the kernel delays each packet, one way (needs tc and netem)")
	c.checks = append(c.checks, func() error {
		if c.link.MTU != 0 && c.given("url") {
			return errors.New("-mtu: the server of -url cannot be reached from the session's own network; start it with -server")
		}
		if note := c.link.Note(); note != "" {
			c.session.Notes = append(c.session.Notes, note)
		}
		return c.link.Check()
	})
}

// enter has the call run on its link.
func (c *call) enter() error {
	if err := c.link.Enter(); err != nil {
		segment := load.Segment{Bytes: c.link.MTU - host.Headers, Gap: c.link.Delay}
		return fmt.Errorf("-mtu: %w; or have messages sent in pieces, by -segment %v", err, segment)
	}
	return nil
}

// servers registers -io, -server, -url and -peers, and what belongs to them; io is the default of -io.
func (c *call) servers(io string) *serverFlags {
	f := &serverFlags{}
	f.register(c.flags, io)
	c.keepGoing()
	c.checks = append(c.checks, func() (err error) {
		if f.others.within <= 0 {
			return fmt.Errorf("-start-timeout %v: want more than 0", f.others.within)
		}
		if f.varied != nil && !c.given("io") {
			f.io = echo.IOs()[0]
		}
		c.session.Plan.Servers, err = f.list()
		return err
	})
	c.before = append(c.before, func(ctx context.Context) error {
		list, notes, err := f.peers.build(ctx, c.session.Plan.Servers)
		c.session.Plan.Servers, c.session.Notes = list, append(c.session.Notes, notes...)
		return err
	})
	return f
}

// keepGoing registers -keep-going.
func (c *call) keepGoing() {
	c.flags.BoolVar(&c.session.KeepGoing, "keep-going", false, "go on without servers that do not start or do not echo, instead of ending before the first run")
}

// folder registers -o.
func (c *call) folder() {
	c.sharing("o", "`folder` for the results, without a bench.txt (default results/<UTC time>)", func(dir string) error {
		c.session.Dir = dir
		err := results.CheckFolder(dir)
		if err != nil && dir != "" {
			return fmt.Errorf("-o %s: %w", dir, err)
		}
		return err
	}, "")
}

// rounds registers -rounds.
func (c *call) rounds(byDefault int, usage string) {
	c.flags.IntVar(&c.session.Plan.Rounds, "rounds", byDefault, usage)
	c.checks = append(c.checks, func() error {
		if n := c.session.Plan.Rounds; n < 1 {
			return fmt.Errorf("-rounds %d: want 1 or more", n)
		}
		return nil
	})
}

// margin registers -margin.
func (c *call) margin() {
	c.sharing("margin", "`share` that does not matter: servers that differ by less are equivalent", func(s string) error {
		c.session.Margin = s
		_, err := results.ParseMargin(s)
		return err
	}, "2%")
}

// looks registers -looks.
func (c *call) looks() {
	c.flags.IntVar(&c.session.Plan.Looks, "looks", lab.DefaultLooks, "how often comparisons are judged, each time after twice as much of the session; those decided are measured no further; 1: at the end only, as with fewer than 10 starts of the servers")
	c.checks = append(c.checks, func() error {
		if n := c.session.Plan.Looks; n < 1 || n > lab.MostLooks {
			return fmt.Errorf("-looks %d: want 1 to %d", n, lab.MostLooks)
		}
		return nil
	})
}

// noise registers -noise.
func (c *call) noise() {
	c.sharing("noise", "`share` of a run that server and generator may wait for a CPU, beyond what is usual; a longer wait discards the run; off: none is", func(s string) error {
		if s == "off" {
			c.session.Noise = math.Inf(1)
			return nil
		}
		share, err := results.ParseShare(s)
		if err != nil {
			return fmt.Errorf("-noise %q: want a share of 0 to 1, such as 0.1 or 10%%, or off", s)
		}
		c.session.Noise = share
		return nil
	}, fmt.Sprint(host.DefaultNoise))
}

// check reads the shared flags, up to the first that is wrong.
func (c *call) check() error {
	for _, read := range append(c.checks, c.outputFlags.check) {
		if err := read(); err != nil {
			return err
		}
	}
	return nil
}

// given reports whether the command line has the flag.
func (c *call) given(name string) (found bool) {
	c.flags.Visit(func(f *flag.Flag) { found = found || f.Name == name })
	return found
}

// command returns the command line that asks for the same again.
func (c *call) command() string {
	if c.flags.Lookup("seed") == nil {
		return again(c.args, "wsbench", c.name)
	}
	return remake(c.name, c.args, c.session.Plan.Seed)
}

// compare runs the session that the flags ask for, and shows all of it.
func (c *call) compare(ctx context.Context) (*outcome, error) {
	res, err := c.measure(ctx, c.session.Run)
	if res == nil {
		return nil, err
	}
	return &outcome{results: res, document: report.Of(c.name, res, c.path)}, err
}

// measure lets run carry the session out. Results are nil where it wrote none.
func (c *call) measure(ctx context.Context, run func(context.Context) (path string, tally lab.Tally, err error)) (*results.Results, error) {
	for _, prepare := range c.before {
		if err := prepare(ctx); err != nil {
			return nil, err
		}
	}
	s := &c.session
	s.Command, s.Progress = c.command(), newProgress(c.stderr)
	s.Progress.Say("order drawn from -seed %d", s.Plan.Seed)
	path, tally, err := run(ctx)
	refused := new(lab.Refused)
	if path == "" || errors.As(err, &refused) {
		return nil, err
	}
	c.path, c.page = path, filepath.Join(filepath.Dir(path), report.File)
	res, readErr := results.Open(path)
	return res, errors.Join(sessionError(path, tally, err), readErr)
}

// sessionError returns the error of a session that came to tally and err.
func sessionError(path string, tally lab.Tally, err error) error {
	switch {
	case err != nil:
		return err
	case tally.Failures > 0:
		return fmt.Errorf("%d of the servers or their cases failed; their SKIP lines in %s have the reasons", tally.Failures, path)
	case tally.Samples == 0 && tally.Discarded > 0:
		return statusError{fmt.Errorf("every run was discarded; their DISCARDED lines in %s have the reasons", path), statusUndecided}
	case tally.Samples == 0:
		return errors.New("nothing was measured")
	}
	return nil
}

// show writes the document in the format asked for, and the page, also where
// nobody reads the document.
func (c *call) show(out *outcome) error {
	page := &out.document
	if out.page != nil {
		page = out.page
	}
	for _, d := range []*report.Document{&out.document, page} {
		d.Command, d.Title = c.name, cmp.Or(d.Title, "wsbench "+c.name)
		if out.results != nil {
			d.Interrupted = out.results.Interrupted
		}
	}
	err := c.print(out)
	if c.page == "" {
		return err
	}
	if failed := report.WriteFiles(c.page, *page); failed != nil {
		return errors.Join(err, failed)
	}
	w := c.messages()
	if err != nil {
		w = c.stderr
	}
	fmt.Fprintf(w, "report:  %s\n", c.page)
	return err
}

func (c *call) print(out *outcome) error {
	switch {
	case c.format == htmlFormat: // is the page
		return nil
	case c.format == benchFormat && c.path != "":
		fmt.Fprintf(c.stderr, "samples: %s\n", c.path)
		return copySamples(c.stdout, c.path)
	case c.format == benchFormat:
		return results.Write(c.stdout, out.results)
	}
	return report.Write(c.stdout, out.document, c.format, c.screen(c.stdout))
}

// messages returns where a person reads what is no part of the result: beside a
// text, apart from a document.
func (c *call) messages() io.Writer {
	if c.format == textFormat || c.format == htmlFormat {
		return c.stdout
	}
	return c.stderr
}

// interrupted returns err, or what to say of a call that was ended early.
func (c *call) interrupted(ctx context.Context, res *results.Results, err error) error {
	if ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	text := "interrupted"
	if res != nil && res.Interrupted != "" {
		text += " " + res.Interrupted
	}
	if c.path != "" {
		text += "; what was measured is in " + c.path
	}
	return errors.New(text)
}
