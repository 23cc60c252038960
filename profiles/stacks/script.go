package stacks

import (
	"regexp"
	"strings"

	"wsbench/profiles/internal/capture"
)

// sample is one sample of perf script.
type sample struct {
	head
	line  int
	stack []entry // innermost first
	trace string  // the fields of a tracepoint
}

// visitor gets what a file holds, in its order.
type visitor struct {
	sample func(*sample)
	record func(head)
}

// scan reads all of r. What it does not understand is a warning of in.
func scan(in *capture.Lines, info *header, v visitor) error {
	var open *sample
	finish := func() {
		if open != nil {
			v.sample(open)
			open = nil
		}
	}
	for {
		line, cut, ok, err := in.Next()
		if err != nil {
			return err
		}
		if !ok {
			finish()
			return nil
		}
		if cut {
			in.Warn("more than %d bytes in a line: its end is not read", maxLine)
		}
		switch {
		case strings.TrimSpace(line) == "":
			finish()
		case line[0] == '#':
			info.comment(line)
		case open != nil && isEntry(line):
			open.entry(in, line)
		default:
			finish()
			open = begin(in, line, v)
		}
	}
}

// isEntry distinguishes lines of stacks, which perf indents by a tab, from heads,
// which it may indent by spaces. A text that lost its tabs is read too.
func isEntry(line string) bool {
	switch line[0] {
	case '\t':
		return true
	case ' ':
		_, head := parseHead(line)
		return !head
	}
	return false
}

// begin reads a line that opens a sample; nil if it is none.
func begin(in *capture.Lines, line string, v visitor) *sample {
	h, ok := parseHead(line)
	switch {
	case ok && h.record != "":
		v.record(h)
		return nil
	case !ok && strings.Contains(line, "PERF_RECORD_"):
		return nil // one that tells of no thread
	case !ok:
		in.Warn("neither a sample nor a frame of one: %s", capture.Excerpt(line))
		return nil
	}
	s := &sample{head: h, line: in.Number()}
	if f, ok := parseEntry(h.rest); ok && (f.symbol != "" || f.dso != "" || len(h.rest) >= 8) {
		s.stack = append(s.stack, f)
	} else {
		s.trace = h.rest
	}
	return s
}

// source is the line that -F srcline puts under each frame.
var source = regexp.MustCompile(`^\s+\S.*:\d+$`)

// entry adds a line to the stack.
func (s *sample) entry(in *capture.Lines, line string) {
	f, ok := parseEntry(line)
	switch {
	case ok && f.mark():
	case ok && len(s.stack) == maxFrames:
		in.Warn("more than %d frames in a stack: the outermost are dropped", maxFrames)
		s.stack = append(s.stack, entry{}) // so that one warning comes
	case ok && len(s.stack) < maxFrames:
		s.stack = append(s.stack, f)
	case ok, source.MatchString(line):
	default:
		in.Warn("no frame: want an address, a symbol and (file): %s", capture.Excerpt(line))
	}
}
