// Package scratch is where a server's received bytes live: the receive
// buffer of a read (shared by all connections of a loop, one per connection, or
// pooled), the carry of a frame that a read split, and a pool that the other
// buffers come from.
//
// Nothing here is safe for concurrent use, except a Pool that NewShared made:
// each event loop, or each connection's goroutine, has its own.
//
// # The contract of ownership
//
// Whatever the kind, a receive buffer has one owner at a time:
//
//   - It is the connection's from Get, or from the completion that names it, to
//     its release: for the handling of one read. The connection may change
//     every byte, and answers in place.
//   - What must outlive the release is copied: the beginning of a split frame
//     into a Carry, an answer that the socket does not take into a queue.
//     An answer in a buffer of the Pool, as that to a long message, is not
//     copied: the queue owns the buffer then, and puts it back when it is sent.
//   - It is released once, whole, on every way out, also when the connection
//     has ended meanwhile; nobody touches it afterwards.
//
// The kinds differ in who owns a buffer that is no connection's, and so in what
// ends its release:
//
//	kind    taken by      released by   then it is
//	shared  Get           Put           the loop's: the next read overwrites it
//	conn    Get           Put           still the connection's, for its next read
//	pool    Get           Put           the Pool's: any Get may return it
//	ring    a completion  Recycle       the kernel's: it may fill it at any time
//
// The ring is the one whose release waits for the answer: a send by io_uring
// that is in flight reads the buffer after the handling of the read is over, so
// the buffer is recycled when the completion of the last send from it has come.
// If the socket does not take the answer, it is copied and the buffer recycled,
// lest a slow reader keep one of the few. Its buffers are package syscalls'
// BufRing; the name of the kind is here so that a server can be asked for it.
//
// # What a buffer for each connection costs
//
// A published server gained 39.6 % and 27.8 % with 200 and 500 connections and
// messages of 16 KiB from one shared buffer in place of 64 KiB for each
// connection. It explains this by the size of all buffers, with 500 connections
// 32 MB, which is past its L3 cache. On a VM of Sapphire Rapids CPUs, whose L2
// has 2 MiB and whose L3 has 105 MiB, that explanation does not hold:
//
//   - The size of the buffers has no effect that these runs show: 500 connections
//     take 2.1 to 2.4 times the time of a shared buffer with 17 KiB each, 9 MB together,
//     as with 512 KiB each, 256 MB together. A message of 16 KiB touches 16 KiB of
//     either.
//   - The effect is there long before the bytes touched (touched-B) reach the size of
//     the L3: with 200 connections they are 3 MB.
//   - It begins at the L2: with 10 connections a message takes 1.3 times the time of
//     one in a shared buffer, which is in the L1; with 200, once the bytes touched are
//     more than the L2 has, 2 times; with 1,000 and 10,000 between 2 and 4 times.
//
// "ratio" is that quotient, of a single run each and on a busy machine, without an
// interval: those of 1,000 connections, 2.1, 3.6 and 3.8, do not tell whether the size
// matters there. 12 interleaved rounds of wsbench micro, with 500 and 1,000 connections,
// did not tell either; they could have missed differences of 37 to 97 %.
//
//	$ go test -run '^$' -bench 'ReceivePair/././buffer=(17408|65536|524288)$/size=16384' -benchtime 500ms ./scratch
//	l2-bytes: 2097152
//	l3-bytes: 110100480
//	BenchmarkReceivePair/buffers=conn/conns=10/buffer=17408/size=16384-2     164190  1939 ns/op  8451.76 MB/s   17408 B/conn  1.339 ratio     163840 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=10/buffer=65536/size=16384-2      56014  1686 ns/op  9718.40 MB/s   65536 B/conn  1.331 ratio     163840 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=10/buffer=524288/size=16384-2     92086  2031 ns/op  8065.85 MB/s  524288 B/conn  1.335 ratio     163840 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=100/buffer=17408/size=16384-2     49684  3533 ns/op  4637.38 MB/s   17408 B/conn  1.570 ratio    1638400 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=100/buffer=65536/size=16384-2     44622  2883 ns/op  5682.78 MB/s   65536 B/conn  1.461 ratio    1638400 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=100/buffer=524288/size=16384-2    38691  1641 ns/op  9983.02 MB/s  524288 B/conn  1.377 ratio    1638400 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=200/buffer=17408/size=16384-2    136783  3945 ns/op  4153.40 MB/s   17408 B/conn  2.070 ratio    3276800 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=200/buffer=65536/size=16384-2     61807  2891 ns/op  5667.98 MB/s   65536 B/conn  1.994 ratio    3276800 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=200/buffer=524288/size=16384-2    39050  3901 ns/op  4199.85 MB/s  524288 B/conn  1.905 ratio    3276800 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=500/buffer=17408/size=16384-2     50625  9214 ns/op  1778.26 MB/s   17408 B/conn  2.415 ratio    8192000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=500/buffer=65536/size=16384-2     47444  4295 ns/op  3814.81 MB/s   65536 B/conn  2.138 ratio    8192000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=500/buffer=524288/size=16384-2    52118  3958 ns/op  4139.37 MB/s  524288 B/conn  2.176 ratio    8192000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=1000/buffer=17408/size=16384-2    50886  4891 ns/op  3349.70 MB/s   17408 B/conn  2.103 ratio   16384000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=1000/buffer=65536/size=16384-2    64792  6724 ns/op  2436.67 MB/s   65536 B/conn  3.591 ratio   16384000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=1000/buffer=524288/size=16384-2   55969  8588 ns/op  1907.86 MB/s  524288 B/conn  3.760 ratio   16384000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=10000/buffer=17408/size=16384-2   34476  4184 ns/op  3916.05 MB/s   17408 B/conn  2.238 ratio  163840000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=10000/buffer=65536/size=16384-2   32348  4120 ns/op  3976.73 MB/s   65536 B/conn  2.205 ratio  163840000 touched-B
//
// Where messages are short, where the buffers begin matters too. Those of 4 KiB
// and of 32 KiB and more begin on a page, and what 1 KiB at the beginning of
// each page touches has a quarter of a cache's sets. So 500 of them, 512 KB,
// crowd an L2 of 2 MiB; buffers of 1 KiB, which lie side by side, do not:
//
//	$ go test -run '^$' -bench 'ReceivePair/./conns=(500|1000)$/buffer=(1024|4096|65536)$/size=1024' -benchtime 500ms ./scratch
//	BenchmarkReceivePair/buffers=conn/conns=500/buffer=1024/size=1024-2     1000000   93.84 ns/op  10912.21 MB/s   1024 B/conn  1.042 ratio   512000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=500/buffer=4096/size=1024-2      800061  132.8 ns/op    7710.57 MB/s   4096 B/conn  1.406 ratio   512000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=500/buffer=65536/size=1024-2     576681  219.8 ns/op    4658.93 MB/s  65536 B/conn  1.856 ratio   512000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=1000/buffer=1024/size=1024-2     584246  179.2 ns/op    5712.82 MB/s   1024 B/conn  1.106 ratio  1024000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=1000/buffer=4096/size=1024-2     744217  355.1 ns/op    2884.00 MB/s   4096 B/conn  2.120 ratio  1024000 touched-B
//	BenchmarkReceivePair/buffers=conn/conns=1000/buffer=65536/size=1024-2    783465  325.4 ns/op    3146.99 MB/s  65536 B/conn  1.674 ratio  1024000 touched-B
//
// make compare-scratch compares the kinds of buffers, interleaved. What the loop
// of a benchmark has of CPU time, switches and faults, on a busy machine:
//
//	$ sh profiles/bench.sh -d 1 -o /tmp/out scratch stat
//	BenchmarkReceive/buffers=shared/conns=1000/buffer=65536/size=1024: 1000000 operations captured
//	...
//	cpu-ns/op        202 ns
//	ctxsw/op         0.000214
//	faults/op        0.00000900
//	major-faults/op  0
//	migrations/op    0.00000100
//	minor-faults/op  0.00000900
package scratch
