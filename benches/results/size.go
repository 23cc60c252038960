package results

import (
	"fmt"
	"strconv"
	"strings"
)

// suffixes are what numbers in benchmarks' names may end in.
var suffixes = []struct {
	text   string
	factor float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"k", 1e3}, {"M", 1e6}}

// Number reads the value of a key: a number, or a size such as 16KiB.
func Number(value string) (v float64, ok bool) {
	factor := 1.0
	for _, s := range suffixes {
		if digits, has := strings.CutSuffix(value, s.text); has {
			value, factor = digits, s.factor
			break
		}
	}
	if strings.Trim(value, "0123456789.") != "" {
		return 0, false
	}
	v, err := strconv.ParseFloat(value, 64)
	return v * factor, err == nil
}

// SizeName writes a number of bytes for readers: 300, 16KiB, 1MiB. Benchmark
// names have plain bytes, so that those of all packages join.
func SizeName(n int) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%dMiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%dKiB", n>>10)
	}
	return strconv.Itoa(n)
}

// ParseSizes reads a comma-separated list of SizeNames, of 1 byte to 1 GiB.
func ParseSizes(list string) (sizes []int, err error) {
	for name := range strings.SplitSeq(list, ",") {
		v, ok := Number(name)
		if n := int(v); ok && v >= 1 && v <= 1<<30 && v == float64(n) {
			sizes = append(sizes, n)
			continue
		}
		return nil, fmt.Errorf("size %q: want a number of bytes such as 20, 16KiB or 1MiB", name)
	}
	return sizes, nil
}
