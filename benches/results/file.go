package results

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Fact is one key of the file configuration.
type Fact struct{ Key, Value string }

// Writer writes a results file; see the package's documentation for its lines.
// Each call is one write to the underlying writer, so that nothing reported is
// lost, however the process ends. A Writer is used by one goroutine.
type Writer struct {
	w        io.Writer
	pkg      string          // of the samples that follow, as the file has it
	declared map[string]bool // units with a Unit line
}

// NewWriter begins a results file with the facts that have a value.
func NewWriter(w io.Writer, facts []Fact) (*Writer, error) {
	var head strings.Builder
	for _, f := range facts {
		if f.Value != "" {
			fmt.Fprintf(&head, "%s: %s\n", f.Key, oneLine(f.Value))
		}
	}
	_, err := io.WriteString(w, head.String()+"\n")
	return &Writer{w: w, declared: map[string]bool{}}, err
}

// Sample writes a benchmark line, and before it the line pkg where that
// changes, and a line Unit for each unit that the file has not had. Values are
// written to six significant digits.
//
// benchfmt.Writer would begin the file's configuration with the first sample,
// so that a session without one says nothing of its host, and would write large
// numbers with exponents.
func (f *Writer) Sample(s Sample) error {
	var b strings.Builder
	for _, name := range inOrder(s.Values) {
		if better := UnitOf(name).Better; better != "" && !f.declared[name] {
			fmt.Fprintf(&b, "Unit %s better=%s\n", name, better)
		}
		f.declared[name] = true
	}
	if s.Pkg != f.pkg {
		fmt.Fprintf(&b, "pkg: %s\n", s.Pkg)
		f.pkg = s.Pkg
	}
	fmt.Fprintf(&b, "%s %d%s\n", s.Name, s.Iters, measured(s.Values))
	_, err := io.WriteString(f.w, b.String())
	return err
}

// measured returns values as they are in a line.
func measured(values map[string]float64) string {
	var b strings.Builder
	for _, name := range inOrder(values) {
		fmt.Fprintf(&b, " %s %s", strconv.FormatFloat(significant(values[name]), 'f', -1, 64), name)
	}
	return b.String()
}

// Block is what samples that are compared with each other have in common.
type Block struct {
	ID    int           // from 1
	Round int           // in which every case has a block
	Epoch int           // of the servers: how often they were started, from 1, or which of their builds took part
	At    time.Duration // when it began, since the session did
}

// Block writes that the samples which follow are of block b, of a case. What is not
// known of it is left out.
func (f *Writer) Block(b Block, c string) error {
	line := fmt.Sprintf("BLOCK %d", b.ID)
	for _, k := range []struct {
		format string
		value  any
		known  bool
	}{{"round=%d", b.Round, b.Round > 0}, {"epoch=%d", b.Epoch, b.Epoch > 0}, {"case=%s", c, c != ""}, {"at=%.3fs", b.At.Seconds(), b.Round > 0 || b.At > 0}} {
		if k.known {
			line += fmt.Sprintf(" "+k.format, k.value)
		}
	}
	return f.line("%s", line)
}

// Written returns the look as a file has it, so that who reads the file judges alike.
func (l Look) Written() Look {
	l.Share = math.Round(1e4*l.Share) / 1e4
	return l
}

// Written returns the sample with its values as a file has them.
func (s Sample) Written() Sample {
	values := map[string]float64{}
	for name, v := range s.Values {
		values[name] = significant(v)
	}
	s.Values = values
	return s
}

// Look writes that comparisons were judged now.
func (f *Writer) Look(l Look) error { return f.line("LOOK block=%d share=%.4f", l.Block, l.Share) }

// Steal is the share of the CPUs' time that the hypervisor gave to others, from one start
// of the servers to the next.
type Steal struct {
	Epoch int
	Share float64
}

// Steal writes what the hypervisor took in an epoch that has ended.
func (f *Writer) Steal(s Steal) error { return f.line("STEAL epoch=%d share=%.4f", s.Epoch, s.Share) }

// Discarded writes that a run is no sample, and what it measured.
func (f *Writer) Discarded(s Sample, reason string) error {
	return f.line("DISCARDED %s: %s [%d%s]", s.Name, reason, s.Iters, measured(s.Values))
}

// Skip writes that what has a name could not be measured.
func (f *Writer) Skip(name, reason string) error { return f.line("SKIP %s: %s", name, reason) }

// Source writes what a server, or the microbenchmarks, were built from.
func (f *Writer) Source(name string, s Source) error { return f.line("SOURCE %s: %s", name, s.line()) }

// Note writes what the reader must know.
func (f *Writer) Note(text string) error { return f.line("NOTE %s", text) }

// Command writes the command line that makes such a file again; "" is none.
func (f *Writer) Command(text string) error {
	if text == "" {
		return nil
	}
	return f.line("COMMAND %s", text)
}

// Interrupted writes how far a session came that did not end.
func (f *Writer) Interrupted(text string) error { return f.line("INTERRUPTED %s", text) }

func (f *Writer) line(format string, args ...any) error {
	_, err := io.WriteString(f.w, oneLine(fmt.Sprintf(format, args...))+"\n")
	return err
}

// oneLine folds white space, line ends above all. In the place of another
// control character, such as a server may have written, is a question mark.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, strings.Join(strings.Fields(s), " "))
}

// Write writes a results file as Read reads it: all of r but its latencies, which
// have a file of their own, and its warnings.
func Write(w io.Writer, r *Results) error {
	f, err := NewWriter(w, r.Facts())
	if err != nil {
		return err
	}
	err = f.Command(r.Command)
	for _, s := range r.Sources {
		err = errors.Join(err, f.Source(s.Name, s.Source))
	}
	for _, n := range r.Notes {
		err = errors.Join(err, f.Note(n))
	}
	for _, s := range r.Skipped {
		err = errors.Join(err, f.Skip(s.Name, s.Text))
	}
	var block Block
	looks := r.Looks
	for _, s := range r.Samples {
		for ; len(looks) > 0 && looks[0].Block < s.Block; looks = looks[1:] {
			err = errors.Join(err, f.Look(looks[0]))
		}
		if b := (Block{s.Block, s.Round, s.Epoch, s.At}); b != block {
			block = b
			err = errors.Join(err, f.Block(b, s.Name.Case().String()))
		}
		err = errors.Join(err, f.Sample(s))
	}
	for _, l := range looks {
		err = errors.Join(err, f.Look(l))
	}
	for _, s := range r.Steal {
		err = errors.Join(err, f.Steal(s))
	}
	for _, d := range r.Discarded {
		err = errors.Join(err, f.Discarded(d.Sample, d.Reason))
	}
	if r.Interrupted != "" {
		err = errors.Join(err, f.Interrupted(r.Interrupted))
	}
	return err
}

// Facts returns the file configuration in the order of its keys, but for pkg, which
// is of some lines only.
func (r *Results) Facts() (list []Fact) {
	for _, key := range slices.Sorted(maps.Keys(r.Config)) {
		if key != "pkg" {
			list = append(list, Fact{key, r.Config[key]})
		}
	}
	return list
}

// FactsOf returns facts as a file configuration.
func FactsOf(facts []Fact) map[string]string {
	config := map[string]string{}
	for _, f := range facts {
		if f.Value != "" {
			config[f.Key] = f.Value
		}
	}
	return config
}
