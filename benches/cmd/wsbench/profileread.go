package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/pprof/profile"

	"wsbench/benches/explain"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/profiles/stacks"
)

// maxPerfScript bounds how long perf script may take for a capture.
const maxPerfScript = 10 * time.Minute

// profileReader reads a profile of a file's text.
type profileReader func(io.Reader, string) (*profile.Profile, []error, error)

// readProfile reads a file of what perf script printed, of pprof, or, by perf
// script with these flags, a perf.data. Warnings go to stderr.
func readProfile(ctx context.Context, path string, read profileReader, stderr io.Writer, perfFlags ...string) (*profile.Profile, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	p, warnings, err := read(f, path)
	if errors.Is(err, stacks.ErrPerfData) {
		p, warnings, err = perfScript(ctx, path, read, perfFlags)
	}
	for _, w := range warnings {
		fmt.Fprintln(stderr, "wsbench: profile:", w)
	}
	return p, err
}

// perfScript reads what perf script prints of a capture.
func perfScript(ctx context.Context, path string, read profileReader, flags []string) (*profile.Profile, []error, error) {
	perf, err := exec.LookPath("perf")
	if err != nil {
		return nil, nil, fmt.Errorf("%s is a capture by perf record, and perf is not in PATH: install it (Debian: linux-perf), or give what perf script printed where it was made", path)
	}
	ctx, cancel := context.WithTimeout(ctx, maxPerfScript)
	defer cancel()
	// --no-inline: looking inlined functions up can take hours. All else but
	// the pid is in the default fields where the capture holds it, and asking
	// for what it does not hold is an error.
	cmd := exec.CommandContext(ctx, perf, append([]string{"script", "--header", "--no-inline", "-F", "+pid", "-i", path}, flags...)...)
	cmd.WaitDelay = 2 * time.Second
	output := &firstBytes{left: 1 << 10}
	cmd.Stderr = output
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	p, warnings, err := read(out, path)
	io.Copy(io.Discard, out) // so that perf ends; the context bounds it
	if ended := cmd.Wait(); ended != nil {
		if ctx.Err() != nil {
			ended = ctx.Err()
		}
		return nil, warnings, fmt.Errorf("perf script -i %s: %w: %s", path, ended, strings.Join(strings.Fields(output.String()), " "))
	}
	return p, warnings, err
}

// firstBytes keeps the beginning of what is written.
type firstBytes struct {
	strings.Builder
	left int
}

func (f *firstBytes) Write(b []byte) (int, error) {
	n := min(len(b), f.left)
	f.left -= n
	f.Builder.Write(b[:n])
	return len(b), nil
}

// profileOut is where a profile goes.
type profileOut struct {
	path  string
	force bool
}

// register registers the flags of commands that write a profile.
func (o *profileOut) register(c *call, usage string) {
	c.flags.StringVar(&o.path, "o", "", usage)
	c.flags.BoolVar(&o.force, "f", false, "overwrite the file")
	c.output()
}

// refuse refuses a file that is there, before work is done in vain, and one of
// those that are read even where it may be overwritten.
func (o *profileOut) refuse(read ...string) error {
	there, err := os.Lstat(o.path)
	switch {
	case err != nil:
		return nil // what else may be wrong, writing tells
	case there.IsDir():
		return fmt.Errorf("-o %s is a folder: name a file", o.path)
	case !there.Mode().IsRegular(): // a device, or a link to one, would be replaced by a file
		return fmt.Errorf("-o %s is no regular file: name one", o.path)
	case !o.force:
		return fmt.Errorf("-o %s is there already: name another file, or overwrite it with -f", o.path)
	}
	for _, r := range read {
		if in, err := os.Stat(r); err == nil && os.SameFile(in, there) {
			return fmt.Errorf("-o %s is what is read: name another file", o.path)
		}
	}
	return nil
}

// write puts the whole profile there or nothing, and returns its sums and how
// to look at it.
func (o *profileOut) write(p *profile.Profile) (*outcome, error) {
	values := map[string]float64{}
	totals := report.Values{List: []report.Value{{Key: "file", Cell: o.path}}}
	for i, t := range p.SampleType {
		total := stacks.Total(p, i)
		v := report.Value{Key: "totals." + t.Type + "_" + t.Unit, Name: t.Type, Cell: int(total)}
		if t.Unit == "nanoseconds" {
			v.Unit = results.UnitOf("ns")
		}
		totals.List = append(totals.List, v)
		values[t.Type+"-"+t.Unit] = float64(total)
	}
	err := results.Replace(o.path, func(w io.Writer) error {
		return errors.Join(p.Write(w), o.refuse()) // a file may have come since
	})
	if err != nil {
		return nil, err
	}
	name := results.Name{Base: "Profile", Keys: []results.KV{{Key: "file", Value: results.ValueOf(filepath.Base(o.path))}}}
	look := report.Shell{Lines: []report.Line{{Command: "go tool pprof -http=127.0.0.1:0 " + o.path}}}
	return &outcome{
		results:  &results.Results{Samples: []results.Sample{{Name: name, Pkg: explain.Pkg, Iters: 1, Values: values}}},
		document: report.Document{Sections: []report.Section{{Title: o.path, Blocks: []report.Block{totals, look}}}},
	}, nil
}
