package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

var abExperiment = experiment{
	name: "ab", summary: "compare two refs, commands or sets of flags: what a change makes faster and slower",
	synopsis: `[flags] A [B]

A and B are each one of

  ref:GIT [flags]   a commit, branch or tag, checked out and built; flags are its server's
  'command {port}'  a command that starts a server
  '-flush frame'    flags of this wsbench's own server; '' for none

name=… before either names it. Where B is missing, A is a ref, compared with the
working tree. Differences are B - A.`,
	examples: `  wsbench ab main
  wsbench ab -micro -fail-on slower:3% ref:v1.2 ref:HEAD
  wsbench ab '' '-flush frame'
  wsbench ab -dir ../mine -build 'go build -o {out} ./cmd/server' -server '{out} -port {port}' main`,
	most: 2, split: splitAB, new: newAB,
}

// splitAB parts the flags of wsbench ab from A and B.
func splitAB(args []string) (flags, operands []string) {
	c := &call{flags: flag.NewFlagSet("", flag.ContinueOnError)}
	newAB(c)
	return splitOperands(c.flags, args)
}

// splitOperands parts the flags from the operands, which may begin like flags:
// the first argument that is no flag of fs begins them, or what follows "--".
// Where that leaves more than two, what looks like a flag is meant as one.
func splitOperands(fs *flag.FlagSet, args []string) (flags, operands []string) {
	for i := 0; i < len(args); i++ {
		name, _, valued := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(args[i], "-"), "-"), "=")
		f, dashed := fs.Lookup(name), strings.HasPrefix(args[i], "-")
		switch {
		case args[i] == "--":
			return args[:i], args[i+1:]
		case dashed && f == nil && (len(args)-i > 2 || name == "h" || name == "help"):
			return args, nil
		case !dashed || f == nil:
			return args[:i], args[i:]
		case !valued && !isSwitch(f):
			i++
		}
	}
	return args, nil
}

// isSwitch reports whether a flag needs no value.
func isSwitch(f *flag.Flag) bool {
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return ok && b.IsBoolFlag()
}

// comparedSides is one call of wsbench ab.
type comparedSides struct {
	echoSession
	dir, build, server string
	layouts            int
	chunk, accept      bool
	limit              float64 // of -fail-on
	sides              [2]abSide
}

func newAB(c *call) body {
	b := &comparedSides{}
	b.register(c)
	b.microbenchmarks(c)
	c.looks()
	c.keepGoing()
	c.flags.StringVar(&b.dir, "dir", "", "`folder` of the repository that refs are of (default the one around the current folder)")
	c.flags.StringVar(&b.build, "build", "", "`command` that builds another repository's server, in a checked out tree; {out} is the path of the program")
	c.flags.StringVar(&b.server, "server", "", "`command` that starts what -build built, in that tree, with {port} where its port goes, and {out}")
	c.flags.BoolVar(&b.chunk, "chunk", false, "compare the CPU time per tiny frame, as wsbench chunk measures it with -answer echo, instead of the echo cases")
	c.flags.BoolVar(&b.accept, "accept", false, "compare CPU time and p99 per request under wsbench accept's load, 4 ms of work each unless a side has -work, instead of the echo cases")
	c.flags.IntVar(&b.layouts, "layouts", lab.DefaultEpochs, "code layouts in which Go programs are linked, the same for A and B: an epoch each")
	c.flags.StringVar(&c.session.FailOn, "fail-on", "", "slower:`share`, such as slower:3%: exit status 4 if a row that is judged is slower by more, 3 if that is undecided, but of allocations")
	return b
}

// check implements body.
func (b *comparedSides) check(c *call) (err error) {
	if err := b.echoSession.check(c); err != nil {
		return err
	}
	if text := c.session.FailOn; text != "" {
		if b.limit, err = results.ParseFailOn(text); err != nil {
			return fmt.Errorf("-fail-on %w", err)
		}
	}
	if err := b.probe(c); err != nil {
		return err
	}
	switch {
	case b.layouts < 1:
		return fmt.Errorf("-layouts %d: 1 or more are needed", b.layouts)
	case (b.build == "") != (b.server == ""):
		return errors.New("-build and -server go together: how a server is built, and how it is started")
	case b.dir != "" && b.build == "":
		return errors.New("-dir needs -build and -server: how that repository's server is built, and how it is started")
	case strings.Contains(b.build, lab.OutMark) != strings.Contains(b.server, lab.OutMark):
		return errors.New("{out} has to be in both of -build and -server, or in none")
	}
	if b.sides, err = b.parse(c.operands); err != nil {
		return err
	}
	if note := sidesNote(c.operands, []string{b.sides[0].name, b.sides[1].name}); note != "" {
		c.session.Notes = append(c.session.Notes, note)
	}
	b.evenLayouts(&c.session)
	if m := c.session.Micro; m != nil {
		if b.build != "" || !b.sides[0].built() || !b.sides[1].built() {
			return errors.New("-micro needs refs of wsbench's own repository on both sides")
		}
		m.Layouts, m.Count = b.layouts, 4*m.Count // as many as the time allows
		if n := c.session.Plan.Rounds; n > 0 {
			m.Layouts, m.Count = min(n, b.layouts), n
		}
	}
	return nil
}

// probe plans what takes the place of the echo cases, if anything does.
func (b *comparedSides) probe(c *call) error {
	p, instead := &c.session.Plan, ""
	switch {
	case b.chunk && b.accept:
		return errors.New("-chunk and -accept do not go together: compare by one of them")
	case b.chunk:
		planChunk(p)
		instead = "chunk"
	case b.accept:
		if !c.given("for") {
			p.Window = acceptWindow
		}
		planAccept(p)
		instead = "accept"
	default:
		return nil
	}
	for _, name := range []string{"cases", "depth", "segment", "mtu", "delay", "for", "rate", "looks"} {
		if c.given(name) && (b.chunk || name != "for") {
			return fmt.Errorf("-%s has no effect with -%s: leave it out", name, instead)
		}
	}
	return nil
}

// evenLayouts raises the number of rounds so that each code layout has as many.
func (b *comparedSides) evenLayouts(s *lab.Session) {
	n := s.Plan.Rounds
	if odd := n % b.layouts; n > b.layouts && odd != 0 && (b.sides[0].built() || b.sides[1].built()) {
		s.Plan.Rounds += b.layouts - odd
		s.Notes = append(s.Notes, fmt.Sprintf("there are %d rounds for -rounds %d: as many in each of %d code layouts (-layouts)", s.Plan.Rounds, n, b.layouts))
	}
}

// run implements body: for people one table, in the page and as JSON all.
func (b *comparedSides) run(ctx context.Context, c *call) (*outcome, error) {
	res, err := c.measure(ctx, func(ctx context.Context) (string, lab.Tally, error) { return b.session(ctx, &c.session) })
	if res == nil {
		return nil, err
	}
	err = errors.Join(err, b.writeSides(res, c.path), b.failure(c.session.FailOn, report.Changes(res)))
	out := &outcome{results: res, document: report.Of(c.name, res, c.path)}
	if c.format != jsonFormat {
		all := out.document
		out.page, out.document = &all, report.AB(c.name, res, c.path)
	}
	return out, err
}

// session builds the two sides and measures them. Nothing that it checked out is
// left behind.
func (b *comparedSides) session(ctx context.Context, s *lab.Session) (string, lab.Tally, error) {
	w := &workshop{progress: s.Progress, layouts: b.layouts}
	defer w.close()
	if n := s.Plan.Rounds; n > 0 {
		w.layouts = min(n, b.layouts)
	}
	for i := range b.sides {
		if err := b.prepare(ctx, w, &b.sides[i]); err != nil {
			if ctx.Err() != nil {
				err = errors.New("interrupted before the first run")
			}
			return "", lab.Tally{}, err
		}
	}
	b.plan(s)
	return s.Run(ctx)
}

// plan makes the session one of the two sides, which are built.
func (b *comparedSides) plan(s *lab.Session) {
	one, other := &b.sides[0], &b.sides[1]
	if len(one.server.Builds) > 0 && len(other.server.Builds) > 0 && lab.SameFile(one.server.Builds[0], other.server.Builds[0]) {
		s.Notes = append(s.Notes, fmt.Sprintf("%s and %s build the same server, byte by byte: they differ by noise and by their flags only", one.name, other.name))
	}
	if !one.server.PinsItself || !other.server.PinsItself { // to start both alike
		one.server.PinsItself, other.server.PinsItself = false, false
	}
	if b.accept {
		for i := range b.sides {
			working(&b.sides[i].server)
		}
	}
	for i, key := range []string{report.SideA, report.SideB} {
		s.Facts = append(s.Facts, results.Fact{Key: key, Value: b.sides[i].name})
	}
	if s.Micro != nil {
		for _, side := range b.sides {
			s.Micro.Sides = append(s.Micro.Sides, lab.MicroSide{Key: results.Server("server=" + side.name), Root: side.root})
		}
	}
	s.Plan.Servers = lab.WithAA([]lab.Server{one.server, other.server})
	if n := max(len(one.server.Builds), len(other.server.Builds)); n > 1 {
		s.Plan.Layouts, s.Plan.Epochs = n, n*turns(n, s.Plan.Rounds, b.budget.Total)
	}
	if s.Plan.Rounds == 0 {
		s.Deadline = time.Now().Add(b.budget.Total)
	}
}

// leastTurn is how long each turn of a code layout is, of more than one.
const leastTurn = 5 * time.Second

// turns returns how often each of the code layouts takes part: as often as rounds
// are even, or the time of a session without a number of rounds allows, so that looks
// before the end have seen them all.
func turns(layouts, rounds int, total time.Duration) int {
	for n := 4; n > 1; n-- {
		if rounds > 0 && rounds%(n*layouts) == 0 || rounds == 0 && total >= time.Duration(n*layouts)*leastTurn {
			return n
		}
	}
	return 1
}

// writeSides writes the samples of each side for benchstat, beside the results.
func (b *comparedSides) writeSides(res *results.Results, path string) (err error) {
	for i, name := range []string{report.OldFile, report.NewFile} {
		err = errors.Join(err, results.Replace(filepath.Join(filepath.Dir(path), name), func(w io.Writer) error {
			return res.WriteSide(w, b.sides[i].name)
		}))
	}
	return err
}

// failure returns what -fail-on finds. What is not judged fails nothing, and allocations
// that vary are not undecided: no session settles them.
func (b *comparedSides) failure(failOn string, changes []results.Change) error {
	if failOn == "" {
		return nil
	}
	var slower, undecided []string
	for _, c := range changes {
		row := c.Unit.Name + " of " + strings.TrimPrefix(c.Name.String(), "Benchmark")
		switch finding := c.SlowerBy(b.limit, c.Unit.Better); {
		case !c.Both() || c.Verdict.Kind == results.Unjudged:
		case finding == results.Slower:
			slower = append(slower, row)
		case finding == results.Undecided && !c.Unit.Exact():
			undecided = append(undecided, row)
		}
	}
	switch {
	case len(slower) > 0:
		return statusError{fmt.Errorf("-fail-on %s: slower by more: %s", failOn, strings.Join(slower, "; ")), statusRegression}
	case len(undecided) > 0:
		return statusError{fmt.Errorf("-fail-on %s: undecided: %s", failOn, strings.Join(undecided, "; ")), statusUndecided}
	}
	return nil
}

// ownRoot returns the root of wsbench's source tree around the current folder.
func ownRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	root := results.SourceRoot(dir)
	if root == "" {
		return "", errors.New("the current folder is not in wsbench's source tree; -dir, -build and -server name another repository")
	}
	return root, nil
}
