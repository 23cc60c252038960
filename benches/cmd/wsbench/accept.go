package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wsbench/benches/echo"
	"wsbench/benches/lab"
	"wsbench/benches/results"
)

var acceptExperiment = experiment{
	name: "accept", summary: "how servers take connections while they work", synopsis: "[flags]",
	examples: `  wsbench accept
  wsbench accept -io epoll,net -work-on pool -request opening
  wsbench accept -workers 1,2 -server-cpu 0,1 -rates 400,1000 -search=false
  wsbench accept -io epoll -path /plain -server mine='./server -port {port}'`,
	new: newAccept,
}

// accept is one call of wsbench accept.
type accept struct {
	rates, places, workers, request string
	work, window                    time.Duration
	search                          bool
	probe                           lab.Accept
}

func newAccept(c *call) body {
	b := &accept{}
	c.servers("epoll")
	c.output()
	c.flags.DurationVar(&b.work, "work", usualWork, "CPU `time` of the reference server that each request costs")
	c.flags.StringVar(&b.places, "work-on", "loop,pool,thread", "where the reference server spends it, comma-separated: "+strings.Join(workPlaces, ", "))
	c.flags.StringVar(&b.workers, "workers", "1", "loops of the reference server, `numbers`, comma-separated")
	c.flags.StringVar(&b.request, "request", lab.RequestHTTP, "what each connection asks for, of the reference server at /work, of others at -path: http (GET with Connection: close, to be answered with 200) or opening (an opening handshake)")
	c.flags.StringVar(&b.rates, "rates", "100,250,1000", "requests per second, `numbers`, comma-separated")
	c.flags.BoolVar(&b.search, "search", true, "search for the rate from which p99 rises")
	c.flags.Float64Var(&b.probe.Rise, "rise", usualRise, fmt.Sprintf("`times` the p99 at %d requests/s that p99 has risen to", lab.SearchFrom))
	c.flags.DurationVar(&b.window, "for", time.Second, "`time` that requests are sent for, in each run and in each step of a search")
	c.flags.DurationVar(&b.probe.Bucket, "bucket", 50*time.Millisecond, "`time` between two points of the series")
	c.flags.DurationVar(&b.probe.Drain, "drain", time.Second, "`time` for which answers are awaited after the last request")
	c.rounds(3, "runs of each server under each case, each of a process of its own")
	c.noise()
	c.seed("the order of runs is")
	c.folder()
	c.cpus()
	return b
}

// workPlaces are the values of -work-on.
var workPlaces = []string{echo.OnLoop.String(), echo.OnPool.String(), echo.OnThread.String()}

// Bounds of the flags.
const (
	mostRate    = 100_000
	leastBucket = time.Millisecond
	mostAccept  = time.Minute
	mostBuckets = 1000
	leastFor    = 10 * time.Millisecond
	leastWork   = time.Microsecond
	usualWork   = 4 * time.Millisecond
	usualRise   = 3

	acceptWindow = 500 * time.Millisecond // of the runs of ab
)

// check implements body.
func (b *accept) check(c *call) error {
	switch {
	case b.work < leastWork || b.work > echo.MaxSpin:
		return fmt.Errorf("-work %v: want %v to %v", b.work, leastWork, echo.MaxSpin)
	case b.request != lab.RequestHTTP && b.request != lab.RequestOpening:
		return fmt.Errorf("-request %q: want %s or %s", b.request, lab.RequestHTTP, lab.RequestOpening)
	case !(b.probe.Rise > 1):
		return fmt.Errorf("-rise %v: want more than 1", b.probe.Rise)
	case b.window < leastFor || b.window > mostAccept:
		return fmt.Errorf("-for %v: want %v to %v", b.window, leastFor, mostAccept)
	case b.probe.Bucket < leastBucket || b.probe.Bucket > b.window || b.window/b.probe.Bucket > mostBuckets:
		return fmt.Errorf("-bucket %v: want %v or more, %d buckets at most within -for %v", b.probe.Bucket, leastBucket, mostBuckets, b.window)
	case b.probe.Drain <= 0 || b.probe.Drain > mostAccept:
		return fmt.Errorf("-drain %v: want more than 0, %v at most", b.probe.Drain, mostAccept)
	}
	rates, err := parseNumbers("-rates", b.rates, mostRate)
	if err != nil {
		return err
	}
	p := &c.session.Plan
	if p.Cases = b.cases(rates); len(p.Cases) == 0 {
		return errors.New("-rates is empty and -search is off: nothing would be measured")
	}
	p.Window, p.Probe = b.window, &b.probe
	p.Servers, err = b.variants(p.Servers)
	c.session.Facts = append(c.session.Facts, results.Fact{Key: "work", Value: b.work.String()})
	return err
}

// cases returns those of the rates, and the search.
func (b *accept) cases(rates []int) (list []results.Case) {
	for _, r := range rates {
		list = append(list, lab.AcceptCase(r, b.request))
	}
	if b.search {
		list = append(list, lab.AcceptCase(0, b.request))
	}
	return list
}

// variants returns the servers, the reference's with each place of the work and each
// number of workers.
func (b *accept) variants(servers []lab.Server) (list []lab.Server, err error) {
	places, err := parseNames("-work-on", b.places, workPlaces)
	if err != nil {
		return nil, err
	}
	workers, err := parseNumbers("-workers", b.workers, echo.MaxWorkers)
	switch {
	case err != nil:
		return nil, err
	case len(workers) == 0:
		return nil, errors.New("-workers: want a number, such as 1")
	}
	for _, s := range servers {
		if s.Key.Value("server") != results.Own {
			list = append(list, s)
			continue
		}
		s.Path = echo.WorkPath
		io := s.Key.Value("io")
		if io == string(echo.Net) && len(workers)+workers[0] > 2 {
			return nil, errors.New("-workers: -io net has no loops to add; give it more CPUs by -server-cpu, or leave it out of -io")
		}
		for _, place := range places {
			if io == string(echo.Raw) && place != workPlaces[0] {
				return nil, fmt.Errorf("-work-on %s: -io raw answers on its loop only; leave raw out of -io, or ask for -work-on loop", place)
			}
			v := s.Varied("work-on", place)
			v.Argv = append(v.Argv, "-work", b.work.String())
			for _, n := range workers {
				w := v
				if n > 1 {
					w = v.Varied("workers", strconv.Itoa(n))
				}
				list = append(list, w)
			}
		}
	}
	return list, nil
}

// parseNumbers reads a comma-separated list of numbers of 1 to most; "" is none.
func parseNumbers(flag, list string, most int) (numbers []int, err error) {
	if list == "" {
		return nil, nil
	}
	for s := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(s))
		switch {
		case err != nil || n < 1 || n > most:
			return nil, fmt.Errorf("%s: %q: want numbers of 1 to %d", flag, s, most)
		case slices.Contains(numbers, n):
			return nil, fmt.Errorf("%s: duplicate %d", flag, n)
		}
		numbers = append(numbers, n)
	}
	return numbers, nil
}

// planAccept makes a plan one of requests for its window at two rates: at the lower the server of one
// CPU keeps up with the usual work, at the higher it does not.
func planAccept(p *lab.Plan) {
	const below, above = 100, 400
	p.Probe = &lab.Accept{Bucket: p.Window / 10, Drain: time.Second, Rise: usualRise}
	p.Cases = []results.Case{lab.AcceptCase(below, lab.RequestHTTP), lab.AcceptCase(above, lab.RequestHTTP)}
	p.Looks = 0
}

// working has the reference server spend the usual work on each request, unless its
// flags say otherwise.
func working(s *lab.Server) {
	if s.Key.Value("io") == "" {
		return // of somebody else
	}
	s.Path = echo.WorkPath
	if !slices.ContainsFunc(s.Argv, func(a string) bool { return a == "-work" || strings.HasPrefix(a, "-work=") }) {
		s.Argv = append(s.Argv[:len(s.Argv):len(s.Argv)], "-work", usualWork.String())
	}
}

// run implements body.
func (b *accept) run(ctx context.Context, c *call) (*outcome, error) { return c.compare(ctx) }
