package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"wsbench/benches/host"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// experiment is a command: what it is called, and what one call of it does.
type experiment struct {
	name, summary string
	synopsis      string // what follows the name in the usage line
	examples      string // command lines, below the flags in the help
	least, most   int    // arguments that are no flags
	// split parts the flags from arguments that may look like flags; nil: where
	// these begin is as package flag has it.
	split func(args []string) (flags, operands []string)
	// groups are those of the flags in the help; nil: flagGroups.
	groups   []flagGroup
	anywhere bool         // it works on darwin and Windows too
	sub      []experiment // commands of its own, whose names begin with its name
	// new registers the flags of one call: those that experiments share by
	// methods of call, its own on call.flags.
	new func(*call) body
}

// body is what one call of an experiment does.
type body interface {
	// check reads the flags' values before anything is done; an error names the
	// flag that is wrong and says what is wanted.
	check(*call) error
	// run does it. An outcome that is not nil is shown, whatever the error.
	run(context.Context, *call) (*outcome, error)
}

// outcome is what a call came to.
type outcome struct {
	results  *results.Results // -format bench is made of them, unless they are in a file
	document report.Document
	page     *report.Document // in the page, where that has another; nil: the same
}

// find returns the experiment of a name.
func find(list []experiment, name string) (experiment, bool) {
	i := slices.IndexFunc(list, func(e experiment) bool { return e.name == name })
	if i < 0 {
		return experiment{}, false
	}
	return list[i], true
}

// call carries one call out. An error that ends its ctx early is said to be an
// interruption.
func (e experiment) call(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		if sub, ok := find(e.sub, e.name+" "+args[0]); ok {
			return sub.call(ctx, args[1:], stdout, stderr)
		}
	}
	c, b, err := e.parse(args, stdout, stderr)
	if err != nil {
		return e.named(err)
	}
	if err := c.enter(); err != nil {
		return e.named(err)
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	_, err = c.carryOut(ctx, b)
	return e.named(err)
}

// carryOut has b do what was asked for, and shows the outcome, if there is one.
func (c *call) carryOut(ctx context.Context, b body) (*outcome, error) {
	out, err := b.run(ctx, c)
	if out != nil {
		err = errors.Join(c.interrupted(ctx, out.results, err), c.show(out))
	}
	return out, err
}

// interruptible returns a context that the first signal cancels. The second kills
// all that this process has started, so that the call soon ends and clears up; a
// third kills this process.
func interruptible(ctx context.Context) (_ context.Context, stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		defer signal.Stop(signals)
		for _, act := range []func(){cancel, host.KillDescendants} {
			select {
			case <-signals:
				act()
			case <-done:
				return
			}
		}
	}()
	return ctx, func() {
		cancel()
		close(done)
	}
}

// named returns err under the command's name, which may also be the package's.
func (e experiment) named(err error) error {
	if err == nil || strings.HasPrefix(err.Error(), e.name+": ") {
		return err
	}
	return fmt.Errorf("%s: %w", e.name, err)
}

// parse reads the command line of one call.
func (e experiment) parse(args []string, stdout, stderr io.Writer) (*call, body, error) {
	c, b := e.begin(args, stdout, stderr)
	err := e.operands(c)
	if errors.Is(err, flag.ErrHelp) {
		e.help(c)
		return nil, nil, err
	}
	if err == nil {
		err = e.runsOn(runtime.GOOS)
	}
	if err == nil {
		err = c.check()
	}
	if err == nil {
		err = b.check(c)
	}
	if err != nil {
		return nil, nil, usageError{err.Error()}
	}
	return c, b, nil
}

// runsOn returns an error where the command does not work on that system.
func (e experiment) runsOn(goos string) error {
	if goos == "linux" || e.anywhere {
		return nil
	}
	return fmt.Errorf("%s only; this is %s", "Linux", goos) // a name, and no sentence
}

// operands parses the flags of c, and keeps what else the command line has.
func (e experiment) operands(c *call) error {
	flags := c.args
	if e.split != nil {
		flags, c.operands = e.split(c.args)
	}
	if err := c.flags.Parse(flags); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return fmt.Errorf("%w; 'wsbench %s -h' lists the flags", flagError(c.flags, err), e.name)
	}
	c.operands = append(c.flags.Args(), c.operands...)
	switch n := len(c.operands); {
	case n < e.least:
		return fmt.Errorf("an argument is missing; 'wsbench %s -h' shows what it takes", e.name)
	case n > e.most && e.sub != nil:
		return fmt.Errorf("unknown command %q%s; 'wsbench %s -h' lists what there is", c.operands[0], meant(c.operands[0], words(e.sub)), e.name)
	case n > e.most:
		return fmt.Errorf("unexpected argument %q; flags go before it, and 'wsbench %s -h' lists them", c.operands[e.most], e.name)
	}
	return nil
}
