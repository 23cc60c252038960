// Package lab runs servers as processes under load, turn by turn, and reads
// what came of it: the runner, the servers, the host's facts, the samples as
// benchmark lines, and the statistics made from them.
//
// # A session
//
// Every variant is one process on the server's CPUs, with one group of
// connections a case open to it from the generator's. All are stopped by
// SIGSTOP but the one whose turn it is. A block is one case in one round: each
// variant takes one turn in it, in an order drawn from the seed. Values are
// compared only within a block, so that the host's drift, which is slower than
// a block, falls out. A turn during which something else used the CPUs, or
// that the generator doubts, is left out, counted, and repeated once at the
// end of its block. The reference variant runs as two processes, A and A/A:
// what those two differ in is what this session takes for noise.
//
// # Idle connections
//
// A ConnsSession measures what connections take that say nothing. In each round
// every server runs once, alone and as a fresh process, in an order drawn from
// the seed: a heap that has grown does not shrink at once, so a second crowd in
// the same process would find the memory of the first. One turn is:
//
//   - a first connection with an echo is opened and closed, so that what a
//     server makes for the first one counts as the empty server's;
//   - after a time to settle the resident set is read, then the CPU clock;
//   - the connections are opened, 32 at a time, each with its opening handshake
//     and one echo of a short text, and the CPU clock is read again;
//   - after a time to settle, without any message, the resident set is read;
//   - some connections, drawn by lot, must echo once more.
//
// The resident set is Rss of /proc/PID/smaps_rollup, of the server and its
// descendants: the kernel counts it page by page, where statm's running count
// may be off by more than 20 octets a connection. It is memory of the process
// alone. What the kernel keeps of a connection, which is more (the socket, its
// buffers, an entry of epoll or a request of io_uring), is the same for every
// server, or nearly, and in no process's resident set. Nothing in the server is
// asked to collect garbage or to give memory back: what it has not by itself
// after that time counts.
//
// The CPU time of opening depends on how many connections come at a time; a
// server that is woken for each one by one needs more.
//
// # bench.txt
//
// The Go benchmark format, one line a sample, written as the turns end:
//
//	BLOCK 7 round=2 case=200/16384/1
//	BenchmarkEcho/server=wsbench/io=epoll/conns=200/size=16384/depth=1 131072 5721 ns/op ...
//	BenchmarkConns/server=wsbench/io=epoll/conns=9000 1 160.7 B/conn 35388.6 cpu-ns/open ...
//
// Lines that begin with a word in capitals are this package's own. Readers of
// the format ignore them, so benchstat's tables are not split by them:
//
//	BLOCK id round=N case=C   the samples that follow belong to this block
//	DISCARDED name: reason    a run that was measured and is not a sample
//	SKIP name: reason         what was not measured from here on, never a zero:
//	                          the host cannot, or the server failed; name is
//	                          a benchmark's, or the beginning that several share
//	SOURCE name: commit=C modified=M
//	                          what the program of a server was built from, as
//	                          the go command stamped it, or unknown: reason;
//	                          name is its keys, or components
//	NOTE text                 what the reader must know, such as a shared CPU
//	COMMAND text              the command line that asks for the same session
//	INTERRUPTED text          the session was stopped before its end
//
// # latency.hlog
//
// Beside bench.txt, the latencies of all echoes of the samples, in ns to three
// significant digits, but of the few that were in flight as a window began: an
// HDR interval log with one histogram a variant and
// case, all its samples' turns merged. The tag is the benchmark's name without
// "Benchmark". What was left out is not in it. The file is replaced as a whole
// after each round and at the end, so that an interrupted session has those of
// its whole rounds at least.
//
// # Keys of benchmark names
//
//	server  wsbench, or the name given to an external server
//	observer  the program that watched the server meanwhile; absent for none
//	io      how wsbench's server does I/O: epoll, uring, net, raw; absent for others
//	conns   connections
//	size    octets of a message's payload
//	depth   messages in flight a connection
//
// Lines made of captures (profile.bench, see package explain) have besides:
//
//	call       a system call
//	thread     threads of this name
//	component  part of the server by rules, see profiles/attribution
//
// The A/A process of the reference has "-aa" behind its io (io=raw-aa), or
// behind its server's name where there is no io, and so a column of its own
// under benchstat -col /io.
//
// # File configuration
//
// goos, goarch, pkg, cpu as go test writes them; of the host: cpus, cpu-features,
// kernel, io-uring (what
// its probe found), mitigations, governor, cgroup, cpu-quota (CPUs that the control
// groups allow, or none), virt, irq-time; of the session: go, commit and dirty
// (what wsbench itself was built from, or unknown and the reason),
// server-cpu, load-cpu, seed, date. To compare two sessions with
// benchstat, pass -ignore commit,dirty,seed,date.
//
// # Units
//
// See Units, and ConnsUnits for idle connections. Those of a message (…/msg) are divided by the messages echoed in
// the measured window; syscalls/msg and frames/recv, which the server counts
// itself, by the frames of the whole turn, warm-up and drain included.
// syscalls/msg is absent where the server does not see its waiting (io=net).
// Which mode a process was in the kernel samples in ticks of up to 10 ms, so
// user-ns/msg, sys-ns/msg and gen-user-ns/msg are absent below windows of
// 500 ms.
//
// # CPUs
//
// External servers are confined to the server's CPUs. wsbench's own pin their
// loops there and have the Go runtime's own threads on the others (-background
// apart); where external servers take part, all are confined alike
// (-background same). A NOTE tells which.
//
// # Time
//
// A session with a deadline repeats no more turns when that nears, and then
// leaves whole rounds out from the last; a NOTE tells how many were measured.
package lab
