package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"slices"
	"time"

	"wsbench/benches/conform"
	"wsbench/benches/host"
	"wsbench/benches/internal/term"
	"wsbench/benches/internal/wsclient"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

var conformExperiment = experiment{
	anywhere: true,
	name:     "conform",
	summary:  "test a WebSocket echo server, case by case",
	synopsis: "[flags] ws://host:port/path, or with -io, -server or -peers, or wsbench conform -listen host:port [flags]",
	examples: `  wsbench conform -cases 6.4,7 ws://127.0.0.1:9001/
  wsbench conform -peers all
  wsbench conform -listen 127.0.0.1:9002`,
	most: 1,
	new: func(c *call) body {
		b := &conformBody{}
		b.flags(c)
		return b
	},
}

// conformBody is one call of wsbench conform.
type conformBody struct {
	cfg     conform.Config
	named   *serverFlags // that are started for it
	started string       // command line of a call that starts servers; "": of another
	cases   []conform.Case
	pattern string
	name    string
	verbose bool
	listen  string

	facts   []results.Fact // of the host and the target
	targets []conformTarget
}

// conformTarget is a server or a client with its results.
type conformTarget struct {
	name, description string
	results           []conform.Result
}

func (b *conformBody) flags(c *call) {
	fs := c.flags
	fs.StringVar(&b.pattern, "cases", "*", "cases to play: a comma-separated `list` of ids (6.4.3), groups (6.4) or patterns (1.*)")
	fs.IntVar(&b.cfg.Jobs, "j", conform.DefaultJobs, "cases at a time")
	fs.DurationVar(&b.cfg.Timeout, "timeout", conform.DefaultTimeout, "`time` that a case may take before it fails; where Autobahn gives the server a second, it gets a twentieth of this, at least 1s")
	b.named = c.servers("none")
	b.named.optional, b.named.others.operand = true, true
	fs.StringVar(&b.name, "name", "server", "the server's name in the output")
	fs.StringVar(&b.listen, "listen", "", "listen on `host:port` and test clients that echo, instead of a server")
	fs.BoolVar(&b.verbose, "v", false, "print every case, not only those that fail")
	c.output()
}

// check implements body.
func (b *conformBody) check(c *call) (err error) {
	b.cfg.URL, b.cfg.Offer = c.flags.Arg(0), b.named.others.offer
	if err := errors.Join(b.checkTarget(c), b.cfg.Offer.Check()); err != nil {
		return err
	}
	switch {
	case b.cfg.Jobs < 1 || b.cfg.Jobs > 256:
		return fmt.Errorf("-j %d: want 1 to 256 cases at a time", b.cfg.Jobs)
	case b.cfg.Timeout <= 0:
		return fmt.Errorf("-timeout %v: want more than 0", b.cfg.Timeout)
	case c.format != textFormat && b.verbose:
		return fmt.Errorf("-v has no effect with -format %s, which has every case", c.format)
	}
	if err := results.CheckValue(b.name); err != nil {
		return fmt.Errorf("-name: %w", err)
	}
	b.cases, err = conform.Select(conform.Cases(), b.pattern)
	return err
}

// checkTarget wants either a server's URL or an address for clients.
func (b *conformBody) checkTarget(c *call) error {
	servers := len(c.session.Plan.Servers)
	switch {
	case servers > 0 && (b.listen != "" || b.cfg.URL != ""):
		return errors.New("-io, -server, -url and -peers have no effect with the URL of a server or with -listen")
	case servers > 0 && c.given("name"):
		return errors.New("-name has no effect with -io, -server, -url or -peers, which name servers")
	case servers > 0:
		b.started = c.command()
		return checkTLS(b.cfg.Offer.TLS, slices.ContainsFunc(c.session.Plan.Servers, lab.Server.RunsSecure))
	case b.listen == "" && b.cfg.URL == "":
		return errors.New("an argument is missing: the URL of a server, or -listen host:port to test clients, or servers by -io, -server, -url or -peers")
	case b.listen == "":
		_, err := wsclient.ParseURL(b.cfg.URL)
		return cmp.Or(err, checkTLS(b.cfg.Offer.TLS, secure(b.cfg.URL)))
	case b.cfg.URL != "":
		return errors.New("a URL has no effect with -listen: clients come here")
	case c.given("j"):
		return errors.New("-j has no effect with -listen: clients decide")
	case c.given("header"), c.given("subprotocol"), c.given("insecure"), c.given("ca"):
		return errors.New("-header, -subprotocol, -insecure and -ca have no effect with -listen: clients open")
	case c.given("name"):
		return errors.New("-name has no effect with -listen: each client names its agent")
	}
	_, err := resolve(b.listen)
	return err
}

// run implements body.
func (b *conformBody) run(ctx context.Context, c *call) (*outcome, error) {
	b.facts = append(host.Facts(), results.Fact{Key: "target", Value: b.cfg.URL})
	res := &results.Results{Config: results.FactsOf(b.facts), Command: c.command()}
	play := b.play
	switch {
	case b.listen != "":
		play = b.serve
	case len(c.session.Plan.Servers) > 0:
		play = b.playServers
	}
	err := play(ctx, c)
	res.Notes = c.session.Notes
	if err != nil && len(b.targets) == 0 {
		return nil, err
	}
	if c.format == textFormat && (b.verbose || b.listen != "") {
		fmt.Fprintln(c.stdout) // between the lines of cases and the table
	}
	failed, played := 0, 0
	for _, t := range b.targets {
		tally := conform.Count(t.results)
		failed, played = failed+tally.Failed(), played+tally.Cases
		samples, skipped := conform.Samples(cmp.Or(results.ValueOf(t.name), "unnamed"), t.results)
		res.Samples, res.Skipped = append(res.Samples, samples...), append(res.Skipped, skipped...)
	}
	switch {
	case errors.Is(err, context.Canceled):
		res.Interrupted = fmt.Sprintf("after %d of %d cases", played, len(b.cases))
	case err != nil:
	case played == 0:
		err = errors.New("no client played a case")
	case failed > 0:
		err = fmt.Errorf("%d of %d cases failed", failed, played)
	}
	return &outcome{results: res, document: b.document()}, err
}

// playServers plays the cases against servers that are started one by one.
func (b *conformBody) playServers(ctx context.Context, c *call) error {
	for _, prepare := range c.before {
		if err := prepare(ctx); err != nil {
			return err
		}
	}
	progress := newProgress(c.stderr)
	for _, note := range c.session.Notes {
		progress.Say("note: %s", note)
	}
	for _, s := range c.session.Plan.Servers {
		err := lab.Serve(ctx, s, func(url string, offer wsclient.Offer) error {
			b.name, b.cfg.URL, b.cfg.Offer = s.Key.Label(), url, offer
			return b.play(ctx, c)
		})
		switch {
		case ctx.Err() != nil:
			return err
		case err != nil && c.session.KeepGoing:
			progress.Say("skipped %s: %v", s.Key.Label(), err)
		case err != nil:
			return fmt.Errorf("%s: %w; -keep-going goes on with the others", s.Key.Label(), err)
		}
	}
	return nil
}

// play plays the cases against a server.
func (b *conformBody) play(ctx context.Context, c *call) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	if b.verbose {
		lines := caseLines{call: c}
		b.cfg.Each = func(r conform.Result) {
			if lines.write("", r) != nil {
				stop() // nobody reads them any more
			}
		}
	}
	target := b.cfg.URL
	if b.started != "" {
		target = b.name
	}
	began := time.Now()
	list, err := conform.Run(ctx, b.cfg, b.cases)
	if len(list) > 0 {
		description := fmt.Sprintf("%s: %d cases in %v", target, len(list), time.Since(began).Round(time.Millisecond))
		b.targets = append(b.targets, conformTarget{b.name, description, list})
	}
	return err
}

// serve plays the cases with clients until ctx is done or one says so.
func (b *conformBody) serve(ctx context.Context, c *call) error {
	l, err := net.Listen("tcp", b.listen)
	if err != nil {
		return err
	}
	s := &conform.Server{Cases: b.cases, Timeout: b.cfg.Timeout}
	if b.verbose {
		lines := caseLines{call: c}
		s.Each = func(agent string, r conform.Result) { lines.write(fmt.Sprintf("%q ", agent), r) }
	}
	fmt.Fprintf(c.messages(), "wsbench conform: listening on %v for clients that echo: %d cases, the first at ws://%v/runCase?case=1&agent=NAME; Ctrl-C prints the results\n",
		l.Addr(), len(b.cases), l.Addr())
	err = s.Serve(ctx, l)
	played := s.Results()
	for _, agent := range slices.Sorted(maps.Keys(played)) {
		description := fmt.Sprintf("client %q: %d of %d cases", agent, len(played[agent]), len(b.cases))
		b.targets = append(b.targets, conformTarget{agent, description, played[agent]})
	}
	return err
}

// caseLines prints a line per case as soon as it has its result; those of a
// server stand below a heading.
type caseLines struct {
	call  *call
	begun bool
}

const caseFormat = "%-8s%-8s%-17s%-17s"

// write prints a result; agent, of a client, comes first.
func (l *caseLines) write(agent string, r conform.Result) error {
	strict, style := "ok", term.Plain
	switch {
	case r.NotRun != "":
		strict, style = "not run", term.Bad
	case !r.Strict():
		strict, style = "FAILED", term.Bad
	}
	p := l.call.screen(l.call.stdout).Page()
	if !l.begun && agent == "" {
		p.Item(term.Strong, fmt.Sprintf(caseFormat, "case", "strict", "behavior", "closing"), "title")
		l.begun = true
	}
	p.Item(style, agent+fmt.Sprintf(caseFormat, r.Case.ID, strict, r.Behavior, r.Close), r.Case.Title)
	return p.Flush(l.call.stdout)
}
