package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"wsbench/benches/conform"
	"wsbench/benches/host"
	"wsbench/benches/internal/term"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// conformOptions are the flags of wsbench conform.
type conformOptions struct {
	cfg     conform.Config
	cases   []conform.Case
	pattern string
	outputFlags
	name    string
	verbose bool
	listen  string
}

func (o *conformOptions) flags(fs *flag.FlagSet) {
	fs.StringVar(&o.pattern, "cases", "*", "cases to play: a comma-separated `list` of ids (6.4.3), groups (6.4) or patterns (1.*)")
	fs.IntVar(&o.cfg.Jobs, "j", conform.DefaultJobs, "cases at a time")
	fs.DurationVar(&o.cfg.Timeout, "timeout", conform.DefaultTimeout, "`time` that a case may take before it fails; where Autobahn gives the server a second, it gets a twentieth of this, at least 1s")
	o.outputFlags.register(fs)
	fs.StringVar(&o.name, "name", "server", "the server's name in the output")
	fs.StringVar(&o.listen, "listen", "", "listen on `host:port` and test clients that echo, instead of a server")
	fs.BoolVar(&o.verbose, "v", false, "print every case, not only those that fail")
}

// runConform is wsbench conform.
func runConform(args []string, stdout, stderr io.Writer) error {
	var o conformOptions
	fs := newFlags("conform", "[flags] ws://host:port/path, or wsbench conform -listen host:port [flags]", stdout)
	o.flags(fs)
	if err := parseFlags(fs, args, -1); err != nil {
		return err
	}
	o.cfg.URL = fs.Arg(0)
	err := o.checkTarget(fs)
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return usageError{"conform: " + strings.TrimPrefix(err.Error(), "conform: ")}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills
	if o.listen != "" {
		return o.serve(ctx, stdout, stderr)
	}
	return o.run(ctx, stop, stdout)
}

// check reads what flags name, and refuses what cannot be done.
func (o *conformOptions) check() (err error) {
	if err := o.outputFlags.check(); err != nil {
		return err
	}
	switch {
	case o.cfg.Jobs < 1 || o.cfg.Jobs > 256:
		return fmt.Errorf("-j %d: want 1 to 256 cases at a time", o.cfg.Jobs)
	case o.cfg.Timeout <= 0:
		return fmt.Errorf("-timeout %v: want more than 0", o.cfg.Timeout)
	case o.format != textFormat && o.verbose:
		return fmt.Errorf("-v has no effect with -format %s, which has every case", o.format)
	}
	if err := results.CheckValue(o.name); err != nil {
		return fmt.Errorf("-name: %w", err)
	}
	o.cases, err = conform.Select(conform.Cases(), o.pattern)
	return err
}

// rerun is the command for one case, for a POSIX shell.
func (o *conformOptions) rerun(id string) string {
	command := "wsbench conform -cases " + id
	if o.cfg.Timeout != conform.DefaultTimeout {
		command += fmt.Sprintf(" -timeout %v", o.cfg.Timeout)
	}
	return command + " '" + strings.ReplaceAll(o.cfg.URL, "'", `'\''`) + "'"
}

// run plays the cases; stop ends them early, once nobody reads their lines any
// more.
func (o *conformOptions) run(ctx context.Context, stop func(), stdout io.Writer) error {
	if o.verbose {
		screen, heading := o.screen(stdout), conform.LineHeading
		o.cfg.Each = func(r conform.Result) {
			err := heading(stdout, screen)
			if err == nil {
				err = r.WriteLine(stdout, screen, "")
			}
			if err != nil {
				stop()
			}
			heading = func(io.Writer, term.Screen) error { return nil }
		}
	}
	began := time.Now()
	results, err := conform.Run(ctx, o.cfg, o.cases)
	if err != nil && len(results) == 0 {
		return err
	}
	report := conform.Report{
		Target: fmt.Sprintf("%s: %d cases in %v", o.cfg.URL, len(results), time.Since(began).Round(100*time.Millisecond)),
		Name:   o.name, Results: results, Rerun: o.rerun,
	}
	if o.cfg.Each != nil {
		fmt.Fprintln(stdout) // between the lines and the table
	}
	if e := o.write(stdout, &report); err == nil {
		err = e
	}
	if n := report.Failures(); n > 0 && err == nil {
		err = fmt.Errorf("conform: %d of %d cases failed", n, len(results))
	}
	return err
}

// write puts reports out: a document holds all of them.
func (o *conformOptions) write(stdout io.Writer, reports ...*conform.Report) error {
	switch o.format {
	case jsonFormat:
		return report.WriteJSON(stdout, conformDocument(reports))
	case benchFormat:
		return o.bench(stdout, reports)
	}
	for _, r := range reports {
		if o.listen != "" {
			fmt.Fprintln(stdout)
		}
		if err := r.WriteText(stdout, o.screen(stdout)); err != nil {
			return err
		}
	}
	return nil
}

type conformJSON struct {
	report.Head
	Cases   int                 `json:"cases"`
	Failed  int                 `json:"failed"`
	NotRun  int                 `json:"not_run"`
	Targets []*conform.Document `json:"targets"`
}

func conformDocument(reports []*conform.Report) *conformJSON {
	d := &conformJSON{Head: report.NewHead("conform", host.Facts()), Targets: []*conform.Document{}}
	for _, r := range reports {
		t := r.Document()
		d.Cases += t.Cases
		d.Failed += t.Failed
		d.NotRun += t.NotRun
		d.Targets = append(d.Targets, t)
	}
	return d
}

func (o *conformOptions) bench(stdout io.Writer, reports []*conform.Report) error {
	var b strings.Builder
	for _, f := range append(host.Facts(), lab.Fact{Key: "target", Value: o.cfg.URL}) {
		if f.Value != "" {
			fmt.Fprintf(&b, "%s: %s\n", f.Key, f.Value)
		}
	}
	b.WriteString("\n" + conform.BenchUnits + "\n")
	for _, r := range reports {
		if err := r.WriteBench(&b); err != nil {
			return err
		}
	}
	_, err := io.WriteString(stdout, b.String())
	return err
}
