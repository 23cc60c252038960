package results

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// reported is where sources name a unit: in a metric of a benchmark, or as the key
// of a value per message, operation and so on.
var reported = regexp.MustCompile(`ReportMetric\(.*"(\S+)"\)|"([A-Za-z0-9.-]+/(?:msg|op|s|conn|open|recv|wait|event))"[]:]`)

// TestProducersHaveRegisteredUnits looks for the units of all samples: in the record
// of benchmark lines, and in the sources of what makes some.
func TestProducersHaveRegisteredUnits(t *testing.T) {
	registered := func(where, unit string) {
		if UnitOf(unit).Meaning == "" {
			t.Errorf("%s: the unit %s is not registered: add it to Units", where, unit)
		}
	}
	const record = "../internal/golden/names.txt"
	lines, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(lines)) {
		_, units, _ := strings.Cut(line, "|")
		for _, unit := range strings.Fields(units) {
			registered(record, unit)
		}
	}
	found := 0
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.Contains(path, "benches/results/") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range reported.FindAllStringSubmatch(string(source), -1) {
			registered(path, m[1]+m[2])
			found++
		}
		return err
	})
	if err != nil || found < 30 {
		t.Errorf("%d units in sources, %v", found, err)
	}
}
