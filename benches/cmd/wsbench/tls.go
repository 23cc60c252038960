package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"wsbench/benches/echo"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

var tlsExperiment = experiment{
	name: "tls", summary: "what TLS costs by message size, in userspace and in the kernel, interleaved with plain", synopsis: "[flags]",
	examples: `  wsbench tls
  wsbench tls -quick -io epoll,uring,net -cases 100/20,100/16384
  wsbench tls -tls ktls -rounds 40`,
	new: newTLS,
}

// tlsTax is one call of wsbench tls.
type tlsTax struct {
	echoSession
	io, modes  string
	idle       int
	handshakes time.Duration
	attributes bool
	observed   *lab.Plan // of perf record; nil: there is none
}

// Of a session by default.
const (
	tlsCases = "100/20,100/1024,100/4096,100/16384,100/65536"
	tlsTime  = time.Minute
)

func newTLS(c *call) body {
	b := &tlsTax{}
	c.flags.StringVar(&b.io, "io", string(echo.Epoll), "I/O modes of the reference server, comma-separated: epoll, uring, net")
	c.flags.StringVar(&b.modes, "tls", "user,ktls", "what is compared with plain, comma-separated: user, ktls; where the kernel has no tls module, ktls is left out, with a SKIP line")
	c.flags.IntVar(&b.idle, "idle", 1000, "idle `connections` of which memory is measured afterwards; 0: it is not")
	c.flags.DurationVar(&b.handshakes, "handshakes", 500*time.Millisecond, "`time` of each run of handshakes afterwards, with and without resumption; 0: there are none")
	c.flags.BoolVar(&b.attributes, "attribute", true, "afterwards observe the servers by perf record, for the CPU time of handshakes, ciphers, copies and the kernel; left out, with a SKIP line, where there is no perf")
	c.keepGoing()
	b.register(c)
	c.flags.Lookup("cases").DefValue, b.cases = tlsCases, tlsCases
	c.flags.Lookup("time").DefValue, b.time = tlsTime.String(), tlsTime
	return b
}

// check implements body.
func (b *tlsTax) check(c *call) error {
	if err := b.echoSession.check(c); err != nil {
		return err
	}
	switch c.session.Plan.Probe.(type) {
	case lab.Handshakes:
		return errors.New("-profile tls-handshake: a plain server has no handshakes to compare; 'wsbench load -profile tls-handshake' measures them")
	case lab.JSON:
		c.session.Plan.Probe = lab.JSON{Either: true}
	}
	if !c.given("time") && !b.quick {
		b.budget.Total = tlsTime
	}
	servers, err := b.servers(c)
	if err != nil {
		return err
	}
	s := &c.session
	s.Plan.Servers = lab.WithAAOf(servers, servers[0])
	if b.attributes {
		b.observe(s, servers)
	}
	return b.after(s, servers)
}

// observe plans the pass of perf record, or the line that there is none.
func (b *tlsTax) observe(s *lab.Session, servers []lab.Server) {
	_, echoes := s.Plan.Probe.(lab.Echo)
	_, err := exec.LookPath("perf")
	switch {
	case !echoes:
		s.Skips = append(s.Skips, results.Reason{Name: "Attribution", Text: "CPU time by part is of the echo cases: leave -profile out"})
	case err != nil:
		s.Skips = append(s.Skips, results.Reason{Name: "Attribution", Text: "CPU time by part needs perf: " + err.Error()})
	default:
		b.observed = &lab.Plan{Servers: servers, Cases: s.Plan.Cases, Seed: s.Plan.Seed}
	}
}

// Of what is measured after the messages.
const (
	afterRounds = 3
	tlsSettle   = 300 * time.Millisecond
)

// after plans the runs of idle connections and of handshakes.
func (b *tlsTax) after(s *lab.Session, servers []lab.Server) error {
	switch {
	case b.idle < 0:
		return fmt.Errorf("-idle %d: want 1 or more, or 0 for none", b.idle)
	case b.handshakes != 0 && (b.handshakes < time.Millisecond || b.handshakes > time.Minute):
		return fmt.Errorf("-handshakes %v: want 1ms to 1m, or 0 for none", b.handshakes)
	}
	like := lab.Plan{Rounds: cmp.Or(min(s.Plan.Rounds, afterRounds), afterRounds), Seed: s.Plan.Seed}
	if b.idle > 0 {
		if err := lab.CheckDescriptors(b.idle); err != nil {
			return fmt.Errorf("-idle: %w", err)
		}
		p := like
		p.Probe, p.Servers, p.Cases = lab.Idle{Settle: tlsSettle}, servers, []results.Case{results.Case(fmt.Sprintf("conns=%d", b.idle))}
		s.Then = append(s.Then, p)
	}
	if b.handshakes > 0 {
		p := like
		if _, err := planProfile(&p, "tls-handshake", ""); err != nil {
			return err
		}
		p.Servers = slices.DeleteFunc(slices.Clone(servers), func(s lab.Server) bool { return s.Key.Value("tls") == "off" })
		p.Warmup, p.Window = min(namedWarmup, b.handshakes), b.handshakes
		s.Then = append(s.Then, p)
	}
	return nil
}

// servers returns the reference server in each I/O mode, without TLS and with each
// value of -tls. What there is no such server or no such kernel for is skipped.
func (b *tlsTax) servers(c *call) (list []lab.Server, err error) {
	modes, err := parseNames("-tls", b.modes, []string{string(echo.TLSUser), string(echo.TLSKernel)})
	if err != nil {
		return nil, err
	}
	plain, err := (&serverFlags{io: b.io}).own()
	if err != nil {
		return nil, err
	}
	for _, s := range plain {
		list = append(list, s.Varied("tls", "off"))
		var missing error
		served := 0
		for _, mode := range modes {
			v := s.Varied("tls", mode)
			if err := tlsServed(s.Key.Value("io"), mode); err != nil {
				missing = err
				c.session.Skips = append(c.session.Skips, results.Reason{Name: lab.Plan{Probe: c.session.Plan.Probe}.Name(v.Key, "").String(), Text: err.Error()})
				continue
			}
			served++
			list = append(list, v)
		}
		if served == 0 {
			return nil, fmt.Errorf("-io %s -tls %s: nothing to compare with plain: %w", s.Key.Value("io"), b.modes, missing)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("-io none: want one of epoll, uring, net")
	}
	return list, nil
}

// tlsServed returns why there is no TLS of a mode; nil if there is. A server that is
// asked for the kernel's and has none would serve another mode.
func tlsServed(io, mode string) error {
	if _, err := inForce("-io="+io, "-tls="+mode); err != nil {
		return err
	}
	if mode == string(echo.TLSKernel) {
		return syscalls.ProbeTLS()
	}
	return nil
}

// run implements body.
func (b *tlsTax) run(ctx context.Context, c *call) (*outcome, error) {
	if c.session.Plan.Rounds == 0 {
		c.session.Deadline = time.Now().Add(b.budget.Total)
	}
	res, err := c.measure(ctx, c.session.Run)
	if res == nil {
		return nil, err
	}
	out := &outcome{results: res, document: report.Of(c.name, res, c.path)}
	if b.observed != nil && ctx.Err() == nil {
		section, failed := b.attribute(ctx, c, filepath.Dir(c.path))
		out.document, err = withParts(out.document, section), errors.Join(err, failed)
	}
	return out, err
}
