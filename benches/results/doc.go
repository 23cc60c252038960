// Package results is the vocabulary of what wsbench measures: names of
// benchmarks, samples, units, and the file that holds them.
//
// # The file
//
// A results file is in the Go benchmark format, so that benchstat reads it. A
// session writes it into a folder of its own as bench.txt. It holds, besides
// file configuration, Unit lines and benchmark lines:
//
//	BLOCK 3 round=1 case=100/20/1    the samples that follow are of block 3
//	LOOK block=7 share=0.1250        comparisons were judged after block 7, an eighth of the session
//	STEAL epoch=2 share=0.0130       what the hypervisor gave to others of the CPUs' time, in one start of the servers
//	DISCARDED name: reason           a run that is no sample
//	SKIP name: reason                what could not be measured
//	SOURCE name: commit=… modified=… what a server was built from
//	NOTE text                        what the reader must know
//	COMMAND text                     the command line that makes such a file again
//	INTERRUPTED text                 how far a session came that did not end
//
// There is one benchmark line per sample. Statistics are made from samples when
// they are read, and are never stored in their place.
//
// # Names
//
// The keys of a benchmark's name say which server was measured and what it was
// put under:
//
//	BenchmarkEcho/server=wsbench/io=epoll/conns=200/size=16384/depth=1
//
// The keys that [Benches] lists for the base name are the case (of Echo conns,
// size, depth, op and rate), all others the server. A second process of the
// reference, which measures the noise, has the ending -aa on its io, or on its
// server where it has no io.
package results
