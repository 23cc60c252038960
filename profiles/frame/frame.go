// Package frame tells what a profile's locations are: functions of the kernel
// or of a program, with the names under which a reader knows them.
package frame

import (
	"path"
	"regexp"
	"strings"

	"github.com/google/pprof/profile"
)

// A Frame is one function on a stack.
type Frame struct {
	Name   string // as Clean leaves it; Unknown where there is no symbol
	File   string // the program, library or kernel that holds it; may be empty
	Kernel bool
}

// Unknown is the name of a frame without a symbol.
const Unknown = "[unknown]"

// Of lists the functions at a location, the innermost first: more than one
// where the compiler inlined.
func Of(l *profile.Location) []Frame {
	f := Frame{Name: Unknown}
	if l.Mapping != nil {
		f.File = l.Mapping.File
	}
	f.Kernel = isKernel(f.File) || l.Address>>63 == 1
	if len(l.Line) == 0 {
		return []Frame{f}
	}
	list := make([]Frame, 0, len(l.Line))
	for _, line := range l.Line {
		g := f
		if line.Function != nil {
			name, marked := strings.CutSuffix(line.Function.Name, Suffix)
			g.Name, g.Kernel = Clean(name), g.Kernel || marked
		}
		list = append(list, g)
	}
	return list
}

// Stack lists the functions of a sample, the innermost first.
func Stack(s *profile.Sample) []Frame {
	var list []Frame
	for _, l := range s.Location {
		list = append(list, Of(l)...)
	}
	return list
}

// Suffix marks a function of the kernel where only its name is written, as in
// folded stacks.
const Suffix = "_[k]"

// compiled is what C's compilers and linkers add to the names in a source
// text.
var compiled = regexp.MustCompile(`( \[clone [^\]]*\]|\.(isra|part|constprop|lto_priv|llvm)\.\d+|\.cold(\.\d+)?|@plt|@@?[A-Z]+_[0-9.]+)+$`)

// Clean takes a compiler's marks off a name, such as .isra.0, .part.0, .cold
// and .abi0.
func Clean(name string) string {
	switch {
	case name == "":
		return Unknown
	case !strings.ContainsAny(name, ".@"):
		return name
	case strings.HasSuffix(name, ".abi0"), strings.HasSuffix(name, ".abiinternal"):
		return name[:strings.LastIndexByte(name, '.')]
	case strings.ContainsAny(name, "/*"): // Go's, where a method may be called cold
		return name
	}
	if at := compiled.FindStringIndex(name); at != nil && at[0] > 0 {
		return name[:at[0]]
	}
	return name
}

// isKernel tells whether a mapping is the kernel or a module of it. perf
// writes these in brackets, as it does the few regions of a process that no
// file holds.
func isKernel(file string) bool {
	if strings.HasPrefix(file, "[") {
		switch name := strings.Trim(file, "[]"); name {
		case "vdso", "vvar", "vsyscall", "uprobes", "unknown", "heap", "stack", "":
			return false
		default:
			return !strings.HasPrefix(name, "anon") && !strings.HasPrefix(name, "stack:") && !strings.HasPrefix(name, "JIT") && !strings.HasPrefix(name, "vdso")
		}
	}
	base := path.Base(file)
	return strings.HasPrefix(base, "vmlinux") || strings.HasSuffix(strings.TrimRight(base, ".xzgst"), ".ko")
}
