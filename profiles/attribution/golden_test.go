package attribution

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

// The splits of real captures, and what of them no rule names: below a
// hundredth of each.
func TestCaptures(t *testing.T) {
	for _, file := range captures(t) {
		t.Run(file, func(t *testing.T) {
			p := readFolded(t, file)
			got := table(t, Default(), p)
			golden := strings.TrimSuffix(file, ".folded.gz") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Error(d)
			}
			shares, _ := Default().Split(p, "cpu")
			if other := shares[len(shares)-1]; other.Component != Other || other.Percent > 1 {
				t.Errorf("%s has %.2f %%; want it last, and 1 %% at most", other.Component, other.Percent)
			}
		})
	}
}
