package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/host"
	"wsbench/benches/lab"
	"wsbench/benches/load"
	"wsbench/benches/report"
	"wsbench/parse"
	"wsbench/syscalls"
)

// loadOptions are the flags of wsbench load.
type loadOptions struct {
	cfg    load.Config
	window time.Duration
	warmup time.Duration
	outputFlags
	hdr        string
	name       string
	pid        int
	op, verify string
	loadCPU    string
	reflect    bool
}

func (o *loadOptions) flags(fs *flag.FlagSet) {
	fs.IntVar(&o.cfg.Conns, "conns", 100, "connections")
	fs.IntVar(&o.cfg.Size, "size", 20, "`bytes` of payload per message")
	fs.IntVar(&o.cfg.Depth, "depth", 1, "messages in flight per connection; with -rate, at most")
	fs.DurationVar(&o.window, "for", 5*time.Second, "`time` to measure")
	fs.DurationVar(&o.warmup, "warmup", time.Second, "`time` of load before the measured one")
	fs.StringVar(&o.op, "op", "binary", "messages: binary, text or ping")
	fs.Float64Var(&o.cfg.Rate, "rate", 0, "messages per second over all connections (open loop); 0: a new message for each echo (closed loop)")
	fs.DurationVar(&o.cfg.Grace, "grace", load.DefaultGrace, "with -rate, the `time` after the measured one to wait for echoes of messages that were due; later echoes make the result invalid")
	fs.StringVar(&o.verify, "verify", "sample", "payloads to compare: sample (every 64th), all or off; length and opcode always are")
	fs.IntVar(&o.cfg.Threads, "threads", 1, "event loops")
	fs.StringVar(&o.loadCPU, "load-cpu", "", "`CPUs` to pin the load's threads to, such as 1 or 2-3")
	fs.StringVar(&o.hdr, "hdr", "", "`file` for the histograms as an HDR log")
	o.outputFlags.register(fs)
	fs.StringVar(&o.name, "name", "server", "the server's name in the output")
	fs.IntVar(&o.pid, "pid", 0, "the server's process, for its CPU time; 0: look it up, on loopback")
	fs.BoolVar(&o.reflect, "reflect", false, "instead of load, open one connection and send back what the server sends, until it closes")
	fs.Uint64Var(&o.cfg.Seed, "seed", 0, "seed of masking-keys and payload; 0: random")
	fs.DurationVar(&o.cfg.Timeout, "timeout", 5*time.Second, "`time` to open all connections, and to wait for missing echoes at the end")
}

// runLoad is wsbench load.
func runLoad(args []string, stdout, stderr io.Writer) error {
	var o loadOptions
	fs := newFlags("load", "[flags] ws://host:port/path", stdout)
	o.flags(fs)
	if err := parseFlags(fs, args, 1); err != nil {
		return err
	}
	o.cfg.URL = fs.Arg(0)
	err := o.checkReflect(fs)
	if err == nil && o.cfg.Rate == 0 && given(fs, "grace") {
		err = errors.New("-grace has no effect without -rate: in a closed loop nothing is due after the window")
	}
	if err == nil {
		err = o.check()
	}
	if err != nil {
		return usageError{"load: " + strings.TrimPrefix(err.Error(), "load: ")}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal kills
	if o.reflect {
		return load.Reflect(ctx, o.cfg.URL)
	}
	return o.run(ctx, stdout)
}

// checkReflect refuses flags of load beside -reflect.
func (o *loadOptions) checkReflect(fs *flag.FlagSet) (err error) {
	if !o.reflect {
		return nil
	}
	fs.Visit(func(f *flag.Flag) {
		if f.Name != "reflect" {
			err = fmt.Errorf("-%s has no effect with -reflect", f.Name)
		}
	})
	return err
}

// check reads the flags that are names, and refuses what cannot be done.
func (o *loadOptions) check() (err error) {
	ops := map[string]parse.Opcode{"binary": parse.Binary, "text": parse.Text, "ping": parse.Ping}
	var known bool
	if o.cfg.Op, known = ops[o.op]; !known {
		return fmt.Errorf("-op %q: want binary, text or ping", o.op)
	}
	if err := o.outputFlags.check(); err != nil {
		return err
	}
	if o.cfg.Verify, err = load.ParseVerify(o.verify); err != nil {
		return fmt.Errorf("-verify %q: want sample, all or off", o.verify)
	}
	switch {
	case o.window <= 0:
		return fmt.Errorf("-for %v: want more than 0", o.window)
	case o.warmup < 0:
		return fmt.Errorf("-warmup %v: want 0 or more", o.warmup)
	case o.cfg.Grace <= 0:
		return fmt.Errorf("-grace %v: want more than 0", o.cfg.Grace)
	case o.pid < 0:
		return fmt.Errorf("-pid %d: want a process, or 0 to look it up", o.pid)
	}
	if o.loadCPU != "" {
		if o.cfg.CPUs, err = syscalls.ParseCPUs(o.loadCPU); err != nil {
			return fmt.Errorf("-load-cpu: %w", err)
		}
	}
	if err := load.CheckName(o.name); err != nil {
		return err
	}
	return o.cfg.Check()
}

// run opens, measures and writes down, also what was measured before a
// failure.
func (o *loadOptions) run(ctx context.Context, stdout io.Writer) error {
	if o.cfg.CPUs != nil {
		// The runtime's own threads stay off the server's CPU too.
		if err := syscalls.PinProcess(o.cfg.CPUs); err != nil {
			return err
		}
	}
	hdr, err := o.openHDR() // before the run, which must not be lost for it
	if err != nil {
		return err
	}
	defer hdr.Close()
	meter := host.Meter{PID: o.pid}
	o.cfg.Edge = meter.Edge
	group, err := load.Open(ctx, o.cfg)
	if err != nil {
		return err
	}
	defer group.Close()
	pids := []int{o.pid}
	if o.pid == 0 {
		pids = group.Server()
		meter.PIDs = pids
	}
	result, err := group.Run(ctx, o.warmup, o.window)
	if errors.Is(err, context.Canceled) {
		err = fmt.Errorf("load: interrupted after %v of %v; the figures are of what there was", result.Window().Round(time.Millisecond), o.window)
	}
	report := load.Report{Result: result, Name: o.name, Warmup: o.warmup, PIDs: pids}
	if used, err := meter.Used(); err == nil {
		report.Server = &used
	}
	report.Judge()
	if err == nil && result.Invalid != nil {
		err = statusError{fmt.Errorf("load: the result is invalid: %w", result.Invalid), statusInvalid}
	}
	return errors.Join(o.write(&report, stdout), o.writeHDR(&report, hdr), err)
}

// write puts the report out.
func (o *loadOptions) write(r *load.Report, stdout io.Writer) error {
	switch o.format {
	case benchFormat:
		for _, f := range o.facts() {
			r.Host = append(r.Host, benchfmt.Config{Key: f.Key, Value: []byte(f.Value), File: true})
		}
		return r.WriteBench(stdout)
	case jsonFormat:
		return report.WriteJSON(stdout, struct {
			report.Head
			*load.Document
		}{report.NewHead("load", o.facts()), r.Document()})
	}
	return r.WriteText(stdout, o.screen(stdout))
}

// facts are those of the host that are known.
func (o *loadOptions) facts() []lab.Fact {
	facts := slices.DeleteFunc(host.Facts(), func(f lab.Fact) bool { return f.Value == "" })
	if o.cfg.CPUs != nil {
		facts = append(facts, lab.Fact{Key: "load-cpu", Value: o.cfg.CPUs.String()})
	}
	return facts
}

// openHDR creates the file for the histograms; nil where none is asked for.
func (o *loadOptions) openHDR() (*os.File, error) {
	if o.hdr == "" {
		return nil, nil
	}
	f, err := os.Create(o.hdr)
	if err != nil {
		return nil, fmt.Errorf("load: -hdr: %w", err)
	}
	return f, nil
}

func (o *loadOptions) writeHDR(r *load.Report, f *os.File) error {
	if f == nil {
		return nil
	}
	return errors.Join(r.WriteHDR(f, time.Now()), f.Close())
}
