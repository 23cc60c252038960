package conform

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// verdicts are what that suite says of a case.
type verdicts struct{ behavior, closing Verdict }

func (v verdicts) String() string { return fmt.Sprintf("%s / %s", v.behavior, v.closing) }

// recording is what testdata/faults.txt has of a fault.
type recording struct {
	spoilt bool // a second fault is in some cases
	cases  map[string]verdicts
	others verdicts // of the cases that are not named
	count  map[verdicts]int
}

// of is what is recorded of a case.
func (r *recording) of(c *Case) verdicts {
	if v, named := r.cases[c.ID]; named {
		return v
	} else if c.Informational {
		return verdicts{Informational, Informational}
	}
	return r.others
}

// stalled are cases that look disturbed while they were recorded: a pong that
// was due in a millisecond did not come within a second, and TCP did not end in
// time. A server with the same fault does better.
var stalled = map[string]verdicts{
	"noopcode 4.2.5":  {Failed, Failed}, // as 4.2.3 and 4.2.4
	"noopcode 6.23.5": {OK, OK},         // as the rest of 6.23
}

// recordings reads testdata/faults.txt.
func recordings(t *testing.T) map[string]*recording {
	t.Helper()
	b, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*recording{}
	for line := range strings.Lines(string(b)) {
		if f := strings.Split(strings.TrimSpace(line), " | "); len(f) == 3 {
			name, spoilt := strings.CutSuffix(f[0], "*")
			if all[name] == nil {
				all[name] = &recording{spoilt, map[string]verdicts{}, verdicts{OK, OK}, map[verdicts]int{}}
			}
			all[name].add(f[1], f[2])
		}
	}
	return all
}

// add adds a line's verdicts of the cases that it lists.
func (r *recording) add(both, list string) {
	behavior, closing, _ := strings.Cut(both, " / ")
	v := verdicts{Verdict(behavior), Verdict(closing)}
	n, list, _ := strings.Cut(list, ": ")
	r.count[v], _ = strconv.Atoi(n)
	if list == "all others" {
		r.others = v
		return
	}
	for _, id := range expand(list) {
		r.cases[id] = v
	}
}

// check wants as many cases of each verdict as were counted.
func (r *recording) check(t *testing.T, cases []Case) {
	n := map[verdicts]int{}
	for i := range cases {
		n[r.of(&cases[i])]++
	}
	for v, want := range r.count {
		if n[v] != want {
			t.Errorf("%d cases are %v, want %d", n[v], v, want)
		}
	}
}

// expand is the ids that a list such as "2.6,9-11 7.3.2" stands for.
func expand(list string) (ids []string) {
	for part := range strings.FieldsSeq(list) {
		dot := strings.LastIndex(part, ".") + 1
		for span := range strings.SplitSeq(part[dot:], ",") {
			low, high, _ := strings.Cut(span, "-")
			from, _ := strconv.Atoi(low)
			to, _ := strconv.Atoi(high)
			for n := from; n <= max(from, to); n++ {
				ids = append(ids, fmt.Sprint(part[:dot], n))
			}
		}
	}
	return ids
}

// played are the cases that were, with a server in which a second fault spoilt
// some.
func played(spoilt bool) []Case {
	of9 := []string{"9.1.1", "9.1.3", "9.2.1", "9.3.5", "9.7.1", "9.8.2"}
	second := []string{"1.1.6", "1.2.6", "9.3.5"}
	return slices.DeleteFunc(Cases(), func(c Case) bool {
		return c.Group() == "x" || c.Group() == "9" && !slices.Contains(of9, c.ID) || spoilt && slices.Contains(second, c.ID)
	})
}

// Of each server with one fault, Autobahn's verdict on each case that it played
// is the one recorded; and what it fails, the strict one does.
func TestFaults(t *testing.T) {
	byFault := map[string]mutant{}
	for _, m := range slices.Concat(slices.Collect(maps.Values(legal)), slices.Collect(maps.Values(allMutants()))) {
		byFault[m.recorded] = m
	}
	all := recordings(t)
	if len(all) != 43 {
		t.Errorf("%d recordings, want 43", len(all))
	}
	for name, r := range all {
		m, ok := byFault[name]
		if !ok {
			t.Errorf("no server has the fault %s", name)
			continue
		}
		bubble(t, name, func(t *testing.T) {
			cases := played(r.spoilt)
			r.check(t, cases)
			for _, c := range cases {
				want := r.of(&c)
				if instead, ok := stalled[name+" "+c.ID]; ok {
					want = instead
				}
				if !slow(c) || !testing.Short() && !raced {
					compare(t, &c, meet(&c, plain(m), termsOf(DefaultTimeout, false)), want)
				}
			}
		})
	}
}

func compare(t *testing.T, c *Case, r Result, want verdicts) {
	got := verdicts{r.Behavior, r.Close}
	if got != want {
		t.Errorf("case %s: %v, want %v: %s; %s", c.ID, got, want, r.Came, strings.Join(r.Faults, "; "))
	}
	if good := (verdicts{OK, OK}); r.Strict() && want != good && !c.Informational {
		t.Errorf("case %s: the strict verdict finds nothing: %s", c.ID, r.Came)
	}
}

// plain is m as most recorded servers were where their fault is not: they
// judged UTF-8 at the end of a message, and answered a close frame by its code
// alone. The faults early and failfast are about the former.
func plain(m mutant) *honest {
	h := m.server
	if m.recorded != "early" && m.recorded != "failfast" {
		h.without = append([]string{"utf8 in frames", "utf8 of fragments"}, h.without...)
	}
	if h.closed == nil {
		h.closed = codeOnly
	}
	return &h
}
