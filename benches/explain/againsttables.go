package explain

import (
	"fmt"
	"math"
	"strconv"

	"wsbench/benches/lab"
)

// AgainstTables returns a comparison for a person.
func (a *Analysis) AgainstTables(c Comparison) []Table {
	table := func(title, first string, list []Change) Table {
		t := Table{
			Title: title, Share: -1, Words: []int{7}, Note: againstNote(c, len(list)), Command: c.A.command(PerfRecord),
			Head: []string{first, "A ns/msg", "B ns/msg", "B - A", "interval", "%", "A/A", "verdict"},
		}
		for _, x := range list {
			t.Rows = append(t.Rows, againstRow(x, c.Total.A))
		}
		return t
	}
	functions := table("functions, CPU time of their own", "function", c.Functions)
	functions.Note += fmt.Sprintf(" %d functions below %.0f %% in both are left out.", c.Left, 100*LeastShare)
	return []Table{
		withRate(table("CPU time a message", "", []Change{named(c.Total, "all")}), c.Rate),
		table("components", "component", c.Components),
		functions,
	}
}

// againstRow writes a change; total is the CPU time of A. A and the change are
// rounded alike, so that they make B as it is written.
func againstRow(x Change, total float64) []string {
	places := decimals(max(x.A, x.B))
	a, delta := round(x.A, places), round(x.Delta, places)
	write := func(v float64) string { return strconv.FormatFloat(v, 'f', places, 64) }
	change := write(delta)
	if delta > 0 {
		change = "+" + change
	}
	return []string{x.Name, write(a), write(a + delta), change, interval(x), signed1(100 * x.Delta / total), signed(x.Noise), x.Verdict()}
}

// round rounds v to so many decimal places; no zero is negative.
func round(v float64, places int) float64 {
	scale := math.Pow10(places)
	if v = math.Round(v*scale) / scale; v == 0 {
		return 0
	}
	return v
}

// againstNote tells how to read a table of so many changes.
func againstNote(c Comparison, changes int) string {
	note := fmt.Sprintf("A: median of %d blocks; B - A: estimate from the differences within the blocks (Hodges-Lehmann); B: A and that; interval: of the change, at the level at which it is judged, which Holm's correction gives each of the table's %d changes; %%: of A's CPU time; none > X: no change above X. *: no larger than the A/A process's difference.", c.Blocks, changes)
	return note + tooFew(c, changes)
}

// tooFew tells whether the blocks can call any of so many changes one, and what
// to do if not.
func tooFew(c Comparison, changes int) string {
	needed := Needed(changes)
	switch {
	case c.Blocks >= needed:
		return ""
	case c.Rounds < needed:
		return fmt.Sprintf(" %d rounds are too few to call any of these %d changes one; -rounds %d would do.", c.Rounds, changes, needed)
	}
	again := (needed*c.Rounds + c.Blocks - 1) / c.Blocks // as many will be left out
	return fmt.Sprintf(" %d of %d rounds were left out, and %d are too few to call any of these %d changes one: run again with -rounds %d.", c.Rounds-c.Blocks, c.Rounds, c.Blocks, changes, again)
}

// withRate tells what came of it in messages a second.
func withRate(t Table, d lab.Difference) Table {
	if d.N > 0 {
		t.Note = fmt.Sprintf("messages a second, B by A, under the sampler: %s, %v. %s", ratio(d), d.Verdict, t.Note)
	}
	return t
}

func named(c Change, name string) Change { c.Name = name; return c }

// Verdict is the change in words.
func (c Change) Verdict() string {
	switch {
	case c.Significant() && c.Delta > 0 && !c.Real():
		return "more *"
	case c.Significant() && !c.Real():
		return "less *"
	case c.Significant() && c.Delta > 0:
		return "more"
	case c.Significant():
		return "less"
	case c.HasCI:
		return fmt.Sprintf("none > %s ns", number(c.Excluded()))
	}
	return "too few blocks"
}

func interval(c Change) string {
	if !c.HasCI {
		return ""
	}
	return fmt.Sprintf("[%s,%s]", signed(c.Interval.Lo), signed(c.Interval.Hi))
}
