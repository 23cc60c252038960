package report

import (
	"cmp"
	"strings"

	"wsbench/benches/results"
)

// shownFact is a fact that people are shown, and the words around it.
type shownFact struct{ key, before, after string }

// machineFacts describe the machine, sessionFacts what else decides numbers, and
// pageFacts more of that, for which a page has room.
var (
	machineFacts = []shownFact{
		{"cpu", "", ""}, {"cpus", "", " CPUs"}, {"goos", "", ""}, {"kernel", "kernel ", ""}, {"virt", "virtualisation: ", ""}, {"governor", "governor: ", ""},
	}
	sessionFacts = []shownFact{
		{"server-cpu", "server on CPU ", ""}, {"load-cpu", "generator on CPU ", ""}, {"bench-cpu", "on CPU ", ""}, {"mask-kernel", "mask kernel ", ""},
		{"seed", "seed ", ""}, {"go", "", ""}, {"commit", "commit ", ""}, {"date", "", ""},
	}
	pageFacts = append(sessionFacts, []shownFact{{"mitigations", "", ""}, {"cgroup", "control group ", ""}, {"cpu-quota", "CPU quota ", ""}}...)
)

// byKey returns facts by key, the commit and the platform as people read them.
func byKey(facts []results.Fact) map[string]string {
	m := results.FactsOf(facts)
	if m["goos"] != "" && m["goarch"] != "" {
		m["goos"] += "/" + m["goarch"]
	}
	if m["commit"] != "" {
		m["commit"] = (&results.Results{Config: m}).Source().String()
	}
	return m
}

// sentence writes facts in one line.
func sentence(facts []results.Fact, list []shownFact) string {
	m := byKey(facts)
	var parts []string
	for _, f := range list {
		if m[f.key] != "" {
			parts = append(parts, f.before+m[f.key]+f.after)
		}
	}
	return strings.Join(parts, ", ")
}

// factLines returns the lines above a document in text: the machine, if its
// kernel is known, and the session.
func factLines(facts []results.Fact) []string {
	if byKey(facts)["kernel"] == "" {
		return nil
	}
	return []string{sentence(facts, machineFacts), sentence(facts, sessionFacts)}
}

// factList returns the facts of the session by their names for people.
func factList(facts []results.Fact) (list []results.Fact) {
	m := byKey(facts)
	for _, f := range pageFacts {
		if v := m[f.key]; v != "" {
			list = append(list, results.Fact{Key: cmp.Or(strings.TrimSpace(f.before), f.key), Value: v})
		}
	}
	return list
}
