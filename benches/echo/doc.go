// Package echo is the reference server: an RFC 6455 echo server in which each
// part of the data path can be switched alone.
//
// What a server pays that answers messages beside its loop is the difference
// that -handler makes: CPU time per message, on a busy machine, server and
// handlers on one CPU of an Intel Xeon (Sapphire Rapids), by
//
//	wsbench matrix -io epoll -vary handler=goroutine,pool -cases 100/20,10/16384,10/20/16
//
//	case      loop      goroutine             pool
//	100/20    6232 ns   × 1.41 [1.27,1.70]    × 1.41 [1.23,1.70]
//	10/16384  10416 ns  × 1.84 [1.59,2.29]    × 1.80 [1.60,2.04]
//	10/20/16  502 ns    × 3.41 [2.95,4.07]    × 2.35 [2.07,2.66]
//
// About 3 µs of it are the same for each message that comes alone: goroutine
// and loop wake each other. Of long messages the rest is copies, three per
// message where the loop has none; of many that come at once it is a queue's
// turn for each, and the goroutine that is started for it.
//
// Plain requests by GET and HEAD are answered too, on connections that are kept:
// /healthz with "ok", 100 times per connection at most, and
// /json/{count}?m={m} with the first count items of items.json, each with its
// total, which is price × quantity × m, as often as they are asked for. Count is
// 1 to 50 and m 1 to 1000, both there once, in decimal digits without a leading
// zero; else the answer is 400. Nothing of an answer is kept for the next. Of the
// other paths a plain request gets 426 for / and /ws, which are WebSockets, and
// 404 else; a WebSocket is opened at every path. What is answered by 4xx ends
// the connection, and so does Options.Handshake without a request.
//
// With -tls, crypto/tls does the handshakes: with -io net on the goroutine of
// the connection, which then reads and writes by crypto/tls as well. Loops have a
// front before them, which accepts on goroutines of its own, one for each
// worker's listening socket, and does each handshake on one more, -half-open of
// them at a time. It hands socket and keys to the loops in turn. These goroutines
// run where the Go runtime's own threads do: with -pin on the loops' CPUs, which
// is fair beside -io net, or with -background apart on all others.
//
// -tls ktls gives the keys to the kernel, so that a loop's recv and send are
// those of plain connections. A kernel without TLS has this process seal and open
// the records, as -tls user does, which a line says once. A kernel that has TLS
// and does not take the keys of a connection, for want of a cipher, say, ends that
// connection, which is counted. -io net does not have -tls ktls: crypto/tls keeps
// its keys, and a server that took them from it would not be the ordinary one.
package echo
