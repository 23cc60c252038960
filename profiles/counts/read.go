package counts

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"wsbench/profiles/internal/capture"
)

// maxLine is how many bytes of a line are read.
const maxLine = 1 << 20

// errEmpty is what a capture without a single count comes to.
var errEmpty = errors.New("no counts of strace, perf stat or perf trace in it; capture with strace -f, strace -f -c, perf stat or perf trace -s")

// Read reads one capture and finds out which tool took it. fileName is for
// messages. Lines that cannot be read are among Capture.Warnings; the error is
// of r, or that nothing could be read, and the Capture then holds the warnings.
func Read(r io.Reader, fileName string) (*Capture, error) {
	d := &reader{Lines: capture.NewLines(r, fileName, maxLine), c: &Capture{}}
	err := d.lines()
	if d.format != nil {
		d.format.finish()
	}
	d.c.Warnings = d.Warnings()
	switch {
	case err != nil:
		return d.c, fmt.Errorf("%s: %w", fileName, err)
	case len(d.c.Calls) == 0 && len(d.c.Events) == 0 && len(d.c.Skips) == 0:
		return d.c, fmt.Errorf("%s: %w", fileName, errEmpty)
	}
	return d.c, nil
}

// format is one kind of capture.
type format interface {
	begins(line string) bool // whether a line shows the file to be of this kind
	line(line string) error  // reads a line, which is not blank; an error becomes a warning
	finish()                 // puts what was read into the Capture
}

type reader struct {
	*capture.Lines
	c       *Capture
	format  format
	formats []format
}

// lines reads to the end.
func (d *reader) lines() error {
	d.formats = []format{newStatJSON(d), newTrace(d), newStatText(d), newStrace(d), newStatCSV(d)}
	for {
		line, cut, ok, err := d.Next()
		if !ok {
			return err
		}
		d.take(line, cut)
	}
}

func (d *reader) take(line string, long bool) {
	if long {
		d.Warn("a line of more than %d bytes is not read; capture with shorter strings (strace -s 32)", maxLine)
		return
	}
	if strings.TrimSpace(line) == "" || isRemark(line) {
		return
	}
	if d.format == nil {
		d.find(line)
	}
	if d.format == nil {
		d.unknown(line)
	} else if err := d.format.line(line); err != nil {
		d.Warn("%v", err)
	}
}

// find lets the line choose the format.
func (d *reader) find(line string) {
	for _, f := range d.formats {
		if f.begins(line) {
			d.format = f
			return
		}
	}
}

// unknown handles a line before the format is known, such as what the traced
// command printed.
func (d *reader) unknown(line string) {
	if !strings.HasPrefix(line, "# started on") {
		d.Warn("not a line of strace, perf stat or perf trace: %s", capture.Excerpt(line))
	}
}
