// Package benchloop lets bench.sh capture the loop of a benchmark alone, without
// its set-up, its warm-up and what the go command does before. A benchmark calls
// [Begin] right before its loop:
//
//	benchloop.Begin(b)
//	for b.Loop() {
//
// Unless bench.sh has set the environment, Begin does nothing.
package benchloop
