package counts

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

const (
	maxLine     = 1 << 20 // octets of a line; of a longer one the rest is dropped
	maxWarnings = 100     // the rest are counted
)

// SyntaxError is a line that could not be read, or a remark on it.
type SyntaxError struct {
	File string
	Line int // from 1; 0: the file as a whole
	Msg  string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Msg)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// errEmpty is what a capture without a single count comes to.
var errEmpty = errors.New("no counts of strace, perf stat or perf trace in it; capture with strace -f, strace -f -c, perf stat or perf trace -s")

// Read reads one capture and finds out which tool took it. fileName is for
// messages. Lines that cannot be read are among Capture.Warnings; the error is
// of r, or that nothing could be read, and the Capture then holds the warnings.
func Read(r io.Reader, fileName string) (*Capture, error) {
	d := &reader{file: fileName, c: &Capture{}}
	err := d.lines(r)
	if d.format != nil {
		d.format.finish()
	}
	d.closeWarnings()
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
	file    string
	number  int // of the line
	c       *Capture
	format  format
	formats []format
	dropped int // warnings beyond maxWarnings
}

// lines reads r to its end.
func (d *reader) lines(r io.Reader) error {
	d.formats = []format{newStatJSON(d), newTrace(d), newStatText(d), newStrace(d), newStatCSV(d)}
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, long, err := readLine(in)
		if line != "" || err == nil {
			d.number++
			d.take(line, long)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// readLine is the next line without its end, cut at maxLine.
func readLine(in *bufio.Reader) (line string, long bool, err error) {
	var b []byte
	for {
		part, err := in.ReadSlice('\n')
		if room := maxLine - len(b); len(part) > room {
			part, long = part[:room], true
		}
		b = append(b, part...)
		if err != bufio.ErrBufferFull {
			return strings.TrimRight(string(b), "\r\n"), long, err
		}
	}
}

func (d *reader) take(line string, long bool) {
	if long {
		d.warn("a line of more than %d octets is left out; capture with shorter strings (strace -s 32)", maxLine)
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
		d.warn("%v", err)
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

// unknown is a line before the format is known, such as what the traced command
// printed.
func (d *reader) unknown(line string) {
	if !strings.HasPrefix(line, "# started on") {
		d.warn("not a line of strace, perf stat or perf trace: %s", excerpt(line))
	}
}

func (d *reader) warn(msg string, args ...any) { d.warnAt(d.number, msg, args...) }

func (d *reader) warnAt(line int, msg string, args ...any) {
	if len(d.c.Warnings) >= maxWarnings {
		d.dropped++
		return
	}
	d.c.Warnings = append(d.c.Warnings, &SyntaxError{d.file, line, fmt.Sprintf(msg, args...)})
}

func (d *reader) closeWarnings() {
	if d.dropped > 0 {
		d.c.Warnings = append(d.c.Warnings, &SyntaxError{d.file, 0, fmt.Sprintf("%d more warnings", d.dropped)})
	}
}

// excerpt quotes the beginning of a line.
func excerpt(s string) string {
	const most = 60
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q…", s[:most])
}
