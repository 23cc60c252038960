// Command wsbench measures where a WebSocket server's nanoseconds go on this
// host: a reference echo server whose every part can be switched, a load
// generator, and the experiments that compare servers honestly.
package main

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
)

// command is one subcommand. run gets the arguments behind its name; exit turns
// what it returns into the exit status.
type command struct {
	name, summary string
	run           func(args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{"echo", "the reference echo server", runEcho},
	loadExperiment.command(),
	matrixExperiment.command(),
	connsExperiment.command(),
	{"report", "make the page and the plots of a folder of results again", runReport},
	conformExperiment.command(),
	floorsExperiment.command(),
	crossoverExperiment.command(),
	{"profile", "why a server takes its time: system calls, functions and components per message", runProfile},
}

func main() { os.Exit(runProcess(os.Args[1:])) }

// runProcess returns the exit status of wsbench with args.
func runProcess(args []string) int {
	// Whoever reads the output may go (| head): writing then fails, instead of
	// ending the process before it has cleared up.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	stdout := &reader{file: os.Stdout}
	err := run(args, stdout, os.Stderr)
	if stdout.gone.Load() {
		return brokenPipe
	}
	return exit(err, os.Stderr)
}

// reader is the standard output, and knows whether it is still read.
type reader struct {
	file *os.File // not embedded: its other ways to write would go unseen
	gone atomic.Bool
}

// Fd returns the file's descriptor, for those who ask whether it is a terminal.
func (r *reader) Fd() uintptr { return r.file.Fd() }

func (r *reader) Write(b []byte) (int, error) {
	n, err := r.file.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		r.gone.Store(true)
	}
	return n, err
}

func run(args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return usageError{usage()}
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		return help(args[1:], stdout)
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(args[1:], stdout, stderr)
		}
	}
	return usageError{fmt.Sprintf("unknown command %q\n%s", args[0], usage())}
}

func usage() string {
	var b strings.Builder
	b.WriteString("usage: wsbench command [flags]\n\n")
	for _, c := range commands {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.summary)
	}
	b.WriteString("\n'wsbench command -h' lists the flags of a command, 'wsbench help formats' the\nfields of -format json.\n")
	return b.String()
}

//go:embed formats.txt
var formatsHelp string

func help(topic []string, stdout io.Writer) error {
	text := usage() + statusHelp()
	if len(topic) == 1 && topic[0] == "formats" {
		text = formatsHelp
	} else if len(topic) > 0 {
		return usageError{fmt.Sprintf("help %s: the one topic is formats; 'wsbench command -h' lists the flags of a command", strings.Join(topic, " "))}
	}
	_, err := io.WriteString(stdout, text)
	return err
}

// newFlags returns the flag set of a subcommand: synopsis is what follows its
// name in the usage line, examples are command lines below the flags.
func newFlags(name, synopsis string, stdout io.Writer, examples ...string) *flag.FlagSet {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {
		fmt.Fprintf(stdout, "usage: wsbench %s %s\n\n", name, synopsis)
		fs.SetOutput(stdout)
		fs.PrintDefaults()
		fs.SetOutput(io.Discard)
		for _, e := range examples {
			if e != "" {
				fmt.Fprintf(stdout, "\nExamples:\n\n%s\n", e)
			}
		}
	}
	return fs
}

// parseFlags reads args and wants exactly operands of them to be no flags; a
// negative number means that many or fewer.
func parseFlags(fs *flag.FlagSet, args []string, operands int) error {
	help := fs.Usage
	fs.Usage = func() {} // a wrong flag gets one line, not the whole list
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		help()
		return err
	case err != nil:
		return usageError{fmt.Sprintf("%s: %v; 'wsbench %s -h' lists the flags", fs.Name(), err, fs.Name())}
	case operands > 0 && fs.NArg() < operands:
		return usageError{fmt.Sprintf("%s: an argument is missing; 'wsbench %s -h' shows what it takes", fs.Name(), fs.Name())}
	case fs.NArg() > max(operands, -operands):
		return usageError{fmt.Sprintf("%s: unexpected argument %q; flags go before it, and 'wsbench %s -h' lists them", fs.Name(), fs.Arg(max(operands, -operands)), fs.Name())}
	}
	return nil
}
