package conform

import (
	"slices"
	"testing"

	"wsbench/benches/internal/wsclient"
	"wsbench/benches/load"
)

// The generator's client that reflects passes every case.
func TestReflect(t *testing.T) {
	s := &Server{Cases: Cases()}
	if testing.Short() || raced {
		s.Cases = slices.DeleteFunc(s.Cases, slow)
	}
	results := playAll(t, s, "load", func(url string) error {
		load.Reflect(t.Context(), url, wsclient.Offer{}) // an error is what the case did, as a rule
		return nil
	})
	if len(results) != len(s.Cases) {
		t.Errorf("%d results of %d cases", len(results), len(s.Cases))
	}
	verify(t, results)
}
