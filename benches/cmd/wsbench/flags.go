package main

import (
	"fmt"
	"math/rand/v2"

	"wsbench/benches/host"
	"wsbench/syscalls"
)

// parseSeed reads -seed; "" draws one.
func parseSeed(s string) (uint64, error) {
	if s == "" {
		return rand.Uint64N(1 << 32), nil // few digits to type again
	}
	var seed uint64
	if _, err := fmt.Sscanf(s, "%d", &seed); err != nil || fmt.Sprint(seed) != s {
		return 0, fmt.Errorf("-seed %q: want a whole number from 0", s)
	}
	return seed, nil
}

// cpuFlag reads the CPUs of a flag; "" is none.
func cpuFlag(name, s string) (syscalls.CPUs, error) {
	if s == "" {
		return nil, nil
	}
	list, err := syscalls.ParseCPUs(s)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := host.CheckCPUs(list); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return list, nil
}
