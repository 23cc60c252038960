package syscalls

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// CPUs is a sorted list of CPU numbers without repeats.
type CPUs []int

// maxCPU bounds what a CPU list may name: the size of the kernel's cpu_set_t.
const maxCPU = 1024

// ParseCPUs reads a CPU list as taskset(1) and the kernel write it: "0",
// "0-3", "0,2,4-7".
func ParseCPUs(s string) (CPUs, error) {
	seen := map[int]bool{}
	for _, part := range strings.Split(s, ",") {
		lo, hi, err := cpuRange(part)
		if err != nil {
			return nil, fmt.Errorf("CPU list %q: %q is not a CPU number or range such as 0 or 0-3", s, part)
		}
		for c := lo; c <= hi; c++ {
			seen[c] = true
		}
	}
	list := make(CPUs, 0, len(seen))
	for c := range seen {
		list = append(list, c)
	}
	sort.Ints(list)
	return list, nil
}

func cpuRange(s string) (lo, hi int, err error) {
	a, b, isRange := strings.Cut(s, "-")
	if lo, err = cpuNumber(a); err != nil || !isRange {
		return lo, lo, err
	}
	if hi, err = cpuNumber(b); err == nil && hi < lo {
		err = strconv.ErrRange
	}
	return lo, hi, err
}

func cpuNumber(s string) (int, error) {
	n, err := strconv.ParseUint(s, 10, 16) // digits only, no sign
	if err == nil && n >= maxCPU {
		err = strconv.ErrRange
	}
	return int(n), err
}

// String writes the list as ParseCPUs reads it, ranges folded.
func (c CPUs) String() string {
	var parts []string
	for i := 0; i < len(c); {
		j := i
		for j+1 < len(c) && c[j+1] == c[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, strconv.Itoa(c[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", c[i], c[j]))
		}
		i = j + 1
	}
	return strings.Join(parts, ",")
}

// Without returns c less the CPUs of list.
func (c CPUs) Without(list CPUs) CPUs {
	var left CPUs
	for _, cpu := range c {
		if !slices.Contains(list, cpu) {
			left = append(left, cpu)
		}
	}
	return left
}
