package lab

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/results"
)

// MicroPackage is a package and which of its microbenchmarks are run.
type MicroPackage struct {
	Dir   string // in the source tree
	Bench string // as of go test -bench
}

// microPackages are those of a session that asks for no others: the few that
// tell most, as each costs time.
var microPackages = []MicroPackage{
	{"mask", "^BenchmarkUnmask$/^impl=(auto|word|sse2|avx2|avx512|neon|floor|copy)$/^size=(20|1024|16384)$/^align=1$"},
	{"parse", "^BenchmarkParseHeader$/^impl=(fast|general)$/^from=client$|^BenchmarkHeaders$/^impl=(fast|bufio)$/^from=client$|^Benchmark(PutHeader|UTF8)$"},
	{"parse/opening", "^BenchmarkUpgrade$"},
	{"scratch", "^BenchmarkReceive$/./^conns=1000$/^buffer=65536$|^BenchmarkCarry$"},
	{"syscalls", "^BenchmarkSyscall$|^BenchmarkAnswer$/^frames=16$/^size=20$|^BenchmarkEchoPair$/^via=(calls|writev)$/.|^BenchmarkEchoPair$/^via=uring$/^batch=(1|32)$/^taskrun=defer$/^size=|^BenchmarkWake$/./^wait=raw$|^BenchmarkEpollWait$/^ready=(1|128)$"},
}

// microbenchmarks runs the packages' own benchmarks on the server's CPU, into the
// same file, and returns how many samples there are. What cannot be run is
// skipped; err is of the file or of ctx.
func (s *Session) microbenchmarks(ctx context.Context) (samples int, err error) {
	sides := s.Micro.Sides
	if root := sourceTree(); sides == nil && root != "" {
		sides = []MicroSide{{Root: root}}
		if err := s.file.Source("microbenchmarks", results.TreeSource(root)); err != nil {
			return 0, err
		}
	}
	_, err = exec.LookPath("go")
	switch {
	case sides == nil:
		return 0, s.skip("microbenchmarks", "the current directory is not in the source tree")
	case err != nil:
		return 0, s.skip("microbenchmarks", "the go tool is not on the PATH")
	}
	tmp, err := buildFolder(sides[0].Root)
	if err != nil {
		return 0, s.skip("microbenchmarks", err.Error())
	}
	defer os.RemoveAll(tmp)
	c := &microRun{session: s, sides: sides, tmp: tmp, sp: newSpawner()}
	defer c.sp.close()
	err = c.all(ctx)
	return c.samples, err
}

// buildFolder makes a folder for the test binaries below the source tree's
// .build: what is in the folder for temporary files may not be executable.
func buildFolder(root string) (string, error) {
	dir := filepath.Join(root, ".build")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	return os.MkdirTemp(dir, "microbenchmarks-")
}

type microRun struct {
	session *Session
	sides   []MicroSide
	tmp     string
	sp      *spawner
	limit   time.Time
	samples int
}

func (c *microRun) all(ctx context.Context) error {
	s := c.session
	began := time.Now()
	var ready []MicroPackage
	packages := s.Micro.Packages
	if packages == nil {
		packages = microPackages
	}
	for _, k := range packages {
		s.Progress.Phase("building the benchmarks of %s", k.Dir)
		err := c.build(ctx, k)
		if ctx.Err() != nil {
			return s.early(ctx, ctx.Err(), "before the first run")
		}
		if err == nil {
			ready = append(ready, k)
		} else if err := s.skip("microbenchmarks/"+k.Dir, err.Error()); err != nil {
			return err
		}
	}
	if (s.Micro.Sides != nil || s.Micro.Packages != nil) && !s.Deadline.IsZero() { // builds that leave the servers their time
		s.Deadline = s.Deadline.Add(time.Since(began))
	}
	c.limit = time.Now().Add(s.Micro.Limit) // to build them takes what it takes
	return c.rounds(ctx, ready)
}

// rounds runs all packages once per round, in an order that is drawn, so that the
// samples of each are spread over the whole time. Where that is up, all have as
// many.
func (c *microRun) rounds(ctx context.Context, ready []MicroPackage) error {
	s := c.session
	rng := rand.New(rand.NewPCG(s.Plan.Seed, 2))
	for round := 1; round <= s.Micro.Count; round++ {
		layout := (round-1)%c.layouts() + 1
		if time.Now().After(c.limit) {
			return s.note(fmt.Sprintf("the microbenchmarks have %d of %d samples each, as their time, %v, was up", round-1, s.Micro.Count, s.Micro.Limit))
		}
		if err := s.file.Block(results.Block{ID: round, Round: round, Epoch: layout}, "microbenchmarks"); err != nil {
			return err
		}
		for _, i := range rng.Perm(len(ready)) {
			s.Progress.Step("microbenchmarks, round %d of %d: %s", round, s.Micro.Count, ready[i].Dir)
			for _, side := range rng.Perm(len(c.sides)) {
				err := c.run(ctx, c.binary(ready[i], side, layout))
				if ctx.Err() != nil {
					return s.early(ctx, ctx.Err(), c.until(round))
				}
				if err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// until says how far a session came that ends in a round.
func (c *microRun) until(round int) string {
	if len(c.session.Plan.Servers) > 0 {
		return "before the first run"
	}
	return fmt.Sprintf("after %d of %d rounds", round-1, c.session.Micro.Count)
}

// layouts returns how many code layouts the binaries have.
func (c *microRun) layouts() int { return max(1, c.session.Micro.Layouts) }

// microBinary is the test binary of a package: of one side, in one code layout.
type microBinary struct {
	MicroPackage
	MicroSide
	layout int // from 1
	path   string
}

// of names the side, where there are two.
func (b microBinary) of() string {
	if b.Key == "" {
		return ""
	}
	return " of " + b.Key.Label()
}

func (c *microRun) binary(k MicroPackage, side, layout int) microBinary {
	name := fmt.Sprintf("%s-%d-%d.test", filepath.Base(k.Dir), side, layout)
	return microBinary{k, c.sides[side], layout, filepath.Join(c.tmp, name)}
}

// build compiles the package's tests, on all CPUs: what is measured later
// starts ready. Of sides that are compared, equal binaries are an error.
func (c *microRun) build(ctx context.Context, k MicroPackage) error {
	for layout := 1; layout <= c.layouts(); layout++ {
		for side := range c.sides {
			if err := c.compile(ctx, c.binary(k, side, layout)); err != nil {
				return err
			}
		}
		if layout == 1 && len(c.sides) == 2 && SameFile(c.binary(k, 0, 1).path, c.binary(k, 1, 1).path) {
			return errors.New("both sides build the same test binary: there is no difference to measure")
		}
	}
	return nil
}

// SameFile reports whether two files hold the same bytes.
func SameFile(a, b string) bool {
	one, err := os.ReadFile(a)
	other, otherErr := os.ReadFile(b)
	return err == nil && otherErr == nil && bytes.Equal(one, other)
}

func (c *microRun) compile(ctx context.Context, b microBinary) error {
	if _, err := os.Stat(filepath.Join(b.Root, b.Dir)); err != nil {
		return fmt.Errorf("the source tree%s has no folder %s", b.of(), b.Dir)
	}
	cmd := exec.Command("go", "test", "-c", "-o", b.path)
	if b.Key != "" {
		// Without paths, sides that do not differ are the same bytes.
		cmd.Args = append(cmd.Args, "-trimpath", "-buildvcs=false", fmt.Sprintf("-ldflags=-randlayout=%d", b.layout))
	}
	cmd.Args = append(cmd.Args, "./"+b.Dir)
	cmd.Dir = b.Root
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := c.sp.start(cmd, nil); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { kill(-cmd.Process.Pid, syscall.SIGKILL) })
	err := cmd.Wait()
	stop()
	if err != nil {
		return fmt.Errorf("go test -c ./%s%s: %v: %s", b.Dir, b.of(), err, lastLines(out.String(), tailLines))
	}
	if _, err := os.Stat(b.path); err != nil {
		return fmt.Errorf("%s%s has no tests", b.Dir, b.of())
	}
	return nil
}

// run runs the benchmarks of one package once, and writes every sample as it
// comes.
func (c *microRun) run(ctx context.Context, k microBinary) error {
	cmd := exec.Command(k.path, "-test.run", "^$", "-test.bench", k.Bench, "-test.benchtime", c.session.Micro.Benchtime.String())
	if k.MicroSide.Key != "" { // what is allocated is compared, too
		cmd.Args = append(cmd.Args, "-test.benchmem")
	}
	cmd.Dir = filepath.Join(k.Root, k.Dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := c.sp.start(cmd, c.session.place.ServerCPU); err != nil {
		return c.session.skip("microbenchmarks/"+k.Dir, err.Error())
	}
	within, cancel := context.WithDeadline(ctx, c.limit.Add(c.session.Micro.Limit))
	defer cancel()
	stop := context.AfterFunc(within, func() { kill(-cmd.Process.Pid, syscall.SIGKILL) })
	readErr := c.copy(k, bufio.NewScanner(out))
	waitErr := cmd.Wait()
	switch inTime := stop(); {
	case readErr != nil:
		return readErr
	case ctx.Err() != nil:
		return ctx.Err()
	case !inTime:
		return c.session.skip("microbenchmarks/"+k.Dir, fmt.Sprintf("not done within twice the microbenchmarks' time, %v; what it measured is kept", c.session.Micro.Limit))
	case waitErr != nil:
		return c.session.skip("microbenchmarks/"+k.Dir, fmt.Sprintf("%v: %s", waitErr, lastLines(errs.String(), tailLines)))
	}
	return nil
}

// copy reads the benchmark lines of a package's output and writes them to the
// session's file, below the session's facts. It reads on after an error of
// the file, so that the child is not blocked, and returns it.
func (c *microRun) copy(k microBinary, lines *bufio.Scanner) (err error) {
	pkg := "wsbench/" + k.Dir
	for lines.Scan() {
		r := benchfmt.NewReader(strings.NewReader(lines.Text()), k.Dir)
		if !r.Scan() || err != nil {
			continue
		}
		if res, ok := r.Result().(*benchfmt.Result); ok {
			sample := results.SampleOf(pkg, res)
			sample.Name.Keys = append(k.Key.Keys(), sample.Name.Keys...)
			err = c.session.file.Sample(sample)
			c.samples++
		}
	}
	return err
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], " | ")
}
