package stacks

import (
	"path"
	"strconv"
	"strings"
)

// entry is one line of a stack that perf script prints: `addr sym+0xoff (dso)`.
type entry struct {
	addr    uint64
	symbol  string // without its offset; empty where perf knows none
	dso     string // object file; empty where perf knows none
	inlined bool   // the code is in the entry below it, at the same address
}

// contextMarks is the least of the values that the kernel puts into call
// chains to tell kernel from user frames (PERF_CONTEXT_MAX of
// linux/perf_event.h); they are no addresses.
const contextMarks = 0xffff_ffff_ffff_f001

func (e entry) mark() bool { return e.addr >= contextMarks }

// cutOffset takes +0x… off the end of s.
func cutOffset(s string) string {
	i := strings.LastIndex(s, "+0x")
	if i < 0 || i+3 == len(s) || strings.Trim(s[i+3:], "0123456789abcdef") != "" {
		return s
	}
	return s[:i]
}

// parseEntry reads a line of a stack, from its address on.
func parseEntry(s string) (e entry, ok bool) {
	s = strings.TrimSpace(s)
	addr, rest, _ := strings.Cut(s, " ")
	var err error
	if e.addr, err = strconv.ParseUint(strings.TrimPrefix(addr, "0x"), 16, 64); err != nil {
		return entry{}, false
	}
	rest, group := lastGroup(strings.TrimSpace(rest))
	switch group = cutOffset(group); group {
	case "inlined":
		e.inlined = true
	case Unknown:
	default:
		e.dso = group
	}
	e.symbol = cutOffset(rest)
	if e.symbol == Unknown {
		e.symbol = ""
	}
	return e, true
}

// lastGroup takes the parentheses that end s and stand apart from what is
// before them: symbols have parentheses too, and deleted files have
// "(deleted)" within.
func lastGroup(s string) (before, group string) {
	if !strings.HasSuffix(s, ")") {
		return s, ""
	}
	depth := 0
	for i := len(s) - 1; i >= 0; i-- {
		switch s[i] {
		case ')':
			depth++
		case '(':
			depth--
		}
		if depth == 0 {
			if i > 0 && s[i-1] != ' ' {
				return s, "" // main.f(int): a signature
			}
			return strings.TrimSpace(s[:i]), s[i+1 : len(s)-1]
		}
	}
	// A path with parentheses of its own that do not match.
	for _, mark := range []string{" (/", " (["} {
		if i := strings.LastIndex(s, mark); i >= 0 {
			return strings.TrimSpace(s[:i]), s[i+2 : len(s)-1]
		}
	}
	return s, ""
}

// name returns the name of the entry's function.
func (e entry) name() string {
	switch {
	case e.symbol != "":
		return e.symbol
	case e.dso != "":
		return "[unknown in " + path.Base(strings.TrimSuffix(e.dso, " (deleted)")) + "]"
	}
	return Unknown
}
