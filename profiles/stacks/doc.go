// Package stacks makes pprof profiles of what perf script prints, so that
// `go tool pprof`, its flame graph included, shows kernel and user stacks of
// any program, and merges and compares them with Go's own CPU profiles.
//
// # Sample types
//
// One file makes one profile. Its first sample type is samples/count, of all
// events; each event whose periods are known adds one: cpu/nanoseconds for a
// clock (cpu-clock or task-clock, whose periods are nanoseconds; the same
// types as Go's CPU profiles), EVENT/count for any other. A second clock in
// the same file is EVENT/nanoseconds, for both count the same time. pprof
// opens on the first clock, otherwise on the first event, and offers the
// others in its SAMPLE menu; -tagfocus event=NAME shows one event's samples.
// One profile opens better than one a file, because pprof asked for several
// files adds them up.
//
// An event without periods (perf script left them out, and its header does
// not tell a fixed one) has samples only: a count is not invented.
//
// # Labels
//
// Strings: comm, event, and of time off the CPU state (the scheduler's letter:
// S sleeps, D waits without signals, R was preempted). Numbers: cpu, pid, tid.
// Merge adds source.
//
// # Frames
//
// A function is a symbol without its offset, its addresses are locations, its
// object file is a mapping. Mappings say that they have functions, so pprof
// does not symbolise again. perf 6.1 and older print addresses relative to the
// object file and newer ones those of the process: they tell instructions
// apart, but -list and -disasm need the addresses of a mapping, which perf
// script does not print. Frames without a symbol are called after their object
// file. What perf prints as (inlined) are lines of one location.
//
// Frames gives the stack of a sample of any profile, Functions the sums of
// each function. Both tell the kernel's functions by the object file, and by
// the address only where no file is known.
//
// This package is for captures that are there already; it runs nothing.
package stacks
