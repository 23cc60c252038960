package stacks

import (
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

// KernelSuffix marks a function of the kernel where only its name is written,
// as in folded stacks.
const KernelSuffix = "_[k]"

// Frames returns the functions of a sample, the innermost first.
func Frames(s *profile.Sample) (list []Frame) {
	for _, l := range s.Location {
		list = append(list, framesAt(l, cleaned)...)
	}
	return list
}

// framesAt returns the functions at a location, the innermost first: more than
// one where the compiler inlined. frame is called with nil where none is known.
func framesAt(l *profile.Location, frame func(*profile.Location, *profile.Function) Frame) (list []Frame) {
	if len(l.Line) == 0 {
		return []Frame{frame(l, nil)}
	}
	for _, line := range l.Line {
		list = append(list, frame(l, line.Function))
	}
	return list
}

func cleaned(l *profile.Location, f *profile.Function) Frame {
	at := frameOf(l, f)
	at.Name = Clean(at.Name)
	return at
}

// frameOf returns the frame of f at l, by the name of its symbol; f is nil
// where it is not known.
func frameOf(l *profile.Location, f *profile.Function) Frame {
	at := Frame{Name: Unknown}
	if l.Mapping != nil {
		at.File = l.Mapping.File
	}
	at.Kernel = inKernel(at.File, l.Address)
	if f != nil {
		name, marked := strings.CutSuffix(f.Name, KernelSuffix)
		at.Name, at.Kernel = name, at.Kernel || marked
	}
	return at
}

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
