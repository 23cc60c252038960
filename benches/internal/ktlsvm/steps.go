package main

import (
	"slices"
	"time"
)

// step is a thing to run in the machine: the tests of a package, or a command of
// wsbench. It fails if its program does, if none of its tests passes, or if want
// is not in its output.
type step struct {
	name    string
	without bool // before the module tls is loaded
	limit   time.Duration

	tests, run string   // a package, and which of its tests; "": all
	serve      []string // flags of a wsbench echo that runs meanwhile
	args       []string // of wsbench; ADDR stands for that server's address
	want       string   // a regular expression
}

var steps = []step{
	{name: "syscalls without tls", without: true, limit: 30 * time.Second, tests: "syscalls", run: "TLS"},
	{name: "syscalls", limit: 60 * time.Second, tests: "syscalls", run: "TLS"},
	{name: "tls13", limit: 60 * time.Second, tests: "benches/internal/tls13", run: "Kernel|Handshake"},
}

// testedPackages returns the packages whose tests steps run, each once.
func testedPackages() (list []string) {
	for _, s := range steps {
		if s.tests != "" && !slices.Contains(list, s.tests) {
			list = append(list, s.tests)
		}
	}
	return list
}
