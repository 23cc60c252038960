package main

import (
	"slices"
	"testing"
)

// What reads files, and what judges or loads a server at an address, works on other
// systems; the rest says that it does not.
func TestOtherSystems(t *testing.T) {
	anywhere := []string{"load", "report", "conform", "version", "profile view", "profile rules", "profile counts", "profile convert", "profile merge", "profile compare"}
	var check func(list []experiment)
	check = func(list []experiment) {
		for _, e := range list {
			check(e.sub)
			want := "Linux only; this is darwin"
			if slices.Contains(anywhere, e.name) {
				want = ""
			}
			got := ""
			if err := e.runsOn("darwin"); err != nil {
				got = err.Error()
			}
			if got != want || e.runsOn("linux") != nil {
				t.Errorf("%s on darwin: %q, want %q", e.name, got, want)
			}
		}
	}
	check(commands)
}
