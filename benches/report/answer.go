package report

import (
	"fmt"
	"math"
	"strings"

	"wsbench/benches/results"
)

// answer returns what the verdicts say, in one sentence or a few: nothing that none
// of them carries. "" where nothing was compared.
func (v *view) answer() string {
	a, b := v.res.Config[SideA], v.res.Config[SideB]
	var said []string
	if a != "" && b != "" {
		said = v.answerChanges(a, b)
	} else if said = v.answerTax(); said == nil && len(v.judged) > 0 {
		said = v.answerMatrix()
	}
	if len(said) == 0 {
		return ""
	}
	text := strings.Join(said, " ")
	if out, all := len(v.res.Discarded), len(v.res.Discarded)+len(v.served); 2*out > all {
		text += " Most runs were discarded: see the warning."
	}
	return text
}

// answerMatrix says how servers compare with the reference by CPU time.
func (v *view) answerMatrix() []string {
	found := map[results.Server]*tallied{}
	for _, d := range v.judged[0].Others {
		if found[d.Server] == nil {
			found[d.Server] = &tallied{name: d.Server.Label()}
		}
		found[d.Server].add(d.Verdict, d.Ratio)
	}
	var list []*tallied
	for _, s := range v.servers {
		if found[s] != nil {
			list = append(list, found[s])
		}
	}
	return v.sentences(list, "CPU per message", v.ref.Label(), "cases")
}

// answerChanges says how side b compares with side a: the echo cases, tiny frames and
// requests by CPU time, and microbenchmarks by time.
func (v *view) answerChanges(a, b string) (said []string) {
	for _, u := range []struct{ unit, what, of string }{
		{"cpu-ns/msg", "CPU per message", "cases"}, {"cpu-ns/frame", "CPU per frame", "cases"}, {"cpu-ns/req", "CPU per request", "cases"}, {"ns/op", "time", "microbenchmarks"},
	} {
		t := &tallied{name: b}
		for _, c := range v.changed() {
			if c.Unit.Name == u.unit && c.Both() {
				t.add(c.Verdict, c.Ratio)
			}
		}
		if t.all > 0 {
			said = append(said, v.sentences([]*tallied{t}, u.what, a, u.of)...)
		}
	}
	return said
}

// tallied is what the verdicts on one server came to.
type tallied struct {
	name   string
	all    int
	counts [results.Unjudged + 1]int
	lo, hi [results.Unjudged + 1]float64 // of the ratios
	missed float64                       // percent, the most that could have been
	times  float64                       // as much of the session would settle it
}

func (t *tallied) add(v results.Verdict, ratio float64) {
	k := v.Kind
	if t.counts[k] == 0 {
		t.lo[k], t.hi[k] = ratio, ratio
	}
	t.all++
	t.counts[k]++
	t.lo[k], t.hi[k] = min(t.lo[k], ratio), max(t.hi[k], ratio)
	if k == results.Undecided {
		t.missed, t.times = max(t.missed, v.Percent), max(t.times, v.Times)
	}
}

// only reports whether all verdicts are of one kind.
func (t *tallied) only(k results.Finding) bool { return t.counts[k] == t.all }

// sentences says how each of list compares with ref by what; of is the plural of what
// was compared.
func (v *view) sentences(list []*tallied, what, ref, of string) (said []string) {
	margin := fmt.Sprintf("within %.3g %% of %s", 100*v.res.Margin(), ref)
	than, by := what+" than "+ref, " by "+what
	var clauses []string
	for _, k := range []results.Finding{results.Slower, results.Faster} {
		var names []string
		takes := " takes "
		for _, t := range list {
			if t.only(k) {
				names, takes = append(names, t.name+takes+t.percents(k)), " "
			}
		}
		if len(names) > 0 {
			clauses = append(clauses, fmt.Sprintf("%s %s %s", listing(names), more[k], than))
		}
	}
	var equal []string
	for _, t := range list {
		if t.only(results.Equivalent) {
			equal = append(equal, t.name)
		}
	}
	if len(equal) > 0 {
		clauses = append(clauses, fmt.Sprintf("%s %s %s", listing(equal), map[bool]string{true: "is", false: "are"}[len(equal) == 1], margin+by))
	}
	for _, t := range list {
		if clause := t.mixed(than, margin, by, of); clause != "" {
			clauses = append(clauses, clause)
		}
	}
	if len(clauses) > 0 {
		said = append(said, strings.Join(clauses, "; ")+".")
	}
	return append(said, v.open(list, what)...)
}

var more = map[results.Finding]string{results.Slower: "more", results.Faster: "less"}

// mixed says how t compares where its verdicts are of several kinds; "" where they are
// of one. It says once what is compared: with than, or else with by.
func (t *tallied) mixed(than, margin, by, of string) string {
	var parts []string
	for _, k := range []results.Finding{results.Slower, results.Faster, results.Equivalent, results.Undecided} {
		n := t.counts[k]
		if n == 0 {
			continue
		}
		if t.only(k) {
			return ""
		}
		text := map[results.Finding]string{results.Equivalent: "is " + margin + by, results.Undecided: "is undecided"}[k]
		if more[k] != "" {
			text = fmt.Sprintf("takes %s %s %s", t.percents(k), more[k], than)
			than, by = "", ""
		}
		parts = append(parts, fmt.Sprintf("%s in %d", strings.TrimSpace(text), n))
	}
	if len(parts) == 0 {
		return ""
	}
	parts[0] += fmt.Sprintf(" of %d %s", t.all, of)
	return t.name + " " + listing(parts)
}

// open says about whose what nothing is decided, and how long settling that takes.
func (v *view) open(list []*tallied, what string) (said []string) {
	var names []string
	missed, times, some := 0.0, 0.0, false
	for _, t := range list {
		if t.counts[results.Undecided] == 0 {
			continue
		}
		some = true
		if t.only(results.Undecided) {
			names = append(names, t.name)
			missed = max(missed, t.missed)
		}
		times = max(times, t.times)
	}
	if !some {
		return nil
	}
	if len(names) > 0 {
		text := "Nothing is decided about " + what
		if len(names) < len(list) {
			text += " of " + listing(names)
		}
		if !math.IsInf(missed, 0) && missed > 0 {
			text += fmt.Sprintf(": a difference of up to %.2g %% could have been missed", missed)
		}
		said = append(said, text+".")
	}
	if times > 1 && !math.IsInf(times, 0) {
		said = append(said, "To settle what is undecided takes "+v.longer(times)+".")
	}
	return said
}

// percents writes the differences from 1 of the ratios of a kind, which are estimates,
// without their sign.
func (t *tallied) percents(k results.Finding) string {
	lo, hi := t.lo[k]-1, t.hi[k]-1
	if hi <= 0 {
		lo, hi = -hi, -lo
	}
	a, b := percent(lo), percent(hi)
	if a == b {
		return "about " + a + " %"
	}
	return "about " + a + " to " + b + " %"
}

// percent writes a share of two significant digits, or whole percents.
func percent(share float64) string {
	if p := 100 * share; p >= 10 {
		return fmt.Sprintf("%.0f", p)
	}
	return fmt.Sprintf("%.2g", 100*share)
}

// listing joins names as people do.
func listing(names []string) string {
	if n := len(names) - 1; n > 0 {
		return strings.Join(names[:n], ", ") + " and " + names[n]
	}
	return names[0]
}
