package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"wsbench/benches/host"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// experiment is a command that measures.
type experiment struct {
	name, summary string
	synopsis      string // what follows the name in the usage line
	examples      string // command lines, below the flags in the help
	operands      int    // arguments that are no flags; a negative number means that many or fewer
	// new registers the flags of one call: those that experiments share by
	// methods of call, its own on call.flags.
	new func(*call) body
}

// body is what one call of an experiment does.
type body interface {
	// check reads the flags' values before anything is measured; an error names
	// the flag that is wrong and says what is wanted.
	check(*call) error
	// run measures. Results that are not nil are shown, whatever the error.
	run(context.Context, *call) (*results.Results, error)
	// view is what becomes of results as a document.
	view(*call, *results.Results) report.Document
}

// command returns the experiment as a subcommand.
func (e experiment) command() command {
	return command{e.name, e.summary, func(args []string, stdout, stderr io.Writer) error {
		return e.call(context.Background(), args, stdout, stderr)
	}}
}

// call carries one call out. An error that ends its ctx early is said to be an
// interruption.
func (e experiment) call(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, b, err := e.parse(args, stdout, stderr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills
	res, err := b.run(ctx, c)
	if res != nil {
		err = errors.Join(c.interrupted(ctx, res, err), c.show(b.view(c, res), res))
	}
	return c.named(err)
}

// parse reads the command line of one call.
func (e experiment) parse(args []string, stdout, stderr io.Writer) (*call, body, error) {
	c := &call{name: e.name, args: args, stdout: stdout, stderr: stderr}
	c.flags = newFlags(e.name, e.synopsis, stdout, e.examples)
	b := e.new(c)
	if err := parseFlags(c.flags, args, e.operands); err != nil {
		return nil, nil, err
	}
	err := c.check()
	if err == nil {
		err = b.check(c)
	}
	if err != nil {
		return nil, nil, usageError{c.named(err).Error()}
	}
	return c, b, nil
}

// call is one call of an experiment: the flags that experiments share, read
// once, and where output goes.
type call struct {
	name           string
	args           []string
	flags          *flag.FlagSet
	stdout, stderr io.Writer

	outputFlags
	session lab.Session // what the flags for sessions say
	path    string      // of the results file that the run wrote; "": none
	// page is the document of the page, where it is another than the one that is
	// printed; nil: the same.
	page *report.Document

	checks []func() error
}

// sharing registers a flag that experiments share, and what reads it.
func (c *call) sharing(name, usage string, read func(string) error, byDefault string) {
	value := c.flags.String(name, byDefault, usage)
	c.checks = append(c.checks, func() error { return read(*value) })
}

// output registers -format and -color.
func (c *call) output() {
	c.outputFlags.register(c.flags)
	c.checks = append(c.checks, c.outputFlags.check)
}

// seed registers -seed; of is what is drawn from it.
func (c *call) seed(of string) {
	c.sharing("seed", "`number` that "+of+" is drawn from (default random)", func(s string) (err error) {
		c.session.Plan.Seed, err = parseSeed(s)
		return err
	}, "")
}

// cpus registers -server-cpu and -load-cpu.
func (c *call) cpus() {
	c.sharing("server-cpu", "`CPUs` of the server, such as 0 or 0-1 (default the first)", func(s string) (err error) {
		c.session.Server, err = cpuFlag("-server-cpu", s)
		return err
	}, "")
	c.sharing("load-cpu", "`CPUs` of the generator (default the next that is no thread of the same core)", func(s string) (err error) {
		c.session.Load, err = cpuFlag("-load-cpu", s)
		return err
	}, "")
}

// servers registers -io and -server; io is the default of -io.
func (c *call) servers(io string) {
	f := &serverFlags{}
	f.register(c.flags, io)
	c.checks = append(c.checks, func() (err error) {
		c.session.Plan.Servers, err = f.variants()
		return err
	})
}

// folder registers -o.
func (c *call) folder() {
	c.sharing("o", "`folder` for the results, without a bench.txt (default results/<UTC time>)", func(dir string) error {
		c.session.Dir = dir
		if dir == "" {
			return nil
		}
		if err := results.CheckFolder(dir); err != nil {
			return fmt.Errorf("-o %s: %w", dir, err)
		}
		return nil
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

// noise registers -noise.
func (c *call) noise() {
	c.flags.Float64Var(&c.session.Noise, "noise", host.DefaultNoise, "`share` of a run that server and generator may wait for a CPU, beyond what is usual; a longer wait discards the run's block")
	c.checks = append(c.checks, func() error {
		if n := c.session.Noise; !(n >= 0) {
			return fmt.Errorf("-noise %v: want a share of 0 or more", n)
		}
		return nil
	})
}

// check reads the shared flags, up to the first that is wrong.
func (c *call) check() error {
	for _, read := range c.checks {
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

// measure runs the session that the flags ask for. Results are nil where it
// wrote none.
func (c *call) measure(ctx context.Context) (*results.Results, error) {
	c.follow()
	path, tally, err := c.session.Run(ctx)
	if c.path = path; path == "" {
		return nil, err
	}
	res, readErr := results.Open(path)
	return res, errors.Join(sessionError(path, tally, err), readErr)
}

// follow prepares the session to say how far it is, and writes its seed.
func (c *call) follow() {
	s := &c.session
	s.Command, s.Progress = c.command(), newProgress(c.stderr)
	s.Progress.Say("order drawn from -seed %d", s.Plan.Seed)
}

// sessionError returns the error of a session that came to tally and err.
func sessionError(path string, tally lab.Tally, err error) error {
	switch {
	case err != nil:
		return err
	case tally.Failures > 0:
		return fmt.Errorf("%d of the servers or their cases failed; their SKIP lines in %s have the reasons", tally.Failures, path)
	case tally.Samples == 0 && tally.Discarded > 0:
		return statusError{errors.New("every run was discarded; stop what else runs here, or allow more interference with -noise 1"), statusUndecided}
	case tally.Samples == 0:
		return errors.New("nothing was measured")
	}
	return nil
}

// show writes the document in the format asked for; with -format bench, the
// samples. Of a folder of results it makes the page, too.
func (c *call) show(d report.Document, res *results.Results) error {
	d.Interrupted = res.Interrupted
	if err := c.print(d, res); err != nil || c.path == "" {
		return err
	}
	if c.page != nil {
		d = *c.page
	}
	return writePage(filepath.Join(filepath.Dir(c.path), report.File), d, c.messages(c.stdout, c.stderr))
}

func (c *call) print(d report.Document, res *results.Results) error {
	switch {
	case c.format == benchFormat && c.path != "":
		fmt.Fprintf(c.stderr, "samples: %s\n", c.path)
		return errors.Join(copyFile(c.stdout, c.path), copyCaptured(c.stdout, filepath.Dir(c.path)))
	case c.format == benchFormat:
		return results.Write(c.stdout, res)
	}
	return report.Write(c.stdout, d, c.format, c.screen(c.stdout))
}

// interrupted returns err, or what to say of a call that was ended early.
func (c *call) interrupted(ctx context.Context, res *results.Results, err error) error {
	if ctx.Err() == nil || !errors.Is(err, ctx.Err()) {
		return err
	}
	text := strings.TrimSpace("interrupted " + res.Interrupted)
	if c.path != "" {
		text += "; what was measured is in " + c.path
	}
	return errors.New(text)
}

// named returns err under the command's name, which may also be the package's.
func (c *call) named(err error) error {
	if err == nil || strings.HasPrefix(err.Error(), c.name+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", c.name, err)
}
