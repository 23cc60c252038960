package stacks

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// frame is one line of a stack: `addr sym+0xoff (dso)`.
type frame struct {
	addr    uint64
	symbol  string // without its offset; empty where perf knows none
	dso     string // object file; empty where perf knows none
	inlined bool   // the code is in the frame below it, at the same address
}

// contextMarks is the least of the values that the kernel puts into call
// chains to tell kernel from user frames (PERF_CONTEXT_MAX of
// linux/perf_event.h); they are no addresses.
const contextMarks = 0xffff_ffff_ffff_f001

func (f frame) mark() bool { return f.addr >= contextMarks }

// cutOffset takes +0x… off the end of s.
func cutOffset(s string) string {
	i := strings.LastIndex(s, "+0x")
	if i < 0 || i+3 == len(s) || strings.Trim(s[i+3:], "0123456789abcdef") != "" {
		return s
	}
	return s[:i]
}

// parseFrame reads a line of a stack, from its address on.
func parseFrame(s string) (f frame, ok bool) {
	s = strings.TrimSpace(s)
	addr, rest, _ := strings.Cut(s, " ")
	var err error
	if f.addr, err = strconv.ParseUint(strings.TrimPrefix(addr, "0x"), 16, 64); err != nil {
		return frame{}, false
	}
	rest, group := lastGroup(strings.TrimSpace(rest))
	switch group = cutOffset(group); group {
	case "inlined":
		f.inlined = true
	case "[unknown]":
	default:
		f.dso = group
	}
	f.symbol = cutOffset(rest)
	if f.symbol == "[unknown]" {
		f.symbol = ""
	}
	return f, true
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

// name is what the frame's function is called.
func (f frame) name() string {
	switch {
	case f.symbol != "":
		return f.symbol
	case f.dso != "":
		return "[unknown in " + path.Base(strings.TrimSuffix(f.dso, " (deleted)")) + "]"
	}
	return "[unknown]"
}

// kernelHalf is where addresses of the kernel begin on the 64-bit machines
// that Linux knows.
const kernelHalf = 1 << 63

// user are object files in brackets that are parts of the process; others in
// brackets are the kernel or one of its modules.
var user = regexp.MustCompile(`^\[(vdso|vdso32|vsyscall|stack|heap|unknown|anon|uprobes|JIT|.*\.(so|exe)$)`)

// inKernel tells whether code at addr of an object file runs in the kernel.
func inKernel(dso string, addr uint64) bool {
	switch {
	case dso == "":
		return addr >= kernelHalf
	case strings.HasPrefix(dso, "["):
		return !user.MatchString(dso)
	case strings.HasPrefix(dso, "bpf_prog_"), strings.Contains(path.Base(dso), ".ko"):
		return addr >= kernelHalf
	}
	return strings.HasPrefix(path.Base(dso), "vmlinux")
}
