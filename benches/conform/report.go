package conform

import (
	"fmt"

	"wsbench/benches/results"
)

// Tally counts the verdicts of cases.
type Tally struct {
	Cases  int
	NotRun int
	Strict int // strictly OK
	// Autobahn's verdicts.
	OK, NonStrict, Informational int
}

// Count returns the tally of results.
func Count(list []Result) (t Tally) {
	for i := range list {
		t.add(&list[i])
	}
	return t
}

func (t *Tally) add(r *Result) {
	t.Cases++
	if r.NotRun != "" {
		t.NotRun++
		return
	}
	if r.Strict() {
		t.Strict++
	}
	switch closed := r.Close == OK || r.Close == Informational; {
	case !closed:
	case r.Behavior == OK:
		t.OK++
	case r.Behavior == NonStrict:
		t.NonStrict++
	case r.Behavior == Informational:
		t.Informational++
	}
}

// Failed returns how many cases failed strictly.
func (t Tally) Failed() int { return t.Cases - t.NotRun - t.Strict }

// AutobahnFailed returns how many cases failed by Autobahn's verdict.
func (t Tally) AutobahnFailed() int { return t.Cases - t.NotRun - t.OK - t.NonStrict - t.Informational }

// GroupTally is the tally of a group.
type GroupTally struct {
	Group
	Tally
}

// ByGroup returns the tallies of the groups that have results, in order.
func ByGroup(list []Result) (tallies []GroupTally) {
	for _, g := range groups {
		t := GroupTally{Group: g}
		for i := range list {
			if list[i].Case.Group() == g.Name {
				t.add(&list[i])
			}
		}
		if t.Cases > 0 {
			tallies = append(tallies, t)
		}
	}
	return tallies
}

// Samples returns results as benchmark lines of a server or client: how long a
// case took, and whether it failed, strictly and by Autobahn's verdict. A case
// that was not run is skipped, with the reason.
func Samples(server string, list []Result) (samples []results.Sample, skipped []results.Reason) {
	for i := range list {
		r := &list[i]
		name := results.ParseName(fmt.Sprintf("Conform/server=%s/group=%s/case=%s", server, r.Case.Group(), r.Case.ID))
		if r.NotRun != "" {
			skipped = append(skipped, results.Reason{Name: name.String(), Text: r.NotRun})
			continue
		}
		t := Count(list[i : i+1])
		samples = append(samples, results.Sample{Name: name, Iters: 1, Values: map[string]float64{
			"ns/op": float64(r.Took.Nanoseconds()), "failed/op": float64(t.Failed()), "autobahn-failed/op": float64(t.AutobahnFailed()),
		}})
	}
	return samples, skipped
}
