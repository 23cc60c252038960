package report

import (
	"fmt"
	"slices"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/results"
)

// columns is what benchstat is to make columns of: io, unless servers that
// have none are there. The reference comes first.
func columns(res *lab.Results) string {
	variants := res.Variants()
	for _, c := range res.Conns {
		variants = append(variants, c.Variant)
	}
	for _, v := range variants {
		if v.Server != lab.Own {
			return "/server,/io"
		}
	}
	return "/io"
}

// benchstat is the command that compares the samples of one unit.
func benchstat(res *lab.Results, unit string) string {
	return fmt.Sprintf("go tool benchstat -filter .unit:%s -col %s %s", unit, columns(res), results.BenchFile)
}

// made tells whether the command that the results name is one that can have
// made samples of a kind: not one of those that make others.
func made(res *lab.Results, others ...string) bool {
	return res.Command != "" && !slices.ContainsFunc(others, func(o string) bool {
		return strings.HasPrefix(res.Command+" ", "wsbench "+o+" ")
	})
}

// matrixCommand measures the echo samples again: what the file says, else, of
// a file that does not, what its samples tell.
func matrixCommand(res *lab.Results) string {
	if made(res, "conns", "floors", "crossover") {
		return res.Command
	}
	cases := make([]string, 0, 8)
	for _, c := range res.Cases() {
		cases = append(cases, c.Short())
	}
	slices.Sort(cases)
	rounds := 0
	for _, v := range res.Variants() {
		for _, c := range res.Cases() {
			n, _ := res.Medians(v, c)
			rounds = max(rounds, n)
		}
	}
	return fmt.Sprintf("wsbench matrix%s -cases %s -rounds %d%s", servers(res.Variants()), strings.Join(cases, ","), rounds, seed(res))
}

// connsCommand measures the samples of idle connections again.
func connsCommand(res *lab.Results) string {
	if made(res, "matrix", "floors", "crossover") {
		return res.Command
	}
	var variants []lab.Variant
	n, rounds := 0, 0
	for _, s := range res.SummarizeConns() {
		if !slices.ContainsFunc(variants, func(v lab.Variant) bool { return v.Label() == s.Variant.Label() }) {
			variants = append(variants, s.Variant)
		}
		n, rounds = max(n, s.Conns), max(rounds, s.N)
	}
	return fmt.Sprintf("wsbench conns%s -n %d -rounds %d%s", servers(variants), n, rounds, seed(res))
}

func seed(res *lab.Results) string {
	if s := res.Config["seed"]; s != "" {
		return " -seed " + inert(s)
	}
	return ""
}

// servers are the flags that name variants. An external server's command is
// not in the samples.
func servers(list []lab.Variant) string {
	var modes []string
	external := ""
	for _, v := range list {
		if v.Server == lab.Own && v.IO != "" {
			modes = append(modes, v.IO)
		} else if v.Server != lab.Own {
			external += fmt.Sprintf(" -server %s='COMMAND {port}'", inert(v.Server))
		}
	}
	if modes == nil {
		return " -io none" + external
	}
	return " -io " + strings.Join(modes, ",") + external
}

// componentCommand measures a group of benchmarks again: by the command that
// times many in turn, where that made the file, else by go test.
func componentCommand(res *lab.Results, g *componentGroup) string {
	for _, own := range []string{"wsbench floors", "wsbench crossover"} {
		if strings.HasPrefix(res.Command, own) {
			return res.Command
		}
	}
	return goTest(g.pkg, g.name)
}

// goTest runs one benchmark of a package again.
func goTest(pkg, name string) string {
	where := "./..."
	if rest, ok := strings.CutPrefix(pkg, "wsbench/"); ok {
		where = "./" + rest
	} else if pkg != "" {
		where = pkg
	}
	return fmt.Sprintf("go test -run '^$' -bench '^Benchmark%s$' -count 6 %s", inert(name), inert(where))
}

// inert is s without what a shell would take for more than a word, as a file
// may say anything.
func inert(s string) string {
	return strings.Map(func(r rune) rune {
		if r > '~' || strings.ContainsRune("'\"`$;&|<>(){}*?!\\ \t", r) {
			return '_'
		}
		return r
	}, s)
}
