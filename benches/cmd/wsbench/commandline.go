package main

import (
	"fmt"
	"strings"
)

// remake returns the command line of the same session: args less the folder of
// the results, and with the seed that was drawn.
func remake(name string, args []string, seed uint64) string {
	return again(args, "wsbench", name, "-seed", fmt.Sprint(seed)) // first: operands may look like flags
}

// again returns the command line of words and args, less the folder of the
// results and the seed.
func again(args []string, words ...string) string {
	for i := 0; i < len(args); i++ {
		flag := strings.TrimLeft(args[i], "-")
		switch key, _, _ := strings.Cut(flag, "="); {
		case flag == args[i]: // an operand, or the value of the flag before
			words = append(words, quoted(args[i]))
		case flag == "o" || flag == "seed":
			i++
		case key == "o" || key == "seed":
		default:
			words = append(words, quoted(args[i]))
		}
	}
	return strings.Join(words, " ")
}

// quoted writes s as a shell takes it.
func quoted(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_=./,:+@%", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
