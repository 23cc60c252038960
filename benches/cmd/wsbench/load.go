package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/load"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/parse"
	"wsbench/syscalls"
)

var loadExperiment = experiment{
	anywhere: true,
	name:     "load",
	summary:  "generate load against a WebSocket echo server and measure it",
	synopsis: "[flags] ws://host:port/path",
	examples: `  wsbench load -conns 200 -size 16384 ws://127.0.0.1:9001/
  wsbench load -op ping -c 1000 ws://127.0.0.1:9001/
  wsbench load -ca ca.pem wss://127.0.0.1:9001/
  wsbench load -profile echo-ws-limited ws://127.0.0.1:9001/
  wsbench load -rate 50000 -for 10s -hdr latency.hlog ws://127.0.0.1:9001/`,
	least: 1, most: 1,
	new: func(c *call) body {
		b := &loadBody{}
		b.flags(c)
		return b
	},
}

// loadBody is one call of wsbench load.
type loadBody struct {
	cfg        load.Config
	window     time.Duration
	warmup     time.Duration
	hdr        string
	name       string
	pid        int
	op, verify string
	profile    string
	reflect    bool

	facts  []results.Fact // of the host and the load
	report load.Report    // what was measured
}

func (b *loadBody) flags(c *call) {
	fs := c.flags
	fs.IntVar(&b.cfg.Conns, "conns", 100, "connections")
	fs.IntVar(&b.cfg.Conns, "c", 100, "as -conns")
	fs.IntVar(&b.cfg.Size, "size", 20, "`bytes` of payload per message")
	fs.IntVar(&b.cfg.Depth, "depth", 1, "messages in flight per connection; with -rate, at most")
	fs.DurationVar(&b.window, "for", 5*time.Second, "`time` to measure")
	fs.DurationVar(&b.warmup, "warmup", time.Second, "`time` of load before the measured one")
	registerOffer(fs, &b.cfg.Offer, "")
	fs.StringVar(&b.op, "op", "binary", "messages: binary, text, ping (a ping flood) or mix=messages:pings, such as mix=9:1; with pings all payloads are verified, and connections that are lost are counted by kind while the others go on")
	fs.Float64Var(&b.cfg.Rate, "rate", 0, "messages per second over all connections (open loop); 0: a new message for each echo (closed loop)")
	fs.DurationVar(&b.cfg.Grace, "grace", load.DefaultGrace, "with -rate, the `time` after the measured one to wait for echoes of messages that were due; later echoes make the result invalid")
	fs.Func("segment", segmentUsage, func(s string) (err error) {
		b.cfg.Segment, err = load.ParseSegment(s)
		return err
	})
	fs.StringVar(&b.verify, "verify", "sample", "payloads to compare: sample (every 64th), all or off; length and opcode always are")
	fs.IntVar(&b.cfg.Threads, "threads", 1, "event loops")
	c.sharing("load-cpu", "`CPUs` to pin the load's threads to, such as 1 or 2-3", func(s string) (err error) {
		b.cfg.CPUs, err = cpuFlag("-load-cpu", s)
		return err
	}, "")
	fs.StringVar(&b.hdr, "hdr", "", "`file` for the histograms as an HDR log")
	fs.StringVar(&b.name, "name", "server", "the server's name in the output")
	fs.IntVar(&b.pid, "pid", 0, "the server's process, for its CPU time; 0: look it up, on loopback")
	fs.StringVar(&b.profile, "profile", "", namedUsage+"; the best of 3 runs of each, in a folder")
	c.folder()
	fs.BoolVar(&b.reflect, "reflect", false, "instead of load, open one connection and send back what the server sends, until it closes")
	fs.DurationVar(&b.cfg.Timeout, "timeout", 5*time.Second, "`time` to open all connections, and to wait for missing echoes at the end")
	c.seed("masking-keys and payload are")
	c.output()
}

// check implements body.
func (b *loadBody) check(c *call) (err error) {
	b.cfg.URL, b.cfg.Seed = b.address(c.flags.Arg(0)), c.session.Plan.Seed
	if b.cfg.Verify, err = load.ParseVerify(b.verify); err != nil {
		return fmt.Errorf("-verify %q: want sample, all or off", b.verify)
	}
	if err := checkTLS(b.cfg.Offer.TLS, secure(b.cfg.URL)); err != nil {
		return err
	}
	if err := b.messages(c); err != nil {
		return fmt.Errorf("-op %w", err)
	}
	switch {
	case b.reflect && onlyReflect(c.flags) != nil:
		return onlyReflect(c.flags)
	case b.cfg.Rate == 0 && c.given("grace"):
		return errors.New("-grace has no effect without -rate: in a closed loop nothing is due after the window")
	case b.window <= 0:
		return fmt.Errorf("-for %v: want more than 0", b.window)
	case b.warmup < 0:
		return fmt.Errorf("-warmup %v: want 0 or more", b.warmup)
	case b.cfg.Grace <= 0:
		return fmt.Errorf("-grace %v: want more than 0", b.cfg.Grace)
	case b.pid < 0:
		return fmt.Errorf("-pid %d: want a process, or 0 to look it up", b.pid)
	}
	if err := results.CheckValue(b.name); err != nil {
		return fmt.Errorf("-name: %w", err)
	}
	if b.profile != "" {
		return b.checkProfile(c)
	}
	return b.cfg.Check()
}

// messages reads -op. Of pings every payload is compared, unless -verify says
// otherwise, and lost connections do not end the run.
func (b *loadBody) messages(c *call) (err error) {
	ops := map[string]parse.Opcode{"binary": parse.Binary, "text": parse.Text, "ping": parse.Ping}
	op, known := ops[b.op]
	if mix, ok := strings.CutPrefix(b.op, "mix="); ok {
		if b.cfg.Mix, err = load.ParseMix(mix); err != nil {
			return err
		}
		op, known = parse.Binary, true
	}
	if !known {
		return fmt.Errorf("%q: want binary, text, ping or mix=messages:pings, such as mix=9:1", b.op)
	}
	b.cfg.Op = op
	if b.cfg.Endure = b.cfg.Pings(); b.cfg.Endure && !c.given("verify") {
		b.cfg.Verify = load.VerifyAll
	}
	return nil
}

// onlyReflect refuses flags of load beside -reflect, but those of TLS.
func onlyReflect(fs *flag.FlagSet) (err error) {
	fs.Visit(func(f *flag.Flag) {
		if !slices.Contains([]string{"reflect", "insecure", "ca"}, f.Name) {
			err = fmt.Errorf("-%s has no effect with -reflect", f.Name)
		}
	})
	return err
}

// run implements body: what was measured before a failure is a result, too.
func (b *loadBody) run(ctx context.Context, c *call) (*outcome, error) {
	if b.reflect {
		return nil, load.Reflect(ctx, b.cfg.URL, b.cfg.Offer)
	}
	if b.profile != "" {
		return c.compare(ctx)
	}
	if b.cfg.CPUs != nil {
		// The runtime's own threads stay off the server's CPU too.
		if err := syscalls.PinProcess(b.cfg.CPUs); err != nil {
			return nil, err
		}
	}
	hdr, err := b.openHDR() // before the run, which must not be lost for it
	if err != nil {
		return nil, err
	}
	defer hdr.Close()
	if err = b.measure(ctx); err != nil && b.report.Latency == nil {
		return nil, err
	}
	res := b.results(c)
	if errors.Is(err, context.Canceled) {
		res.Interrupted = fmt.Sprintf("after %v of %v", b.report.Window().Round(time.Millisecond), b.window)
	}
	if err == nil && b.report.Invalid != nil {
		err = statusError{fmt.Errorf("the result is invalid: %w", b.report.Invalid), statusInvalid}
	}
	return &outcome{results: res, document: b.document()}, errors.Join(b.writeHDR(hdr), b.keep(c, res), err)
}

// keep writes the results to the folder of -o.
func (b *loadBody) keep(c *call, res *results.Results) error {
	if c.session.Dir == "" {
		return nil
	}
	now := time.Now()
	dir, err := results.CreateFolder(c.session.Dir, now)
	if err != nil {
		return err
	}
	c.path, c.page = filepath.Join(dir, results.BenchFile), filepath.Join(dir, report.File)
	latencies := results.NewHistograms(filepath.Join(dir, results.HistogramFile), now.Add(-b.report.Elapsed))
	if len(res.Samples) > 0 {
		latencies.Add(res.Samples[0].Name.String(), b.report.Latency)
	}
	write := func(w io.Writer) error { return results.Write(w, res) }
	return errors.Join(latencies.Save(), results.Replace(c.path, write))
}

// measure makes the report, which has no Latency where no connection was open.
func (b *loadBody) measure(ctx context.Context) error {
	meter := host.Meter{PID: b.pid}
	b.cfg.Edge = meter.Edge
	group, err := load.Open(ctx, b.cfg)
	if err != nil {
		return err
	}
	defer group.Close()
	pids := []int{b.pid}
	if b.pid == 0 {
		pids = group.Server()
		meter.PIDs = pids
	}
	result, err := group.Run(ctx, b.warmup, b.window)
	b.report = load.Report{Result: result, Name: b.name, Warmup: b.warmup, PIDs: pids}
	switch used, err := meter.Used(); {
	case err == nil:
		b.report.Server = &used
	case b.pid != 0:
		b.report.Warnings = append(b.report.Warnings, "the server's CPU time is not known: "+err.Error())
	}
	b.report.Judge()
	return err
}

// results returns the report as benchmark lines: none where no echo of the
// window came.
func (b *loadBody) results(c *call) *results.Results {
	b.facts = host.Facts()
	if b.cfg.CPUs != nil {
		b.facts = append(b.facts, results.Fact{Key: "load-cpu", Value: b.cfg.CPUs.String()})
	}
	res := &results.Results{Config: results.FactsOf(b.facts), Command: c.command(), Notes: b.report.Warnings}
	if b.report.Messages > 0 {
		res.Samples = []results.Sample{b.report.Sample()}
	}
	return res
}

// openHDR creates the file for the histograms; nil where none is asked for.
func (b *loadBody) openHDR() (*os.File, error) {
	if b.hdr == "" {
		return nil, nil
	}
	f, err := os.Create(b.hdr)
	if err != nil {
		return nil, fmt.Errorf("-hdr: %w", err)
	}
	return f, nil
}

func (b *loadBody) writeHDR(f *os.File) error {
	if f == nil {
		return nil
	}
	return errors.Join(b.report.WriteHDR(f, time.Now()), f.Close())
}
