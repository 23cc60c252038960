// Package opening reads and writes the opening handshake of a WebSocket
// connection (RFC 6455, section 4), as a server and as a client, in HTTP/1.1.
// It also reads plain requests that a WebSocket server gets, and writes short
// answers to them.
//
// Nothing here does I/O or keeps bytes: every function works on slices that
// stay the caller's. Incomplete input is not an error: the size in the result is
// 0. Only the errors of ParseResponse are allocated.
//
// Its benchmark beside net/http's reader takes 10 s (Sapphire Rapids, CPUs
// shared with other work):
//
//	$ go test -run '^$' -bench Handshake ./parse/opening
//	BenchmarkHandshake/impl=opening/request=least-2 258114 3894 ns/op 41.34 MB/s 0 B/op 0 allocs/op
//	BenchmarkHandshake/impl=opening/request=browser-2 893554 5390 ns/op 94.99 MB/s 0 B/op 0 allocs/op
//	BenchmarkHandshake/impl=net-http/request=least-2 125209 12550 ns/op 12.83 MB/s 1184 B/op 16 allocs/op
//	BenchmarkHandshake/impl=net-http/request=browser-2 64225 17654 ns/op 29.00 MB/s 1984 B/op 27 allocs/op
package opening
