// Package micro compares small functions: paired, interleaved, in batches of
// some tens of microseconds.
//
// A microbenchmark that runs one variant for a second and then the other sees
// the host's drift as a difference. Here every round runs one batch of each
// variant, in an order drawn from a seed, and values are compared only within
// a round. Medians and exact intervals are those of package stat.
//
// A function works on payloads of an [Arena], walked by a [Walk]: the same
// bytes again and again, others of the L1, or others of a working set larger
// than the L2 or the L3. All variants of one comparison share one walk, so
// that no variant finds in a cache what the one before it fetched.
//
// [Compare] is for one comparison. [Measure] carries a list of them out into
// results, a block for each round, and [Read] puts the comparisons of a results
// file together again.
//
// # Keys of benchmark names
//
//	impl   what does it: a kernel of package mask (auto: the one that the CPU's
//	       dispatch chooses; avx512-parts: in calls too short for the far way),
//	       floor, copy, nothing, or another library
//	size   bytes of the payload: 20, 16384, 1048576
//	align  bytes from a cache line to the payload's first, 0 to 63
//	set    where payloads lie in fact: hot, fresh, l2, l3; see [Set], [Walk.Set]
//	way    how a system call is made: raw (straight), runtime (through the Go
//	       scheduler's hooks), send (by send and recv)
//	ready  descriptors that a call of epoll_wait finds ready
//
// Benchmarks that stand alone (go test -bench) do not need it, nor do servers,
// which package lab runs.
package micro
