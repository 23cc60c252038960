// Package explain finds out why a server takes the time it takes: it has the
// capture scripts of package profiles watch the server under load, reads what
// they wrote, and puts it on the scale of one message.
//
// # Passes
//
// What watches a server slows it down, so timing and watching are apart. Every
// round has one run without an observer and one with each of them, in an order
// drawn from the seed, of the same process with the same connections; see
// package lab. What the observed runs lost against the unobserved one of their
// round is what the observer itself cost. An A/A process tells the noise.
//
// # The scale
//
// Counts (calls, context switches) are divided by all echoes of their run, the
// warm-up and the drain included: an observer watches from before the first
// message until after the last.
//
// Profiles tell shares. A share becomes ns per message by the unobserved server's
// CPU time per message, from its CPU clock: a sampler's own time is in no figure.
// In a comparison of two servers (see Plan), both are observed alike, and a
// run's shares are scaled by that same run's CPU time.
//
// # The folder
//
//	bench.txt         samples of all runs, see package lab: key observer
//	profile.bench     what the captures come to, one line for each capture and call or component
//	captures.jsonl    one line for each observed run: what was observed, when, where the files are
//	captures/NNN-…/   what a script wrote; perf-script.txt has become cpu.pb.gz
//	LABEL-CASE/       profiles of one server under one case, all rounds together:
//	                  cpu.pb.gz (perf), go.pb.gz (the server's own), both.pb.gz, offcpu.pb.gz,
//	                  flame.svg, offcpu.svg, tables.txt
//
// Profiles of one server under one case are scaled to a million messages, so
// that two of them are compared by pprof -diff_base as they are.
package explain
