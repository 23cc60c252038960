package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"

	"wsbench/benches/conform"
	"wsbench/benches/internal/wsclient"
)

// checkTarget wants either a server's URL or an address for clients.
func (o *conformOptions) checkTarget(fs *flag.FlagSet) error {
	switch {
	case o.listen == "" && o.cfg.URL == "":
		return errors.New("an argument is missing: the URL of a server, or -listen host:port to test clients")
	case o.listen == "":
		_, err := wsclient.ParseURL(o.cfg.URL)
		return err
	case o.cfg.URL != "":
		return errors.New("a URL has no effect with -listen: clients come here")
	case given(fs, "j"):
		return errors.New("-j has no effect with -listen: clients decide")
	case given(fs, "name"):
		return errors.New("-name has no effect with -listen: clients tell their agent's")
	}
	_, err := resolve(o.listen)
	return err
}

// serve plays the cases with clients until ctx is done or one says so.
func (o *conformOptions) serve(ctx context.Context, stdout, stderr io.Writer) error {
	l, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("conform: %w", err)
	}
	s := &conform.Server{Cases: o.cases, Timeout: o.cfg.Timeout}
	if o.verbose {
		screen := o.screen(stdout)
		s.Each = func(agent string, r conform.Result) { r.WriteLine(stdout, screen, agent) }
	}
	fmt.Fprintf(o.chatter(stdout, stderr), "wsbench conform: listening on %v for clients that echo: %d cases, the first at ws://%v/runCase?case=1&agent=NAME; Ctrl-C prints the results\n",
		l.Addr(), len(o.cases), l.Addr())
	err = s.Serve(ctx, l)
	return errors.Join(err, o.outcome(s.Results(), stdout))
}

// outcome prints what each agent's results are.
func (o *conformOptions) outcome(results map[string][]conform.Result, stdout io.Writer) error {
	failed, played := 0, 0
	var reports []*conform.Report
	for _, agent := range slices.Sorted(maps.Keys(results)) {
		list := results[agent]
		report := &conform.Report{Target: fmt.Sprintf("client %q: %d of %d cases", agent, len(list), len(o.cases)), Name: agent, Results: list}
		reports = append(reports, report)
		failed += report.Failures()
		played += len(list)
	}
	if err := o.write(stdout, reports...); err != nil {
		return err
	}
	switch {
	case played == 0:
		return errors.New("conform: no client played a case")
	case failed > 0:
		return fmt.Errorf("conform: %d of %d cases failed", failed, played)
	}
	return nil
}
