package lab

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/perf/benchfmt"

	"wsbench/benches/results"
)

// Fact is one key of the file configuration.
type Fact = results.Fact

// File writes bench.txt; see the package's documentation for its lines. Each
// call is one write to w, so that nothing reported is lost, however the
// process ends. A File is used by one goroutine.
type File struct {
	w   io.Writer
	pkg string // of the samples that follow, as the file has it
}

// NewFile begins a results file with the facts and the units: those given, or
// those of sessions.
func NewFile(w io.Writer, facts []Fact, units ...Unit) (*File, error) {
	if units == nil {
		units = slices.Concat(Units, ConnsUnits, ComponentUnits)
	}
	var head strings.Builder
	for _, f := range facts {
		if f.Value != "" {
			fmt.Fprintf(&head, "%s: %s\n", f.Key, oneLine(f.Value))
		}
	}
	head.WriteString("\n")
	for _, u := range units {
		fmt.Fprintf(&head, "Unit %s better=%s\n", u.Name, u.Better)
	}
	_, err := io.WriteString(w, head.String()+"\n")
	return &File{w: w}, err
}

// Sample implements Journal.
func (f *File) Sample(s Sample) error { return f.bench(ownPackage, s.result()) }

// Conns writes a sample of idle connections.
func (f *File) Conns(s ConnsSample) error { return f.bench(ownPackage, s.result()) }

// Component writes a sample of the benchmarks of another package.
func (f *File) Component(pkg string, r *benchfmt.Result) error { return f.bench(pkg, r) }

// bench writes a benchmark line, and pkg before it where that changes.
// benchfmt.Writer would begin the file's configuration with the first sample,
// so that a session without one says nothing of its host, and write large
// numbers with exponents.
func (f *File) bench(pkg string, r *benchfmt.Result) error {
	var b strings.Builder
	if pkg != f.pkg {
		fmt.Fprintf(&b, "pkg: %s\n", pkg)
		f.pkg = pkg
	}
	fmt.Fprintf(&b, "Benchmark%s %d", r.Name, r.Iters)
	for _, v := range r.Values {
		value, unit := v.Value, v.Unit
		if v.OrigUnit != "" {
			value, unit = v.OrigValue, v.OrigUnit
		}
		fmt.Fprintf(&b, " %s %s", strconv.FormatFloat(value, 'f', -1, 64), unit)
	}
	b.WriteByte('\n')
	_, err := io.WriteString(f.w, b.String())
	return err
}

// Block implements Journal.
func (f *File) Block(b Block) error {
	return f.line("BLOCK %d round=%d case=%s", b.ID, b.Round, b.Case)
}

// LeftOut implements Journal.
func (f *File) LeftOut(name, reason string) error { return f.line("DISCARDED %s: %s", name, reason) }

// Skip implements Journal.
func (f *File) Skip(name, reason string) error { return f.line("SKIP %s: %s", name, reason) }

// Note implements Journal.
func (f *File) Note(text string) error { return f.line("NOTE %s", text) }

// Command writes the command line that remakes the file; "" is none.
func (f *File) Command(text string) error {
	if text == "" {
		return nil
	}
	return f.line("COMMAND %s", text)
}

// Interrupted implements Journal.
func (f *File) Interrupted(text string) error { return f.line("INTERRUPTED %s", text) }

func (f *File) line(format string, args ...any) error {
	_, err := io.WriteString(f.w, oneLine(fmt.Sprintf(format, args...))+"\n")
	return err
}

// oneLine folds white space, line ends above all.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
