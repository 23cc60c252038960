package main

import (
	"flag"
	"fmt"
	"strings"
)

// meant returns the name of list that word was probably meant to be, as the end
// of an error message; "" where none is near.
func meant(word string, list []string) string {
	best, least := "", len(word)/3+1
	for _, name := range list {
		if d := distance(word, name); d <= least {
			best, least = name, d-1
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", best)
}

// distance returns how many bytes are to be inserted, deleted, replaced or swapped
// with the next to make b of a (optimal string alignment).
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}

// flagError returns err, with which package flag refused a command line, in words
// that say what to write instead.
func flagError(fs *flag.FlagSet, err error) error {
	text := err.Error()
	if name, ok := strings.CutPrefix(text, "flag provided but not defined: -"); ok {
		var list []string
		fs.VisitAll(func(f *flag.Flag) { list = append(list, "-"+f.Name) })
		return fmt.Errorf("there is no flag -%s%s", name, meant("-"+name, list))
	}
	if name, ok := strings.CutPrefix(text, "flag needs an argument: -"); ok {
		return fmt.Errorf("-%s needs a value: %s", name, wanted(fs, name))
	}
	value, rest, ok := strings.Cut(text, `" for flag -`)
	name, _, ok2 := strings.Cut(rest, ": ")
	if _, value, ok3 := strings.Cut(value, `"`); ok && ok2 && ok3 && strings.HasSuffix(text, ": parse error") {
		return fmt.Errorf("-%s %q: want %s", name, value, wanted(fs, name))
	}
	return err
}

// wanted says what the value of a flag looks like.
func wanted(fs *flag.FlagSet, name string) string {
	f := fs.Lookup(name)
	if f == nil {
		return "another value"
	}
	switch kind(f) {
	case "duration":
		return "a time with its unit, such as 5s or 300ms"
	case "int":
		return "a whole number"
	case "float64":
		return "a number"
	case "bool":
		return "true or false"
	}
	word, usage := flag.UnquoteUsage(f)
	if word == "" || word == "value" || word == "string" {
		return usage
	}
	return word
}

// kind returns the type of a flag's value.
func kind(f *flag.Flag) string {
	g, ok := f.Value.(flag.Getter)
	if !ok {
		return ""
	}
	switch g.Get().(type) {
	case bool:
		return "bool"
	case int, int64, uint, uint64:
		return "int"
	case float64:
		return "float64"
	case interface{ Seconds() float64 }:
		return "duration"
	}
	return ""
}
