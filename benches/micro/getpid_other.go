//go:build !linux

package micro

// cheapest times nothing: Linux only.
func cheapest() []Func { return nil }
