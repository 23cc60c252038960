// Command wsbench measures where a WebSocket server's nanoseconds go on this
// host: a reference echo server whose every part can be switched, a load
// generator, and the experiments that compare servers honestly.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

var commands = []experiment{
	echoExperiment, loadExperiment, matrixExperiment, abExperiment, connsExperiment, chunkExperiment, acceptExperiment, tlsExperiment, selftestExperiment, reportExperiment,
	conformExperiment, floorsExperiment, crossoverExperiment, microExperiment, pairsExperiment, profileExperiment, tourExperiment, versionExperiment,
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
	if failed := stdout.failed.Load(); failed != nil && (err == nil || errors.Is(err, flag.ErrHelp)) {
		err = *failed
	}
	return exit(err, os.Stderr)
}

// reader is the standard output, and knows whether it is still read.
type reader struct {
	file   *os.File // not embedded: its other ways to write would go unseen
	gone   atomic.Bool
	failed atomic.Pointer[error] // the last of writing
}

// Fd returns the file's descriptor, for those who ask whether it is a terminal.
func (r *reader) Fd() uintptr { return r.file.Fd() }

func (r *reader) Write(b []byte) (int, error) {
	n, err := r.file.Write(b)
	if errors.Is(err, syscall.EPIPE) {
		r.gone.Store(true)
	}
	if err != nil {
		r.failed.Store(&err)
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
	case "-version", "--version":
		args = append([]string{"version"}, args[1:]...)
	case "completion":
		return completion(args[1:], stdout)
	}
	if e, ok := find(commands, args[0]); ok {
		return e.call(context.Background(), args[1:], stdout, stderr)
	}
	return usageError{fmt.Sprintf("unknown command %q%s; 'wsbench help' lists the commands", args[0], meant(args[0], words(commands)))}
}
