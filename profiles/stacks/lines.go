package stacks

import (
	"bufio"
	"errors"
	"fmt"
	"io"
)

// Bounds of what one file may ask for.
const (
	maxLine     = 64 << 10 // octets of a line that are looked at
	maxFrames   = 4096     // frames of a stack; kernel.perf_event_max_stack is 127 by default
	maxEvents   = 64       // sample types of a profile
	maxSamples  = 1 << 22  // distinct stacks with labels
	maxWarnings = 100
)

// lines reads lines of any length and collects the warnings about them.
type lines struct {
	r        *bufio.Reader
	file     string
	n        int // of the line read last, from 1
	warnings []error
	unsaid   int
}

func newLines(r io.Reader, file string) *lines {
	return &lines{r: bufio.NewReaderSize(r, maxLine), file: file}
}

// next is the next line without its end, valid until the call after it; ok is
// false at the end of the file.
func (l *lines) next() (line string, ok bool, err error) {
	b, err := l.r.ReadSlice('\n')
	if len(b) == 0 && err != nil {
		if err == io.EOF {
			err = nil
		}
		return "", false, err
	}
	l.n++
	line = string(b)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.r.ReadSlice('\n')
		if !errors.Is(err, bufio.ErrBufferFull) {
			l.warn("more than %d octets in a line: its end is left out", maxLine)
		}
	}
	if err != nil && err != io.EOF {
		return "", false, err
	}
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line, true, nil
}

// warn keeps a warning about the line read last.
func (l *lines) warn(format string, args ...any) { l.warnAt(l.n, format, args...) }

// warnAt keeps a warning about line n.
func (l *lines) warnAt(n int, format string, args ...any) {
	if len(l.warnings) >= maxWarnings {
		l.unsaid++
		return
	}
	l.warnings = append(l.warnings, fmt.Errorf("%s:%d: %s", l.file, n, fmt.Sprintf(format, args...)))
}

// doubt keeps a warning about the whole file.
func (l *lines) doubt(format string, args ...any) {
	l.warnings = append(l.warnings, fmt.Errorf("%s: %s", l.file, fmt.Sprintf(format, args...)))
}

// said is all warnings.
func (l *lines) said() []error {
	if l.unsaid > 0 {
		l.doubt("%d more lines have warnings", l.unsaid)
		l.unsaid = 0
	}
	return l.warnings
}

// short is s as a message quotes it.
func short(s string) string {
	if len(s) > 80 {
		s = s[:80] + "…"
	}
	return fmt.Sprintf("%q", s)
}
