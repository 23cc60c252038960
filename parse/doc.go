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
// frame that arrives in pieces, take a second each. These runs are the quietest
// of 12, on a Sapphire Rapids whose CPUs other work shared.
//
//	$ go test -run '^$' -bench 'Headers/./from=client' -benchtime 10ms ./parse
//	BenchmarkHeaders/impl=fast/from=client/stream=short-2 282 74429 ns/op 330.19 MB/s 18.17 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=short-2 178 92117 ns/op 266.79 MB/s 22.49 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=short-2 69 192233 ns/op 127.84 MB/s 46.93 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=short-2 67 325629 ns/op 75.47 MB/s 79.50 ns/frame
//	BenchmarkHeaders/impl=fast/from=client/stream=mixed-2 169 106096 ns/op 360.75 MB/s 25.90 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=mixed-2 116 135786 ns/op 281.87 MB/s 33.15 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=mixed-2 37 362905 ns/op 105.47 MB/s 88.60 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=mixed-2 52 221508 ns/op 172.79 MB/s 54.08 ns/frame
//	BenchmarkHeaders/impl=fast/from=client/stream=control-2 295 52950 ns/op 567.97 MB/s 12.93 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=control-2 136 122702 ns/op 245.10 MB/s 29.96 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=control-2 46 290694 ns/op 103.46 MB/s 70.97 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=control-2 55 224890 ns/op 133.73 MB/s 54.90 ns/frame
//
// A caller that waits for the bytes that were said to be needed (resume=need)
// calls the parser less often than one that tries at each arrival (reparse), and
// needs no state per connection (state):
//
//	$ go test -run '^$' -bench 'SplitFrame/impl=(fast|bytewise)/./size=(300|16384)$' -benchtime 10ms ./parse
//	BenchmarkSplitFrame/impl=fast/resume=need/size=300/piece=1-2 23241 732.9 ns/op 409.36 MB/s
//	BenchmarkSplitFrame/impl=fast/resume=reparse/size=300/piece=1-2 4069 2711 ns/op 110.65 MB/s
//	BenchmarkSplitFrame/impl=bytewise/resume=need/size=300/piece=1-2 10000 1052 ns/op 285.04 MB/s
//	BenchmarkSplitFrame/impl=bytewise/resume=reparse/size=300/piece=1-2 667 17526 ns/op 17.12 MB/s
//	BenchmarkSplitFrame/impl=bytewise/resume=state/size=300/piece=1-2 5013 3322 ns/op 90.31 MB/s
//	BenchmarkSplitFrame/impl=fast/resume=need/size=16384/piece=1460-2 349400 30.22 ns/op 542142.98 MB/s
//	BenchmarkSplitFrame/impl=fast/resume=reparse/size=16384/piece=1460-2 123723 142.1 ns/op 115266.33 MB/s
//	BenchmarkSplitFrame/impl=bytewise/resume=need/size=16384/piece=1460-2 102153 273.5 ns/op 59895.02 MB/s
//	BenchmarkSplitFrame/impl=bytewise/resume=reparse/size=16384/piece=1460-2 15205 764.1 ns/op 21441.85 MB/s
//	BenchmarkSplitFrame/impl=bytewise/resume=state/size=16384/piece=1460-2 79021 151.8 ns/op 107943.37 MB/s
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
