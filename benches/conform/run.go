package conform

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"wsbench/benches/internal/wsclient"
)

// Config is how cases are run against a server.
type Config struct {
	URL   string         // ws://host:port/path
	Offer wsclient.Offer // of the opening handshakes
	Jobs  int            // cases at a time; 0: 4
	// Timeout bounds one case; 0: a minute. Where Autobahn gives the peer a
	// second, it has a twentieth of Timeout, but at least a second.
	Timeout time.Duration

	// Each, if not nil, gets the results one by one in the order of the cases,
	// and once more at the end those of cases at which the server turned out to
	// have died.
	Each func(Result)
}

// Defaults of a Config.
const (
	DefaultJobs    = 4
	DefaultTimeout = time.Minute
)

// Run plays cases against the server at cfg.URL. The results are in the order
// of the cases. An error tells that there was no server; that ctx ended the
// run, and then the results are those of the cases that ran before; or that the
// server died, and then Result.NotRun tells which cases did not run.
func Run(ctx context.Context, cfg Config, cases []Case) ([]Result, error) {
	u, err := wsclient.ParseURL(cfg.URL)
	if err != nil {
		return nil, fmt.Errorf("conform: %w", err)
	}
	cfg.Jobs = cmp.Or(cfg.Jobs, DefaultJobs)
	cfg.Timeout = cmp.Or(cfg.Timeout, DefaultTimeout)
	if err := cfg.probe(ctx, u); err != nil {
		return nil, fmt.Errorf("conform: %s: %w", u, err)
	}
	return cfg.run(ctx, cases, func(ctx context.Context, within time.Duration) (net.Conn, []byte, error) {
		return cfg.Offer.Dial(ctx, u, within)
	})
}

// probe reports whether there is a server at all: it opens a connection and
// says that it closes it.
func (cfg *Config) probe(ctx context.Context, u *url.URL) error {
	conn, _, err := cfg.Offer.Dial(ctx, u, min(cfg.Timeout, termsOf(cfg.Timeout, false).toOpen()))
	if err != nil {
		return err
	}
	defer conn.Close()
	w := writer{to: conn, masked: true, limit: piece}
	w.message(closeCode(1000, "").Frame)
	return nil // the cases tell what becomes of an open connection
}

// run hands the cases to cfg.Jobs goroutines.
func (cfg *Config) run(ctx context.Context, cases []Case, dial dialer) ([]Result, error) {
	if cfg.Each == nil {
		cfg.Each = func(Result) {}
	}
	w := &watch{cases: cases, dial: dial, terms: termsOf(cfg.Timeout, false)}
	results := make([]Result, len(cases))
	ran := make([]chan bool, len(cases)) // whether a case has
	next := make(chan int, len(cases))
	for i := range cases {
		ran[i] = make(chan bool, 1)
		next <- i
	}
	close(next)
	var wg sync.WaitGroup
	defer wg.Wait()
	for range min(cfg.Jobs, len(cases)) {
		wg.Go(func() {
			for i := range next {
				if ctx.Err() == nil {
					results[i] = w.attempt(ctx, i, cfg.Timeout)
				}
				ran[i] <- ctx.Err() == nil
			}
		})
	}
	for i := range cases {
		if !<-ran[i] {
			return results[:i], fmt.Errorf("conform: interrupted after %d of %d cases: %w", i, len(cases), ctx.Err())
		}
		if results[i].NotRun != "" {
			wg.Wait() // those under way tell why
			results[i].NotRun = w.cause()
		}
		cfg.Each(results[i])
	}
	wg.Wait()
	w.settle(ctx)
	for _, i := range w.charge(results) {
		cfg.Each(results[i])
	}
	return results, w.err(results)
}

// attempt plays case i on a new connection.
func (w *watch) attempt(ctx context.Context, i int, timeout time.Duration) Result {
	c, began := &w.cases[i], time.Now()
	o, err := w.open(ctx)
	if err == errDead {
		return Result{Case: c, NotRun: err.Error()}
	}
	rec := record{refused: err}
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, timeout)
		defer cancel()
		rec = play(ctx, c, o.conn, o.early, w.terms)
		w.played(i, o.began, &rec)
	}
	r := judge(c, rec, false)
	r.Took = time.Since(began)
	return r
}

// Select returns the cases whose ids match a pattern of the comma-separated
// list: an id, as 6.4.3; the first parts of ids, as 6.4; or with *, as 1.*.
func Select(cases []Case, patterns string) ([]Case, error) {
	list := strings.Split(patterns, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
		if !slices.ContainsFunc(cases, func(c Case) bool { return matches(list[i], c.ID) }) {
			return nil, fmt.Errorf("conform: cases %q: no case has that id; want ids such as 6.4.3, or groups such as 6.4 or 6.*", list[i])
		}
	}
	return slices.DeleteFunc(slices.Clone(cases), func(c Case) bool {
		return !slices.ContainsFunc(list, func(pattern string) bool { return matches(pattern, c.ID) })
	}), nil
}

func matches(pattern, id string) bool {
	ok, err := path.Match(pattern, id)
	return err == nil && ok || strings.HasPrefix(id, pattern+".")
}
