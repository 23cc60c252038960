package echo

import (
	"fmt"
	"slices"
	"strings"

	"wsbench/parse"
)

// Parse is a way to read frame headers. The zero value is "runs".
type Parse struct {
	parser parse.Parser
	each   bool // every frame goes through the parser
}

// parseWays are the values of -parse, the default first.
var parseWays = []struct {
	name string
	Parse
}{
	{"runs", Parse{parse.Fast, false}},
	{"fast", Parse{parse.Fast, true}},
	{"general", Parse{parse.General, true}},
	{"bytewise", Parse{parse.Bytewise, true}},
}

// parseParse reads -parse.
func parseParse(s string) (Parse, error) {
	var names []string
	for _, w := range parseWays {
		if w.name == s {
			return w.Parse, nil
		}
		names = append(names, w.name)
	}
	return Parse{}, fmt.Errorf("parse %q: want one of %s", s, strings.Join(names, ", "))
}

// String returns the name that -parse takes.
func (p Parse) String() string {
	i := slices.IndexFunc(parseWays, func(w struct {
		name string
		Parse
	}) bool {
		return w.Parse == p
	})
	return parseWays[i].name
}

// validator returns the check of text in force.
func (o Options) validator() parse.Validator {
	if o.UTF8 == parse.ValidAuto {
		return parse.BestValidator()
	}
	return o.UTF8
}
