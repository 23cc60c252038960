// Golden compares the names and units of all benchmark lines of this module
// with names.txt, so that no change loses one without saying so.
//
// It runs every microbenchmark once, and every command of wsbench that writes
// benchmark lines for as short a time as it can. A line of names.txt is a
// benchmark: where it comes from, its name, its keys with their values, and
// after the bar its units. Values that hosts or runs differ in stand as *.
//
//	go run ./benches/internal/golden          compare; exit status 1 if they differ
//	go run ./benches/internal/golden -update  write names.txt anew
//
// What -update takes out of names.txt it adds to renamed.txt, a line each, and
// there each needs a reason behind " # ". The program runs in the root of the
// module.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const folder = "benches/internal/golden"

// reason stands between a line of renamed.txt and why it was renamed.
const reason = " # "

func main() {
	update := flag.Bool("update", false, "write names.txt anew instead of comparing")
	flag.Parse()
	if err := run(*update, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "golden:", err)
		os.Exit(1)
	}
}

func run(update bool, stdout io.Writer) error {
	r, err := measure()
	if err != nil {
		return err
	}
	got := r.lines()
	recorded, err := readLines("names.txt")
	if err != nil {
		return err
	}
	want := r.comparable(recorded)
	lost, added := without(want, got), without(got, want)
	renamed, err := readLines("renamed.txt")
	if err != nil {
		return err
	}
	if update {
		for _, l := range lost {
			renamed = append(renamed, l+reason)
		}
		unchecked := without(recorded, want) // what this host cannot run stays
		return errors.Join(writeLines("names.txt", slices.Sorted(slices.Values(append(got, unchecked...)))), writeLines("renamed.txt", renamed))
	}
	for _, l := range renamed {
		if _, why, _ := strings.Cut(l, reason); why == "" {
			return fmt.Errorf("renamed.txt: say behind the # why this is no longer there: %s", l)
		}
	}
	for _, l := range lost {
		fmt.Fprintf(stdout, "- %s\n", l)
	}
	for _, l := range added {
		fmt.Fprintf(stdout, "+ %s\n", l)
	}
	if len(lost)+len(added) > 0 {
		return fmt.Errorf("%d lines of names.txt are missing and %d are new: if that is meant, run 'make golden', and say why in renamed.txt", len(lost), len(added))
	}
	fmt.Fprintf(stdout, "%d benchmarks as recorded\n", len(got))
	return nil
}

// without returns the lines of a that b lacks.
func without(a, b []string) (list []string) {
	for _, l := range a {
		if !slices.Contains(b, l) {
			list = append(list, l)
		}
	}
	return list
}

func readLines(name string) ([]string, error) {
	b, err := os.ReadFile(filepath.Join(folder, name))
	return slices.Collect(strings.FieldsFuncSeq(string(b), func(r rune) bool { return r == '\n' })), err
}

func writeLines(name string, lines []string) error {
	return os.WriteFile(filepath.Join(folder, name), []byte(strings.Join(lines, "\n")+"\n"), 0o666)
}
