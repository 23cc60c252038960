package explain

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wsbench/benches/lab"
	"wsbench/profiles"
)

// Plan is what is observed.
type Plan struct {
	Servers   []lab.Server
	Observers []Observer
	HZ        int  // of perf record's sampler
	Compare   bool // the first server with the others: all runs are observed, by all observers
}

// Rates of the sampler, no divisors of the kernel's tick. Where servers are
// compared both pay alike for more samples, and each tells more.
const (
	DefaultHZ = 999
	DenseHZ   = 3989
)

// servers returns the plan as runs of a block: each server without an observer
// and with each of them, and the A/A process of the first.
func (p Plan) servers() (all []lab.Server) {
	servers := p.Servers
	if p.Compare {
		servers = lab.WithAA(servers)
	}
	for _, v := range servers {
		if !p.Compare {
			all = append(all, v)
		}
		for _, o := range p.Observers {
			all = append(all, v.Observed(o.Name))
		}
	}
	if !p.Compare {
		second := p.Servers[0]
		second.Key = second.Key.Second()
		all = append(all, second)
	}
	return all
}

// Run lets s measure and observe what p says; s.Plan has the cases, rounds,
// windows and the seed. It returns the results file, also where err is not nil and
// its folder holds what was captured before.
func Run(ctx context.Context, s *lab.Session, p Plan) (path string, tally lab.Tally, err error) {
	scripts, err := os.MkdirTemp("", "wsbench-scripts-")
	if err != nil {
		return "", tally, err
	}
	defer os.RemoveAll(scripts)
	if err := profiles.Unpack(scripts); err != nil {
		return "", tally, err
	}
	r := &recorder{plan: p, scripts: scripts, session: s}
	s.Plan.Probe, s.Plan.Servers = lab.Echo{}, p.servers()
	s.Observe = r.observe
	path, tally, err = s.Run(ctx)
	if path != "" {
		sweep(filepath.Dir(path))
	}
	return path, tally, errors.Join(err, r.list.close())
}

// sweep removes listings of captures that did not come to their end.
func sweep(dir string) {
	for _, name := range []string{perfScript, offCPUScript} {
		for _, path := range glob(filepath.Join(dir, capturesDir, "*", name)) {
			os.Remove(path)
		}
	}
}

// recorder runs the scripts, and writes down what they captured.
type recorder struct {
	plan    Plan
	scripts string // folder of the unpacked scripts
	session *lab.Session
	taken   int
	list    list
}

// observe implements the hook of lab.Session.
func (r *recorder) observe(dir string, s lab.Server, b lab.Block) (*lab.Observation, error) {
	i := slices.IndexFunc(r.plan.Observers, func(o Observer) bool { return o.Name == s.Key.Value("observer") })
	if i < 0 {
		return nil, fmt.Errorf("no observer %q", s.Key.Value("observer"))
	}
	o := r.plan.Observers[i]
	r.taken++
	rel := filepath.Join(capturesDir, fmt.Sprintf("%03d-%s", r.taken, o.Name))
	abs, err := filepath.Abs(filepath.Join(dir, rel))
	if err != nil {
		return nil, err
	}
	argv := o.argv(r.scripts, abs, r.session.Plan.Window, r.plan.HZ)
	return &lab.Observation{Argv: argv, EndsItself: o.ends, Taken: func(out lab.Outcome) error {
		if err := convert(abs); err != nil {
			return &lab.ObserverFault{Reason: err.Error()}
		}
		return r.list.add(dir, Capture{
			Name: r.session.Plan.Name(s.Key.Unobserved(), b.Case).String(), Observer: o.Name, Block: b.ID, Dir: rel, Command: r.command(o),
			Echoes: out.Echoes, Values: out.Values, Discarded: out.Discard,
			Compares: r.plan.Compare, Base: s.Key.Unobserved().First() == r.plan.Servers[0].Key,
		})
	}}, nil
}

// command returns what a person types to capture the same of a process.
func (r *recorder) command(o Observer) string {
	argv := o.argv("profiles", ".", r.session.Plan.Window, r.plan.HZ)
	argv = slices.DeleteFunc(argv[1:], func(s string) bool { return s == "-o" || s == "." })
	return strings.ReplaceAll(strings.Join(argv, " "), lab.PIDMark, "PID")
}
