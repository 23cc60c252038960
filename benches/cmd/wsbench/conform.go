package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"wsbench/benches/conform"
)

// conformOptions are the flags of wsbench conform.
type conformOptions struct {
	cfg     conform.Config
	cases   []conform.Case
	pattern string
	format  string
	verbose bool
	listen  string
}

func (o *conformOptions) flags(fs *flag.FlagSet) {
	fs.StringVar(&o.pattern, "cases", "*", "cases to play: a comma-separated `list` of ids (6.4.3), groups (6.4) or patterns (1.*)")
	fs.IntVar(&o.cfg.Jobs, "j", conform.DefaultJobs, "cases at a time")
	fs.DurationVar(&o.cfg.Timeout, "timeout", conform.DefaultTimeout, "bound on one case, which fails when it is over")
	fs.StringVar(&o.format, "format", "text", "output: text or json")
	fs.StringVar(&o.listen, "listen", "", "`host:port` to test clients at, which echo, instead of a server")
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
	return o.run(ctx, stdout)
}

// check reads what flags name, and refuses what cannot be done.
func (o *conformOptions) check() (err error) {
	switch {
	case o.cfg.Jobs < 1 || o.cfg.Jobs > 256:
		return fmt.Errorf("-j %d; 1 to 256 cases at a time are possible", o.cfg.Jobs)
	case o.cfg.Timeout <= 0:
		return fmt.Errorf("-timeout %v; a time above 0 is wanted", o.cfg.Timeout)
	case o.format == "json" && o.verbose:
		return errors.New("-v means nothing with -format json, which has every case")
	case o.format != "text" && o.format != "json":
		return fmt.Errorf("-format %q is not one of text and json", o.format)
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

func (o *conformOptions) run(ctx context.Context, stdout io.Writer) error {
	if o.verbose && o.format == "text" {
		heading := conform.LineHeading()
		o.cfg.Each = func(r conform.Result) {
			io.WriteString(stdout, heading+r.Line())
			heading = ""
		}
	}
	began := time.Now()
	results, err := conform.Run(ctx, o.cfg, o.cases)
	if err != nil && len(results) == 0 {
		return err
	}
	report := conform.Report{
		Target:  fmt.Sprintf("%s: %d cases in %v", o.cfg.URL, len(results), time.Since(began).Round(100*time.Millisecond)),
		Results: results, Rerun: o.rerun,
	}
	if o.cfg.Each != nil {
		fmt.Fprintln(stdout) // between the lines and the table
	}
	if e := o.write(&report, stdout); err == nil {
		err = e
	}
	if n := report.Failures(); n > 0 && err == nil {
		err = fmt.Errorf("conform: %d of %d cases failed", n, len(results))
	}
	return err
}

func (o *conformOptions) write(r *conform.Report, stdout io.Writer) error {
	if o.format == "json" {
		return r.WriteJSON(stdout)
	}
	return r.WriteText(stdout)
}
