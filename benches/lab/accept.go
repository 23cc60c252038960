package lab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/benches/results"
)

// Accept is the probe of how a server takes connections while it works. A run is
// an open loop of requests, each on a connection of its own (see AcceptCase); its
// latencies are counted from when each was due. The case of a search finds the rate
// from which the 99th percentile rises.
//
// Every run has a process of its own: what an overloaded server has still to do
// would be part of the next run.
type Accept struct {
	Bucket time.Duration // of the series
	Drain  time.Duration // how long after the last request answers are awaited
	Rise   float64       // times the 99th percentile at SearchFrom that it has risen to

	said map[results.Server]bool // that their tables of descriptors were full
}

// note returns that a server can accept no connection, once.
func (a *Accept) note(s results.Server, full string) []string {
	if full == "" || a.said[s] {
		return nil
	}
	if a.said == nil {
		a.said = map[results.Server]bool{}
	}
	a.said[s] = true
	return []string{s.Label() + ": " + full}
}

// What requests are.
const (
	RequestHTTP    = "http"    // GET with Connection: close
	RequestOpening = "opening" // an opening handshake
)

// searchRate is the rate of the case of a search.
const searchRate = "search"

// AcceptCase returns the case of so many requests per second; 0 is the search.
func AcceptCase(rate int, request string) results.Case {
	r := searchRate
	if rate > 0 {
		r = strconv.Itoa(rate)
	}
	return results.Case("rate=" + r + "/request=" + request)
}

// Base implements Probe.
func (*Accept) Base() string { return "Accept" }

// Fresh implements Probe.
func (*Accept) Fresh() bool { return true }

// Open implements Probe. It wants the right answer to one request.
func (a *Accept) Open(ctx context.Context, p *Process, c results.Case) (Client, error) {
	addr, err := netip.ParseAddrPort(p.addr)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", p.addr, err)
	}
	u, err := wsclient.ParseURL(p.URL())
	if err != nil {
		return nil, err
	}
	if wsclient.Secure(u) {
		return nil, errors.New("its requests are plain, and the server speaks TLS; 'wsbench load -profile tls-handshake' measures new connections of TLS")
	}
	cl := &acceptClient{probe: a, process: p, c: c, rate: c.Int("rate")}
	if h := p.Server.Offer.Handshake(u.Host, u.RequestURI()); (results.Name{Keys: c.Keys()}).Value("request") == RequestOpening {
		cl.request = acceptRequest{addr, h.Append(nil), &h}
	} else {
		cl.request = acceptRequest{addr, plainRequest(u.Host, u.RequestURI()), nil}
	}
	one := cl.load(1, 1) // one request
	one.drain = acceptPatience
	if err := one.run(ctx, nil); err != nil {
		return nil, err
	}
	if n := one.count.done.Load(); n != 1 {
		return nil, cmp.Or(one.wrong, fmt.Errorf("%s was not answered within %v", u.RequestURI(), acceptPatience))
	}
	return cl, nil
}

// acceptPatience bounds the answer to a first request.
const acceptPatience = 5 * time.Second

type acceptClient struct {
	probe   *Accept
	process *Process
	c       results.Case
	rate    int // per second; 0: the search
	request acceptRequest
}

// Close implements Client. Nothing is open between runs.
func (*acceptClient) Close() {}

// load returns requests at a rate for so long.
func (c *acceptClient) load(rate int, window time.Duration) *acceptLoad {
	return &acceptLoad{acceptRequest: c.request, rate: rate, window: window, drain: c.probe.Drain}
}

// Run implements Client. There is no warm-up.
func (c *acceptClient) Run(ctx context.Context, _, window time.Duration) (out Outcome, err error) {
	overflows, unknown := host.ListenOverflows()
	waited, harm, err := c.process.watched(ctx, c.c, func() error {
		if c.rate == 0 {
			out, err = c.search(ctx, window)
		} else {
			out, err = c.measure(ctx, window)
		}
		return err
	})
	if err != nil {
		return Outcome{}, err
	}
	if waited >= 0 {
		out.Values["wait-share"] = waited
	}
	if after, err := host.ListenOverflows(); err == nil && unknown == nil {
		out.Values["overflows"] = float64(after - overflows)
	}
	if n, took := c.worked(ctx); n > 0 {
		out.Values["work-ns"] = took / n
	}
	out.Discard = firstOf([]string{out.Discard, harm})
	return out, nil
}

// measure has the requests of a window sent, with the series beside them.
func (c *acceptClient) measure(ctx context.Context, window time.Duration) (Outcome, error) {
	l := c.load(c.rate, window)
	s := newAcceptSeries(c, l)
	if err := l.run(ctx, s); err != nil {
		return Outcome{}, err
	}
	if err := s.failed; err != nil {
		return Outcome{}, err
	}
	if l.latency.TotalCount() == 0 {
		return Outcome{}, cmp.Or(l.wrong, fmt.Errorf("no request was answered"))
	}
	out := Outcome{Messages: l.count.done.Load(), Values: s.values(), Latency: l.latency, More: s.samples(c.c)}
	for _, q := range []struct {
		unit string
		p    float64
	}{{"p50-ns", 50}, {"p90-ns", 90}, {"p99-ns", 99}, {"max-ns", 100}} {
		out.Values[q.unit] = float64(l.latency.ValueAtQuantile(q.p))
	}
	out.Discard, out.Notes = l.lacking(), c.probe.note(c.process.Server.Key, s.full)
	return out, nil
}

// worked returns how many pieces of work wsbench's server has done, and their
// CPU time in ns by the clocks of its threads; 0 of other servers.
func (c *acceptClient) worked(ctx context.Context) (n, took float64) {
	if !c.process.own {
		return 0, 0
	}
	c.process.signal(countersSignal)
	line, err := c.process.next(ctx, acceptPatience, func(s string) bool { return strings.HasPrefix(s, "counters ") })
	if err != nil {
		return 0, 0
	}
	for _, f := range strings.Fields(line) {
		switch key, value, _ := strings.Cut(f, "="); key {
		case "works":
			n, _ = strconv.ParseFloat(value, 64)
		case "work-ns":
			took, _ = strconv.ParseFloat(value, 64)
		}
	}
	return n, took
}
