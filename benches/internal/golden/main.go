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
// renamed.txt lists what was renamed or given up, an old line of names.txt and
// the reason for each: only those may be missing from names.txt as it is
// committed. The program runs in the root of the module.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

const folder = "benches/internal/golden"

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
	file := filepath.Join(folder, "names.txt")
	if update {
		return os.WriteFile(file, []byte(strings.Join(got, "\n")+"\n"), 0o666)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	want := r.comparable(strings.Split(strings.TrimSpace(string(b)), "\n"))
	lost, added := without(want, got), without(got, want)
	for _, l := range lost {
		fmt.Fprintf(stdout, "- %s\n", l)
	}
	for _, l := range added {
		fmt.Fprintf(stdout, "+ %s\n", l)
	}
	if len(lost)+len(added) > 0 {
		return fmt.Errorf("%d lines of names.txt are missing and %d are new: if that is meant, run 'make golden', and list what is missing in renamed.txt with the reason", len(lost), len(added))
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
