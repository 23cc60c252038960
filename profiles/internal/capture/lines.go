// Package capture reads the lines of captures and keeps the warnings about them.
package capture

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// mostWarnings is how many warnings are kept; the others are counted.
const mostWarnings = 100

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

// Lines reads lines of any length.
type Lines struct {
	r        *bufio.Reader
	file     string
	most     int
	number   int // of the line read last, from 1
	warnings []error
	dropped  int // warnings beyond mostWarnings
}

// NewLines returns the lines of r, of which more than most bytes are not read.
// file is for messages.
func NewLines(r io.Reader, file string, most int) *Lines {
	return &Lines{r: bufio.NewReaderSize(r, 64<<10), file: file, most: most}
}

// Next returns the next line without its end, and whether it is cut because it
// is too long; ok is false at the end of the file.
func (l *Lines) Next() (line string, cut, ok bool, err error) {
	var b []byte
	for {
		part, err := l.r.ReadSlice('\n')
		if room := l.most - len(b); len(part) > room {
			part, cut = part[:room], true
		}
		b = append(b, part...)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && (err != io.EOF || len(b) == 0):
			if err == io.EOF {
				err = nil
			}
			return "", false, false, err
		}
		l.number++
		return strings.TrimRight(string(b), "\r\n"), cut, true, nil
	}
}

// Number returns the number of the line read last, from 1.
func (l *Lines) Number() int { return l.number }

// Warn keeps a warning about the line read last.
func (l *Lines) Warn(format string, args ...any) { l.WarnAt(l.number, format, args...) }

// WarnAt keeps a warning about a line; 0 is the file as a whole.
func (l *Lines) WarnAt(line int, format string, args ...any) {
	if len(l.warnings) >= mostWarnings {
		l.dropped++
		return
	}
	l.warnings = append(l.warnings, &SyntaxError{l.file, line, fmt.Sprintf(format, args...)})
}

// Warnings returns the warnings, and how many more there were.
func (l *Lines) Warnings() []error {
	if l.dropped > 0 {
		l.warnings = append(l.warnings, &SyntaxError{l.file, 0, fmt.Sprintf("%d more warnings", l.dropped)})
		l.dropped = 0
	}
	return l.warnings
}

// Excerpt quotes the beginning of a line.
func Excerpt(s string) string {
	const most = 60
	if len(s) <= most {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprintf("%q…", s[:most])
}
