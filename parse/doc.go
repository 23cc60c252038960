// Package parse reads and writes what the frames of a WebSocket connection
// carry besides payloads: headers, opcodes and close codes (RFC 6455). It
// checks UTF-8 as it arrives. Package opening below it has the opening
// handshake.
//
// Nothing here does I/O, allocates or keeps bytes: every function works on
// slices that stay the caller's. Incomplete input is not an error; the result
// tells how many bytes are certain to be needed.
//
// [ValidUTF8] has kernels in assembly; build with the tag purego for Go alone.
//
// [Parser] names the implementations of [ParseHeader]; impl=bufio reads through
// package bufio as libraries do. Their benchmarks over seeded streams, and of a
// frame that arrives in pieces, take a second each. This is one run of them, on a
// Sapphire Rapids whose CPUs other work shared: read it for orders of magnitude.
//
//	$ go test -run '^$' -bench 'Headers/./from=client' -benchtime 10ms ./parse
//	BenchmarkHeaders/impl=fast/from=client/stream=short-2 315 73869 ns/op 332.70 MB/s 18.03 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=short-2 181 124110 ns/op 198.02 MB/s 30.30 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=short-2 56 491301 ns/op 50.02 MB/s 119.9 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=short-2 60 203684 ns/op 120.66 MB/s 49.73 ns/frame
//	BenchmarkHeaders/impl=fast/from=client/stream=mixed-2 206 55760 ns/op 686.41 MB/s 13.61 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=mixed-2 128 92461 ns/op 413.95 MB/s 22.57 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=mixed-2 31 793642 ns/op 48.23 MB/s 193.8 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=mixed-2 46 542484 ns/op 70.55 MB/s 132.4 ns/frame
//	BenchmarkHeaders/impl=fast/from=client/stream=control-2 247 49806 ns/op 603.83 MB/s 12.16 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=control-2 158 74481 ns/op 403.78 MB/s 18.18 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=control-2 37 289055 ns/op 104.04 MB/s 70.57 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=control-2 57 225532 ns/op 133.35 MB/s 55.06 ns/frame
//
// A caller that waits for the bytes that were said to be needed (resume=need)
// calls the parser less often than one that tries at each arrival (reparse), and
// needs no state per connection (state):
//
//	$ go test -run '^$' -bench 'SplitFrame/impl=(fast|bytewise)/./size=(300|16384)$' -benchtime 10ms ./parse
//	BenchmarkSplitFrame/impl=fast/resume=need/size=300/piece=1-2 24837 440.8 ns/op
//	BenchmarkSplitFrame/impl=fast/resume=reparse/size=300/piece=1-2 6918 1807 ns/op
//	BenchmarkSplitFrame/impl=bytewise/resume=need/size=300/piece=1-2 24003 674.1 ns/op
//	BenchmarkSplitFrame/impl=bytewise/resume=reparse/size=300/piece=1-2 898 31584 ns/op
//	BenchmarkSplitFrame/impl=bytewise/resume=state/size=300/piece=1-2 7210 1525 ns/op
//	BenchmarkSplitFrame/impl=fast/resume=need/size=16384/piece=1460-2 444253 32.29 ns/op
//	BenchmarkSplitFrame/impl=fast/resume=reparse/size=16384/piece=1460-2 167827 200.3 ns/op
//	BenchmarkSplitFrame/impl=bytewise/resume=need/size=16384/piece=1460-2 78402 142.1 ns/op
//	BenchmarkSplitFrame/impl=bytewise/resume=reparse/size=16384/piece=1460-2 19831 590.1 ns/op
//	BenchmarkSplitFrame/impl=bytewise/resume=state/size=16384/piece=1460-2 111866 118.8 ns/op
//
// make compare-parse compares the parsers, interleaved. Where the loop of a
// benchmark spends its time, on a busy machine; an operation is 4096
// headers:
//
//	$ sh profiles/bench.sh -o /tmp/out parse perf
//	BenchmarkHeaders/impl=fast/from=client/stream=mixed: 13350 operations captured
//	...
//	function                                where         ns/op  share                             ns/op
//	wsbench/parse.ParseHeader               bench.test  20469.9  0.481  ####################     23469.2
//	wsbench/parse.walk                      bench.test  11247.2  0.265  ###########              39740.1
//	wsbench/parse.Parser.Header             bench.test   5398.7  0.127  #####                    27218.2
//	wsbench/parse.parseLong                 bench.test   3374.2  0.079  ###                       3449.1
package parse
