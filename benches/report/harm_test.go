package report

import (
	"fmt"
	"strings"
	"testing"
)

// Which server's runs are harmed is shown, with a warning where it is one's.
func TestHarmRates(t *testing.T) {
	var b strings.Builder
	name := func(server string) string {
		return "BenchmarkEcho/server=" + server + "/conns=1/size=1/depth=1"
	}
	for block := range 40 {
		fmt.Fprintf(&b, "BLOCK %d round=%d\n", block+1, block+1)
		if block%5 > 0 {
			fmt.Fprintf(&b, "%s 1 5 cpu-ns/msg\n%s 1 6 cpu-ns/msg\n", name("a"), name("b"))
			continue
		}
		fmt.Fprintf(&b, "DISCARDED %s: its block was discarded for b [1 5 cpu-ns/msg]\nDISCARDED %s: interference: it waited [1 6 cpu-ns/msg]\n", name("a"), name("b"))
	}
	v := newView(parsed(t, b.String()))
	if got := v.harmRates(); got != "a 0 of 40, b 8 of 40" {
		t.Error(got)
	}
	if got := v.uneven(); !strings.HasPrefix(got, "runs of b were harmed in 20 %, those of a in 0 %") {
		t.Error(got)
	}
	page := render(t, Of("matrix", v.res, ""))
	for _, want := range []string{"16 of 80 runs were discarded", "most often: interference: it waited", "runs of b were harmed"} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q on the page", want)
		}
	}
	if got := newView(parsed(t, name("a")+" 1 5 cpu-ns/msg\n")).uneven(); got != "" {
		t.Error(got)
	}
}

// A server that no sample is of is named.
func TestUnseenServers(t *testing.T) {
	name := func(server string, conns int) string {
		return fmt.Sprintf("BenchmarkEcho/server=%s/conns=%d/size=1/depth=1", server, conns)
	}
	discarded := func(server string, conns int) string {
		return "DISCARDED " + name(server, conns) + ": invalid: no echo [1 5 cpu-ns/msg]\n"
	}
	text := name("a", 1) + " 1 5 cpu-ns/msg\n" + name("a", 2) + " 1 5 cpu-ns/msg\n" + name("b", 1) + " 1 5 cpu-ns/msg\n"
	v := newView(parsed(t, text+discarded("b", 2)+discarded("c", 1)+discarded("c", 2)+discarded("a", 3)))
	if got := strings.Join(v.unseen(), "; "); got != "b is not in case 2/1; c is not in the table" {
		t.Error(got)
	}
}
