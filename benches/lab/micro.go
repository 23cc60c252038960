package lab

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/results"
)

// microPackage is a package whose microbenchmarks belong to a session.
type microPackage struct {
	dir   string // in the source tree
	bench string // which benchmarks: few that tell most, as each costs time
}

var microPackages = []microPackage{
	{"mask", "^BenchmarkUnmask$/^impl=(auto|word|sse2|avx2|avx512|neon|floor|copy)$/^size=(20|1KiB|16KiB)$/^align=1$"},
	{"parse", "^Benchmark(ParseHeader|ScanHeaders|PutHeader|UTF8)$"},
	{"parse/opening", "^BenchmarkUpgrade$"},
	{"scratch", "^BenchmarkReceive$/./^conns=1000$/^buffer=68KiB$|^BenchmarkCarry$"},
	{"syscalls", "^BenchmarkSyscall$|^BenchmarkEchoPair$/^via=(calls|writev)$/.|^BenchmarkEchoPair$/^via=uring$/^batch=(1|32)$/^taskrun=defer$/^size=|^BenchmarkWake$/./^wait=raw$|^BenchmarkEpollWait$/^ready=(1|128)$"},
}

// microbenchmarks runs the packages' own benchmarks on the server's CPU, into the
// same file. What cannot be run is skipped; err is of the file or of ctx.
func (s *Session) microbenchmarks(ctx context.Context) error {
	root := sourceTree()
	_, err := exec.LookPath("go")
	switch {
	case root == "":
		return s.skip("microbenchmarks", "the current directory is not in the source tree")
	case err != nil:
		return s.skip("microbenchmarks", "the go tool is not on the PATH")
	}
	if err := s.file.Source("microbenchmarks", results.TreeSource(root)); err != nil {
		return err
	}
	tmp, err := buildFolder(root)
	if err != nil {
		return s.skip("microbenchmarks", err.Error())
	}
	defer os.RemoveAll(tmp)
	c := &microRun{session: s, root: root, tmp: tmp, sp: newSpawner()}
	defer c.sp.close()
	return c.all(ctx)
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
	root    string
	tmp     string
	sp      *spawner
	limit   time.Time
}

func (c *microRun) all(ctx context.Context) error {
	c.limit = time.Now().Add(c.session.Micro.Limit)
	inTime, cancel := context.WithDeadline(ctx, c.limit)
	defer cancel()
	var ready []microPackage
	for _, k := range microPackages {
		name := "microbenchmarks/" + k.dir
		c.session.Progress.Step("building the benchmarks of %s, %s left", k.dir, c.left())
		err := c.build(inTime, k)
		if ctx.Err() != nil {
			return c.session.early(ctx, ctx.Err())
		}
		if err != nil {
			if err := c.session.skip(name, err.Error()); err != nil {
				return err
			}
			continue
		}
		ready = append(ready, k)
	}
	return c.each(ctx, ready)
}

// each runs the packages one after another. What one leaves of its share of
// the time is the others'.
func (c *microRun) each(ctx context.Context, ready []microPackage) error {
	for i, k := range ready {
		c.session.Progress.Phase("benchmarks of %s, %s left", k.dir, c.left())
		share := time.Until(c.limit) / time.Duration(len(ready)-i)
		err := c.run(ctx, k, share)
		if ctx.Err() != nil {
			return c.session.early(ctx, ctx.Err())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// left returns how long the whole session still takes, at most.
func (c *microRun) left() string {
	s := c.session
	if !s.Deadline.IsZero() {
		return ClockTime(max(0, time.Until(s.Deadline)))
	}
	runs := time.Duration(s.Plan.Runs()) * (s.Plan.Warmup + s.Plan.Window + runCost)
	return ClockTime(max(0, time.Until(c.limit)) + runs)
}

func (c *microRun) binary(k microPackage) string {
	return filepath.Join(c.tmp, filepath.Base(k.dir)+".test")
}

// build compiles the package's tests, on all CPUs: what is measured later
// starts ready.
func (c *microRun) build(ctx context.Context, k microPackage) error {
	if _, err := os.Stat(filepath.Join(c.root, k.dir)); err != nil {
		return fmt.Errorf("the source tree has no folder %s", k.dir)
	}
	cmd := exec.Command("go", "test", "-c", "-o", c.binary(k), "./"+k.dir)
	cmd.Dir = c.root
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := c.sp.start(cmd, nil); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	err := cmd.Wait()
	if inTime := stop(); !inTime {
		return fmt.Errorf("its tests were not built within the microbenchmarks' time, %v", c.session.Micro.Limit)
	}
	if err != nil {
		return fmt.Errorf("go test -c ./%s: %v: %s", k.dir, err, lastLines(out.String(), tailLines))
	}
	if _, err := os.Stat(c.binary(k)); err != nil {
		return fmt.Errorf("%s has no tests", k.dir)
	}
	return nil
}

// run runs the benchmarks of one package for at most the time of its share,
// and writes every sample as it comes.
func (c *microRun) run(ctx context.Context, k microPackage, share time.Duration) error {
	b := c.session.Micro
	cmd := exec.Command(c.binary(k), "-test.run", "^$", "-test.bench", k.bench,
		"-test.benchtime", b.Benchtime.String(), "-test.count", fmt.Sprint(b.Count))
	cmd.Dir = filepath.Join(c.root, k.dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	var errs strings.Builder
	cmd.Stderr = &errs
	if err := c.sp.start(cmd, c.session.place.Server); err != nil {
		return c.session.skip("microbenchmarks/"+k.dir, err.Error())
	}
	ctx, cancel := context.WithTimeout(ctx, share)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	readErr := c.copy(k, bufio.NewScanner(out))
	waitErr := cmd.Wait()
	switch inTime := stop(); {
	case readErr != nil:
		return readErr
	case !inTime:
		return c.session.skip("microbenchmarks/"+k.dir, fmt.Sprintf("not done within its share of the time, %v; what it measured is kept", share.Round(time.Second)))
	case waitErr != nil:
		return c.session.skip("microbenchmarks/"+k.dir, fmt.Sprintf("%v: %s", waitErr, lastLines(errs.String(), tailLines)))
	}
	return nil
}

// copy reads the benchmark lines of a package's output and writes them to the
// session's file, below the session's facts. It reads on after an error of
// the file, so that the child is not blocked, and returns it.
func (c *microRun) copy(k microPackage, lines *bufio.Scanner) (err error) {
	pkg := "wsbench/" + k.dir
	for lines.Scan() {
		r := benchfmt.NewReader(strings.NewReader(lines.Text()), k.dir)
		if !r.Scan() || err != nil {
			continue
		}
		if res, ok := r.Result().(*benchfmt.Result); ok {
			c.session.Progress.Step("%s: %s, %s left", k.dir, res.Name, c.left())
			err = c.session.file.Sample(results.SampleOf(pkg, res))
		}
	}
	return err
}

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], " | ")
}
