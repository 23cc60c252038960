package stacks

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/google/pprof/profile"
)

// NoUserFrame is the row of stacks that are the kernel's alone.
const NoUserFrame = "[no user frame]"

// Row is one user-space function in two profiles.
type Row struct {
	Name       string
	A, B       float64 // share of all samples' value, 0 to 1, in the function and the kernel on its behalf
	CumA, CumB float64 // with what it calls, recursion counted once
	Margin     float64 // of Diff, 95 %, by the number of samples alone; 0 where that is not known
}

// Diff returns how much larger B's share is.
func (r Row) Diff() float64 { return r.B - r.A }

// Compare returns the share of each user-space function in a and in b, the largest
// first, of the first clock or else the last sample type that both have, and
// that type's name; it is nil if they have none in common or either is empty.
//
// It is for two profilers on one run, so it compares what both can name.
// Frames of the kernel are folded onto the function that entered it, as Go's
// profiler attributes them; inlined functions onto the one that holds their
// code, as perf without inlining does; and instances of a generic function are
// one, F[...], as Go names them. What then still differs is what one of them
// does not see:
//
//   - Go's profiler sees no kernel frames and only threads that run goroutines:
//     neither sysmon nor threads of C; nothing while its signal is blocked, nor
//     its own signal handler. Of generic instances it tells none apart.
//   - perf, walking frame pointers, leaves out the caller of a function that
//     has none of its own (syscall.RawSyscall6 below Syscall6, every function
//     in its prologue) and may end at the switch to a system stack; cpu-clock
//     does not fire while interrupts are off, so that time shows where they
//     are put on again.
//
// Both are samples, so small differences are chance: Margin tells which. It
// takes samples to be independent, which neighbours in time are not quite.
func Compare(a, b *profile.Profile) (all []Row, sampleType string) {
	t, ok := comparedBy(a, b)
	if !ok {
		return nil, ""
	}
	rows := map[string]*Row{}
	row := func(name string) *Row {
		if rows[name] == nil {
			rows[name] = &Row{Name: name}
		}
		return rows[name]
	}
	at, bt := column(a, t.Type, t.Unit), column(b, t.Type, t.Unit)
	whole := float64(Total(a, at))
	for name, sum := range Sums(a, at, userNames) {
		row(name).A, row(name).CumA = sum.Flat/whole, sum.Cum/whole
	}
	whole = float64(Total(b, bt))
	for name, sum := range Sums(b, bt, userNames) {
		row(name).B, row(name).CumB = sum.Flat/whole, sum.Cum/whole
	}
	na, nb := samples(a, at), samples(b, bt)
	for _, r := range rows {
		r.Margin = margin(r.A, na, r.B, nb)
		all = append(all, *r)
	}
	slices.SortFunc(all, func(x, y Row) int {
		return cmp.Or(cmp.Compare(max(y.A, y.B), max(x.A, x.B)), cmp.Compare(max(y.CumA, y.CumB), max(x.CumA, x.CumB)), cmp.Compare(x.Name, y.Name))
	})
	return all, t.Type + "/" + t.Unit
}

// margin returns the half-width of the 95 % interval of the difference of two
// shares. A share of 0 or 1 has no variance of its own, so one more sample of
// each kind is put to either side (Agresti and Caffo, 2000).
func margin(a, na, b, nb float64) float64 {
	if na == 0 || nb == 0 {
		return 0
	}
	variance := func(p, n float64) float64 {
		p, n = (p*n+1)/(n+2), n+2
		return p * (1 - p) / n
	}
	return 1.96 * math.Sqrt(variance(a, na)+variance(b, nb))
}

// samples returns how many p has that count in column of, 0 if it does not count
// them: those of other events tell nothing of that one.
func samples(p *profile.Profile, of int) (n float64) {
	col := column(p, "samples", "count")
	if col < 0 {
		return 0
	}
	for _, s := range p.Sample {
		if s.Value[of] != 0 {
			n += float64(s.Value[col])
		}
	}
	return n
}

// comparedBy returns the sample type to compare by.
func comparedBy(a, b *profile.Profile) (t *profile.ValueType, ok bool) {
	types := common(a, b)
	if len(types) == 0 {
		return nil, false
	}
	t = types[len(types)-1]
	if i := slices.IndexFunc(types, func(t *profile.ValueType) bool { return t.Type == "cpu" }); i >= 0 {
		t = types[i]
	}
	return t, Total(a, column(a, t.Type, t.Unit)) > 0 && Total(b, column(b, t.Type, t.Unit)) > 0
}

// userNames returns the stack of a sample without the kernel's and inlined frames,
// at least one name.
func userNames(s *profile.Sample) []string {
	var names []string
	for _, l := range s.Location {
		var f *profile.Function
		if n := len(l.Line); n > 0 {
			f = l.Line[n-1].Function
		}
		if at := symbolOf(l, f); !at.Kernel {
			names = append(names, plainName(at.Name))
		}
	}
	if len(names) == 0 {
		return []string{NoUserFrame}
	}
	return names
}

// plainName returns a symbol as Go's profiler calls the function: without the
// linker's mark of its calling convention, and with [...] for type arguments.
func plainName(symbol string) string {
	symbol = strings.TrimSuffix(strings.TrimSuffix(symbol, ".abi0"), ".abiinternal")
	if strings.HasPrefix(symbol, "type:") {
		return symbol
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(symbol, '[')
		end := -1
		if open > 0 && symbol[open-1] != ' ' {
			end = closing(symbol[open:])
		}
		if end < 2 { // none, or operator[] of C++
			b.WriteString(symbol)
			return b.String()
		}
		b.WriteString(symbol[:open] + "[...]")
		symbol = symbol[open+end+1:]
	}
}

// closing returns the index of the bracket that closes the first; -1 is none.
func closing(s string) int {
	depth := 0
	for i := range len(s) {
		switch s[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}
