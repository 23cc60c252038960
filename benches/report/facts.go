package report

import (
	"fmt"
	"strings"

	"wsbench/benches/results"
)

// hostFacts describe the machine, in the order of a sentence.
var hostFacts = []struct{ key, format string }{
	{"cpu", "%s"}, {"cpus", "%s CPUs"}, {"goos", "%s"}, {"kernel", "kernel %s"},
	{"virt", "virtualisation: %s"}, {"governor", "governor: %s"},
}

// sessionFacts are what else decides numbers.
var sessionFacts = []struct{ key, name string }{
	{"server-cpu", "server on CPU"}, {"load-cpu", "generator on CPU"}, {"bench-cpu", "on CPU"}, {"mask-kernel", "mask kernel"}, {"seed", "seed"},
	{"go", ""}, {"commit", "commit"}, {"date", ""},
}

// pageFacts are more of them, for which a page has room.
var pageFacts = []struct{ key, name string }{
	{"mitigations", "mitigations"}, {"cgroup", "control group"}, {"cpu-quota", "CPU quota"},
}

// byKey returns facts by key, the commit and the platform as people read them.
func byKey(facts []results.Fact) map[string]string {
	m := map[string]string{}
	for _, f := range facts {
		m[f.Key] = f.Value
	}
	if m["goos"] != "" && m["goarch"] != "" {
		m["goos"] += "/" + m["goarch"]
	}
	if m["commit"] != "" {
		m["commit"] = (&results.Results{Config: m}).Source().String()
	}
	return m
}

// machineLine describes the machine in one line; "" where its kernel is not known.
func machineLine(facts []results.Fact) string {
	m := byKey(facts)
	if m["kernel"] == "" {
		return ""
	}
	var parts []string
	for _, f := range hostFacts {
		if m[f.key] != "" {
			parts = append(parts, fmt.Sprintf(f.format, m[f.key]))
		}
	}
	return strings.Join(parts, ", ")
}

// sessionLine describes the session in one line.
func sessionLine(facts []results.Fact) string {
	m := byKey(facts)
	var parts []string
	for _, f := range sessionFacts {
		if m[f.key] != "" {
			parts = append(parts, strings.TrimSpace(f.name+" "+m[f.key]))
		}
	}
	return strings.Join(parts, ", ")
}

// factLines returns the lines above a document in text; none without a kernel.
func factLines(facts []results.Fact) []string {
	host := machineLine(facts)
	if host == "" {
		return nil
	}
	return []string{host, sessionLine(facts)}
}
