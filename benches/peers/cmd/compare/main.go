// Command compare sets wsbench beside other libraries, paired and interleaved:
//
//	mask    mask.Unmask and gobwas/ws's Cipher, over sizes, alignments and
//	        working sets
//	header  parse.ParseHeader and gobwas/ws's ReadHeader
//	echo    the engine and gobwas, coder, gorilla and gws: a message read and
//	        echoed, without a network
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"wsbench/benches/host"
	"wsbench/benches/micro"
	"wsbench/benches/peers"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// config is the command line.
type config struct {
	what      []string
	rounds    int
	sizes     []int // of mask
	echoSizes []int
	aligns    []int
	sets      []micro.Set
	cpus      syscalls.CPUs
	pin       string
	format    string
	seed      uint64
}

const (
	defaultWhat   = "mask,header,echo"
	defaultSizes  = "8,20,64,125,300,1KiB,4KiB,16KiB,64KiB,1MiB,64MiB"
	defaultAligns = "0,1,3,32,63"
	defaultSets   = "hot,fresh,l2,l3"
)

func main() {
	err := run(os.Args[1:], os.Stdout)
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.As(err, new(usageError)):
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

// usageError is a call that cannot be carried out as it is written.
type usageError struct{ error }

func run(args []string, stdout io.Writer) error {
	c, err := parseFlags(args, stdout)
	if err != nil {
		return err
	}
	release, err := micro.Pin(c.cpus)
	if err != nil {
		return usageError{fmt.Errorf("-pin: %w", err)}
	}
	defer release()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return c.compare(ctx, stdout)
}

func parseFlags(args []string, stdout io.Writer) (*config, error) {
	c := &config{}
	fs := flag.NewFlagSet("compare", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.IntVar(&c.rounds, "rounds", 31, "samples of each implementation in each comparison, 9 to 301")
	what := fs.String("what", defaultWhat, "what to compare, comma-separated")
	sizes := fs.String("sizes", "", "payloads of mask and echo, comma-separated (default "+defaultSizes+" of mask; 20,125,1KiB,16KiB,64KiB of echo)")
	aligns := fs.String("aligns", defaultAligns, "mask: bytes after a cache line, 0 to 63, comma-separated")
	sets := fs.String("sets", defaultSets, "mask: hot (the same bytes), fresh (others, in the L1), l2, l3 (a working set larger than that cache), comma-separated")
	fs.StringVar(&c.pin, "pin", "", "`CPU` to run on, or none (default the first of this process)")
	fs.StringVar(&c.format, "format", "text", "text, or bench: the Go benchmark format, one line per sample")
	fs.Uint64Var(&c.seed, "seed", rand.Uint64N(1<<32), "number that the order is drawn from")
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		return nil, err
	} else if err != nil {
		return nil, usageError{err}
	}
	if err := c.read(fs.Args(), *what, *sizes, *aligns, *sets); err != nil {
		return nil, usageError{err}
	}
	return c, nil
}

// read checks the flags' values; an error names the one that is wrong.
func (c *config) read(rest []string, what, sizes, aligns, sets string) (err error) {
	switch {
	case len(rest) > 0:
		return fmt.Errorf("unexpected argument %q; -h lists the flags", rest[0])
	case c.rounds < micro.MinRounds || c.rounds > micro.MaxRounds:
		return fmt.Errorf("-rounds %d: want %d to %d", c.rounds, micro.MinRounds, micro.MaxRounds)
	case !slices.Contains([]string{"text", "bench"}, c.format):
		return fmt.Errorf("-format %q: want text or bench", c.format)
	}
	c.what = strings.Split(what, ",")
	for _, name := range c.what {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == name }) {
			return fmt.Errorf("-what: %q: want %s", name, defaultWhat)
		}
	}
	if err := c.readSizes(sizes); err != nil {
		return fmt.Errorf("-sizes: %w", err)
	}
	if c.sets, err = micro.ParseSets(sets); err != nil {
		return fmt.Errorf("-sets: %w", err)
	}
	if c.cpus, err = micro.ParsePin(c.pin); err != nil {
		return fmt.Errorf("-pin: %w", err)
	}
	return c.readAligns(aligns)
}

func (c *config) readSizes(list string) (err error) {
	c.echoSizes = peers.EchoSizes
	if list == "" {
		c.sizes, err = results.ParseSizes(defaultSizes)
		return err
	}
	c.sizes, err = results.ParseSizes(list)
	c.echoSizes = c.sizes
	return err
}

func (c *config) readAligns(list string) error {
	for s := range strings.SplitSeq(list, ",") {
		var n int
		if _, err := fmt.Sscanf(s, "%d", &n); err != nil || fmt.Sprint(n) != s || n < 0 || n > 63 {
			return fmt.Errorf("-aligns: %q is not a number from 0 to 63", s)
		}
		c.aligns = append(c.aligns, n)
	}
	return nil
}

// facts returns those of the host and of this run.
func (c *config) facts() []results.Fact {
	where := "any"
	if len(c.cpus) > 0 {
		where = c.cpus.String()
	}
	return append(host.Facts(), results.Fact{Key: "bench-cpu", Value: where}, results.Fact{Key: "seed", Value: fmt.Sprint(c.seed)})
}
