package flame

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/pprof/profile"

	"wsbench/profiles/frame"
)

// Folded writes a line for each stack, sorted: its functions from the
// outermost inwards, separated by semicolons, the kernel's marked _[k], a
// space and the sum of the samples' values.
func Folded(w io.Writer, p *profile.Profile, sampleType string) error {
	at, _, err := Options{SampleType: sampleType}.column(p)
	if err != nil {
		return err
	}
	sums := map[string]int64{}
	for _, s := range p.Sample {
		sums[fold(frame.Stack(s))] += frame.Value(s, at)
	}
	lines := make([]string, 0, len(sums))
	for stack := range sums {
		lines = append(lines, stack)
	}
	slices.Sort(lines)
	out := bufio.NewWriter(w)
	for _, stack := range lines {
		if v := sums[stack]; v != 0 {
			fmt.Fprintf(out, "%s %d\n", stack, v)
		}
	}
	return out.Flush()
}

// unfold replaces what would end a function or a line.
var unfold = strings.NewReplacer(";", ":", "\n", " ", "\r", " ")

func fold(stack []Frame) string {
	if len(stack) == 0 {
		return frame.Unknown
	}
	names := make([]string, 0, len(stack))
	for _, f := range slices.Backward(stack) {
		name := unfold.Replace(f.Name)
		if f.Kernel {
			name += kernelSuffix
		}
		names = append(names, name)
	}
	return strings.Join(names, ";")
}
