package conform

import (
	"context"
	"fmt"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"
)

// Config is how cases are run against a server.
type Config struct {
	URL  string // ws://host:port/path
	Jobs int    // cases at a time; 0: 4
	// Timeout bounds one case; 0: a minute. Where Autobahn gives the peer a
	// second, it has a twentieth of Timeout, but at least a second.
	Timeout time.Duration

	// Each, if not nil, gets the results one by one in the order of the cases.
	Each func(Result)
}

// Defaults of a Config.
const (
	DefaultJobs    = 4
	DefaultTimeout = time.Minute
)

// Run plays cases against the server at cfg.URL. The results are in the order
// of the cases. An error tells that there was no server, or that ctx ended the
// run; the results are then those of the cases that ran before.
func Run(ctx context.Context, cfg Config, cases []Case) ([]Result, error) {
	u, err := ParseURL(cfg.URL)
	if err != nil {
		return nil, err
	}
	if cfg.Jobs == 0 {
		cfg.Jobs = DefaultJobs
	}
	if cfg.Timeout == 0 {
		cfg.Timeout = DefaultTimeout
	}
	if err := probe(ctx, u, cfg.Timeout); err != nil {
		return nil, fmt.Errorf("conform: %s: %w", u, err)
	}
	return cfg.run(ctx, u, cases)
}

// probe tells whether there is a server at all: it opens a connection and says
// that it closes it.
func probe(ctx context.Context, u *url.URL, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn, _, err := dial(ctx, u, termsOf(timeout, false).toOpen())
	if err != nil {
		return err
	}
	defer conn.Close()
	w := writer{to: conn, masked: true, limit: piece}
	w.message(closeCode(1000, "").Frame)
	return nil // the cases tell what becomes of an open connection
}

// run hands the cases to cfg.Jobs goroutines.
func (cfg *Config) run(ctx context.Context, u *url.URL, cases []Case) ([]Result, error) {
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
					began := time.Now()
					results[i] = judge(&cases[i], attempt(ctx, &cases[i], u, cfg.Timeout), false)
					results[i].Took = time.Since(began)
				}
				ran[i] <- ctx.Err() == nil
			}
		})
	}
	for i := range cases {
		if !<-ran[i] {
			return results[:i], fmt.Errorf("conform: interrupted after %d of %d cases: %w", i, len(cases), ctx.Err())
		}
		if cfg.Each != nil {
			cfg.Each(results[i])
		}
	}
	return results, nil
}

// attempt plays c on a new connection.
func attempt(ctx context.Context, c *Case, u *url.URL, timeout time.Duration) record {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	terms := termsOf(timeout, false)
	conn, early, err := dial(ctx, u, terms.toOpen())
	if err != nil {
		return record{refused: err}
	}
	return play(ctx, c, conn, early, terms)
}

// Select is the cases whose ids match a pattern of the comma-separated list:
// an id, as 6.4.3; the first parts of ids, as 6.4; or with *, as 1.*.
func Select(cases []Case, patterns string) ([]Case, error) {
	chosen := make([]bool, len(cases))
	for pattern := range strings.SplitSeq(patterns, ",") {
		pattern = strings.TrimSpace(pattern)
		found := false
		for i := range cases {
			if matches(pattern, cases[i].ID) {
				chosen[i], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("conform: no case is called %q; ids are such as 6.4.3, groups such as 6.4 or 6.*", pattern)
		}
	}
	var list []Case
	for i, c := range cases {
		if chosen[i] {
			list = append(list, c)
		}
	}
	return list, nil
}

func matches(pattern, id string) bool {
	ok, err := path.Match(pattern, id)
	return err == nil && ok || strings.HasPrefix(id, pattern+".")
}
