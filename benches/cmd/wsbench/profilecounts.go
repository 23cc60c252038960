package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"wsbench/benches/results"
	"wsbench/profiles/counts"
)

// countsOptions are the flags of wsbench profile counts.
type countsOptions struct {
	outputFlags
	messages int64
	name     string
	keys     []results.KV // of name
	files    []string
}

// countsFile is what one file held.
type countsFile struct {
	name    string
	capture *counts.Capture
}

// runProfileCounts carries out wsbench profile counts.
func runProfileCounts(args []string, stdout, stderr io.Writer) error {
	o, err := parseCounts(args, stdout)
	if err != nil {
		return err
	}
	var files []countsFile
	for _, name := range o.files {
		c, err := readCounts(name)
		if c != nil {
			for _, w := range c.Warnings {
				fmt.Fprintf(stderr, "wsbench: %v\n", w)
			}
		}
		if err != nil {
			fmt.Fprintf(stderr, "wsbench: %v\n", err)
			continue
		}
		files = append(files, countsFile{name, c})
	}
	if err := o.write(stdout, o.document(files), o.results(files)); err != nil {
		return fmt.Errorf("profile counts: %w", err)
	}
	if failed := len(o.files) - len(files); failed > 0 {
		return fmt.Errorf("profile counts: %d of %d files could not be read", failed, len(o.files))
	}
	return nil
}

func parseCounts(args []string, stdout io.Writer) (*countsOptions, error) {
	o := &countsOptions{}
	fs := newFlags("profile counts", "[flags] FILE...", stdout)
	fs.Int64Var(&o.messages, "messages", 0, "`messages` that the server handled during the capture; 0: unknown, and counts are of the capture")
	fs.StringVar(&o.name, "name", "", "`KEY=VALUE/...` of the benchmark's name, such as server=mine/conns=200")
	o.outputFlags.register(fs)
	const anyNumber = 1 << 30
	if err := parseFlags(fs, args, -anyNumber); err != nil {
		return nil, err
	}
	o.files = fs.Args()
	if err := o.check(); err != nil {
		return nil, usageError{"profile counts: " + err.Error()}
	}
	return o, nil
}

func (o *countsOptions) check() error {
	stdin := 0
	for _, f := range o.files {
		if f == "-" {
			stdin++
		}
	}
	switch {
	case len(o.files) == 0:
		return errors.New("a file is missing: name what strace, perf stat or perf trace wrote, or - for standard input")
	case stdin > 1:
		return errors.New("duplicate -: standard input can be read once")
	case o.messages < 0:
		return fmt.Errorf("-messages %d: 1 or more are needed, or 0 where they are unknown", o.messages)
	}
	if err := o.outputFlags.check(); err != nil || o.name == "" {
		return err
	}
	o.keys = results.ParseName("Calls/" + o.name).Keys
	return checkKeys(o.name)
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
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return counts.Read(f, name)
}
