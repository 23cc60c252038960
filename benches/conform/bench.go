package conform

import (
	"fmt"
	"io"
	"strings"
)

// BenchUnits declares the units of WriteBench.
const BenchUnits = "Unit ns/op better=lower\nUnit failed/op better=lower\nUnit autobahn-failed/op better=lower\n"

// WriteBench writes a benchmark line a case, in the Go benchmark format: how
// long it took, and whether it failed, strictly and by Autobahn's verdict; or,
// where it was not run, why.
func (r *Report) WriteBench(w io.Writer) error {
	var b strings.Builder
	for i := range r.Results {
		res := &r.Results[i]
		name := fmt.Sprintf("BenchmarkConform/server=%s/group=%s/case=%s", nameOf(r.Name), res.Case.Group(), res.Case.ID)
		if res.NotRun != "" {
			fmt.Fprintf(&b, "SKIP %s: %s\n", name, res.NotRun)
			continue
		}
		var t tally
		t.add(res)
		fmt.Fprintf(&b, "%s 1 %d ns/op %d failed/op %d autobahn-failed/op\n", name, res.Took.Nanoseconds(), t.failed(), t.wrong())
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// nameOf returns s as a value in a benchmark's name.
func nameOf(s string) string {
	s = strings.Map(func(c rune) rune {
		if c < 0x7F && (c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z' || strings.ContainsRune("._-+", c)) {
			return c
		}
		return '_'
	}, s)
	if s == "" {
		return "unnamed"
	}
	return s
}
