// Package allocs measures what code under test allocates.
package allocs

import "runtime"

// Bytes returns how many bytes n calls of f allocate, those of all goroutines
// meanwhile included.
func Bytes(n int, f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range n {
		f()
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
