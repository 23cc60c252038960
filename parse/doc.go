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
// package bufio as libraries do. Their benchmark over seeded streams takes 20 s
// (Sapphire Rapids, CPUs shared with other work):
//
//	$ go test -run '^$' -bench 'Headers/./from=client' ./parse
//	BenchmarkHeaders/impl=fast/from=client/stream=short-2 13345 89773 ns/op 273.76 MB/s 21.92 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=short-2 10000 107814 ns/op 227.95 MB/s 26.32 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=short-2 6309 329286 ns/op 74.63 MB/s 80.39 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=short-2 4657 236577 ns/op 103.88 MB/s 57.76 ns/frame
//	BenchmarkHeaders/impl=fast/from=client/stream=mixed-2 13322 90916 ns/op 420.98 MB/s 22.20 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=mixed-2 10000 134838 ns/op 283.85 MB/s 32.92 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=mixed-2 2240 490397 ns/op 78.05 MB/s 119.7 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=mixed-2 6686 250568 ns/op 152.75 MB/s 61.17 ns/frame
//	BenchmarkHeaders/impl=fast/from=client/stream=control-2 24176 48201 ns/op 623.93 MB/s 11.77 ns/frame
//	BenchmarkHeaders/impl=general/from=client/stream=control-2 10000 101860 ns/op 295.25 MB/s 24.87 ns/frame
//	BenchmarkHeaders/impl=bytewise/from=client/stream=control-2 7260 474484 ns/op 63.38 MB/s 115.8 ns/frame
//	BenchmarkHeaders/impl=bufio/from=client/stream=control-2 4288 304319 ns/op 98.82 MB/s 74.30 ns/frame
package parse
