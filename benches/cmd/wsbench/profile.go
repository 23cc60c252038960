package main

import (
	"fmt"
	"io"
	"strings"

	"wsbench/profiles/attribution"
)

// profileCommands are the words that may follow "wsbench profile"; without one
// it profiles servers under load. Filled in before main, as they name each
// other.
var profileCommands []command

func init() {
	profileCommands = []command{
		{"ab", "two servers, or two sets of flags, function by function, with significance", runProfileAB},
		{"view", "pprof's web page of a profile or of a comparison, on loopback", runProfileView},
		{"rules", "the rules by which samples belong to components, to copy and extend for -rules", runProfileRules},
		{"counts", "what strace, perf stat and perf trace counted, per message", countsExperiment.command().run},
		{"convert", "a pprof profile of what perf script prints, or of a perf.data", convertExperiment.command().run},
		{"merge", "one pprof profile of several, labelled by source", mergeExperiment.command().run},
		{"compare", "the share of each function by two profiles of a run", compareExperiment.command().run},
	}
}

func runProfile(args []string, stdout, stderr io.Writer) error {
	if len(args) > 0 {
		for _, c := range profileCommands {
			if c.name == args[0] {
				return c.run(args[1:], stdout, stderr)
			}
		}
		if !strings.HasPrefix(args[0], "-") {
			return usageError{fmt.Sprintf("profile: unknown command %q; 'wsbench profile -h' lists what there is", args[0])}
		}
	}
	return profileExperiment().command().run(args, stdout, stderr)
}

// runProfileRules carries out wsbench profile rules.
func runProfileRules(args []string, stdout, stderr io.Writer) error {
	fs := newFlags("profile rules", "", stdout)
	if err := parseFlags(fs, args, 0); err != nil {
		return err
	}
	_, err := io.WriteString(stdout, attribution.DefaultText())
	return err
}

// profileSynopsis returns the usage of "wsbench profile" with its subcommands.
func profileSynopsis() string {
	var b strings.Builder
	b.WriteString("[flags]\n       wsbench profile COMMAND [flags]\n\nWithout a command it observes servers under load. The commands:\n\n")
	for _, c := range profileCommands {
		fmt.Fprintf(&b, "  %-10s %s\n", c.name, c.summary)
	}
	b.WriteString("\n'wsbench profile COMMAND -h' lists the flags of a command; those of none are:")
	return b.String()
}
