package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"

	"wsbench/benches/explain"
	"wsbench/benches/results"
	"wsbench/profiles/counts"
)

var countsExperiment = experiment{
	anywhere: true,
	name:     "profile counts", summary: "what strace, perf stat and perf trace counted, per message", synopsis: "[flags] FILE...", most: math.MaxInt,
	examples: "  strace -f -c -p PID 2>&1 | wsbench profile counts -messages 100000 -",
	new: func(c *call) body {
		o := &countsSession{}
		c.flags.Int64Var(&o.messages, "messages", 0, "`messages` that the server handled during the capture; 0: unknown, and counts are of the capture")
		c.flags.StringVar(&o.name, "name", "", "`KEY=VALUE/...` of the benchmark's name, such as server=mine/conns=200")
		c.output()
		return o
	},
}

// countsSession is one call of wsbench profile counts.
type countsSession struct {
	messages int64
	unit     string // of what messages counts, such as op; "": msg
	name     string
	keys     []results.KV // of name
	files    []countsFile
}

// countsFile is what one file held.
type countsFile struct {
	name    string
	capture *counts.Capture
}

// check implements body.
func (o *countsSession) check(c *call) error {
	stdin := 0
	for _, f := range c.operands {
		if f == "-" {
			stdin++
		}
	}
	switch {
	case len(c.operands) == 0:
		return errors.New("a file is missing: name what strace, perf stat or perf trace wrote, or - for standard input")
	case stdin > 1:
		return errors.New("duplicate -: standard input can be read once")
	case o.messages < 0:
		return fmt.Errorf("-messages %d: want 1 or more, or 0 where they are unknown", o.messages)
	case o.name == "":
		return nil
	}
	o.keys = results.ParseName("Calls/" + o.name).Keys
	return checkKeys(o.name)
}

// run implements body.
func (o *countsSession) run(_ context.Context, c *call) (*outcome, error) {
	err := o.read(c)
	return &outcome{results: o.results(), document: o.document()}, err
}

// read reads the files that can be read; the error says how many cannot.
func (o *countsSession) read(c *call) error {
	for _, name := range c.operands {
		got, err := readCounts(name)
		if got != nil {
			for _, w := range got.Warnings {
				fmt.Fprintf(c.stderr, "wsbench: %v\n", w)
			}
		}
		if err != nil {
			fmt.Fprintf(c.stderr, "wsbench: %v\n", err)
			continue
		}
		o.files = append(o.files, countsFile{name, got})
	}
	if failed := len(c.operands) - len(o.files); failed > 0 {
		return fmt.Errorf("%d of %d files could not be read", failed, len(c.operands))
	}
	return nil
}

// checkKeys accepts key=value, one a slash.
func checkKeys(name string) error {
	for part := range strings.SplitSeq(name, "/") {
		key, value, _ := strings.Cut(part, "=")
		if strings.ContainsAny(key, "._-+") || results.CheckValue(key) != nil || results.CheckValue(value) != nil {
			return fmt.Errorf("-name: %q is not KEY=VALUE; a value has letters, digits and . _ - +", part)
		}
	}
	return nil
}

// readCounts reads a file, or standard input. The capture is nil where the file
// could not be opened.
func readCounts(name string) (*counts.Capture, error) {
	if name == "-" {
		return counts.Read(os.Stdin, "stdin")
	}
	return explain.ReadFile(name, counts.Read)
}
