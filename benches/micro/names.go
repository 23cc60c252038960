package micro

import (
	"fmt"
	"strconv"
	"strings"
)

// SizeName writes octets as benchmark names do: 300, 16KiB, 1MiB.
func SizeName(n int) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%dMiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%dKiB", n>>10)
	}
	return strconv.Itoa(n)
}

// ParseSizes reads a comma-separated list of SizeNames, of 1 octet to 1 GiB.
func ParseSizes(list string) (sizes []int, err error) {
	for name := range strings.SplitSeq(list, ",") {
		n, err := parseSize(name)
		if err != nil {
			return nil, err
		}
		sizes = append(sizes, n)
	}
	return sizes, nil
}

func parseSize(name string) (int, error) {
	digits, unit := name, 1
	for suffix, octets := range map[string]int{"KiB": 1 << 10, "MiB": 1 << 20} {
		if d, ok := strings.CutSuffix(name, suffix); ok {
			digits, unit = d, octets
		}
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if octets := int(n) * unit; err == nil && octets >= 1 && octets <= 1<<30 {
		return octets, nil
	}
	return 0, fmt.Errorf("size %q: want octets such as 20, 16KiB or 1MiB", name)
}
