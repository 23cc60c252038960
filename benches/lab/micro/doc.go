// Package micro compares small functions: paired, interleaved, in batches of
// some tens of microseconds.
//
// A microbenchmark that runs one variant for a second and then the other sees
// the host's drift as a difference. Here every round runs one batch of each
// variant, in an order drawn from a seed, and values are compared only within
// a round. Medians and exact intervals are those of package lab.
//
// A function works on payloads of an [Arena], walked by a [Walk]: the same
// octets again and again, others of the L1, or others of a working set larger
// than the L2 or the L3. All variants of one comparison share one walk, so
// that no variant finds in a cache what the one before it fetched.
//
// # Keys of benchmark names
//
//	impl   a kernel of package mask, floor, copy, nothing, or another library
//	size   octets of the payload
//	align  octets from a cache line to its first, 0 to 63
//	set    where payloads lie: hot, fresh, l2, l3; see [Set]
//
// Who does not need it: benchmarks that stand alone (go test -bench), and
// servers (package lab runs those).
package micro
