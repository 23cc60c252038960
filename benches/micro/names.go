package micro

import (
	"fmt"
	"strconv"
	"strings"
)

// SizeName writes a number of bytes as benchmark names do: 300, 16KiB, 1MiB.
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
	for suffix, factor := range map[string]int{"KiB": 1 << 10, "MiB": 1 << 20} {
		if d, ok := strings.CutSuffix(name, suffix); ok {
			digits, unit = d, factor
		}
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if size := int(n) * unit; err == nil && size >= 1 && size <= 1<<30 {
		return size, nil
	}
	return 0, fmt.Errorf("size %q: want a number of bytes such as 20, 16KiB or 1MiB", name)
}
