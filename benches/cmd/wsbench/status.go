package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"syscall"

	"wsbench/benches/internal/term"
)

// status is the exit status of a command.
type status int

// Every command's exit status is one of these; statuses says what they mean.
const (
	statusFine status = iota
	statusFailed
	statusUsage
	statusUndecided
	statusRegression
	statusInvalid
)

var statuses = [...]string{
	statusFine:       "fine",
	statusFailed:     "error: something could not be done, or cases of 'wsbench conform' failed",
	statusUsage:      "usage: the command line cannot be carried out as it is written",
	statusUndecided:  "undecided: nothing could be compared; more rounds or a quieter host may help",
	statusRegression: "regression: a comparison finds that what is new is worse (-fail-on)",
	statusInvalid:    "invalid: the result is not of what was asked for, or the rate was not kept",
}

// statusHelp returns the table for people.
func statusHelp() string {
	var b strings.Builder
	b.WriteString("\nThe exit status is\n\n")
	for s, meaning := range statuses {
		fmt.Fprintf(&b, "  %d  %s\n", s, meaning)
	}
	fmt.Fprintf(&b, "\nand %d, without a message, once nobody reads the output any more.\n", brokenPipe)
	return b.String()
}

// brokenPipe is the exit status once nobody reads the output any more, the one
// that shells give to a process that SIGPIPE has ended. There is no message:
// that the reader has read enough is no fault.
const brokenPipe = 128 + int(syscall.SIGPIPE)

// statusError is an error with an exit status of its own.
type statusError struct {
	error
	status status
}

func (e statusError) Unwrap() error { return e.error }

func (e statusError) exitStatus() status { return e.status }

// usageError is a call that cannot be carried out as it is written.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

func (e usageError) exitStatus() status { return statusUsage }

// exit prints err and returns the exit status: that of the error, or statusFailed.
func exit(err error, stderr io.Writer) int {
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return int(statusFine)
	}
	page := term.Screen{}.Page()
	page.Line("wsbench: %s", strings.TrimRight(err.Error(), "\n"))
	page.Flush(stderr)
	var own interface{ exitStatus() status }
	if errors.As(err, &own) {
		return int(own.exitStatus())
	}
	return int(statusFailed)
}
