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
//
// # Switches
//
// Each is a flag of wsbench echo, the default first, whose limits the help has; wsbench
// matrix -vary compares values of one with the server of defaults, and wsbench pairs
// with its component's benchmark.
//
//   - -io: epoll, uring, net, raw. Event loop, the same on io_uring, goroutine per
//     connection, the floor.
//   - -mask: auto, avx512, avx2, sse2, neon, word, octet. Unmask kernel.
//   - -parse: runs, fast, general, bytewise. Short frames in a row read and answered as
//     words; or each by itself, its header at once, field by field, or byte by byte.
//   - -utf8: auto, avx512, avx2, neon, stdlib, bytewise, off. Check of text that is not
//     ASCII; off echoes invalid text, which RFC 6455 forbids: what the check costs.
//   - -buffers: shared, conn, pool, ring. Receive buffers, -buffer-size bytes
//     (256 to 67108864); -io uring has ring, and no other.
//   - -ring-buffers: 256, a power of two. Most buffers of a loop that the kernel picks
//     from (-io uring).
//   - -read: once, drain. One recv per readable event, or until EAGAIN.
//   - -write: slot, writev, copy, direct. The header in the masking-key's place, apart,
//     or copied with the payload; with -io net also sent without package net's writer.
//   - -nodelay: true, false. TCP_NODELAY on accepted connections, or Nagle's algorithm.
//   - -flush: batch, frame. One send per read, or one per frame.
//   - -message: whole, parts. Fragmented and long messages assembled, or echoed as they
//     arrive.
//   - -handler: loop, goroutine, pool, thread. Messages are answered on the loop, on a
//     goroutine each, on -pool goroutines (4), or on one goroutine per loop that is
//     locked to a thread, which takes 1.4 to 3.4 times the CPU time per message; not
//     with -io net, raw.
//   - -max-message, -max-fragments, -max-control: bytes, frames, frames per second. What
//     a peer may ask for: more closes with 1009, 1008, 1008.
//   - -idle: duration. How long a connection may send nothing and take nothing that it
//     is sent: pinged after half of it, dropped after all.
//   - -origin: any; list. Origins whose pages may connect: scheme://host[:port], same,
//     null; others get 403.
//   - -subprotocol: none; list. Subprotocols to agree on, the one preferred first.
//   - -max-request: 8192, 256 to 65535. Bytes of an opening request, -buffer-size at most,
//     to which the default falls; longer ones get 431.
//   - -handshake-timeout: 5s, duration. Time for an opening handshake, for that of TLS
//     before it, and of idleness after a plain request (/healthz, /json/{count}?m={m}).
//   - -tls: off, user, ktls. TLS 1.3, ALPN http/1.1: records by this process (with -io
//     net crypto/tls's, with epoll and uring its own), or by the kernel; where that has
//     no tls module, by this process, as a line says; not with -io raw, and ktls not
//     with -io net.
//   - -cert, -key: none; PEM files. Of the certificate and its private key; none: a
//     self-signed one for localhost, 127.0.0.1 and ::1; its SHA-256 is in the line
//     listening on.
//   - -half-open: 4096, 1 to 65536. TLS handshakes in progress at a time (-io epoll,
//     uring); more connections wait in the kernel's queue.
//   - -workers: 1 or more. Loops on one port (SO_REUSEPORT).
//   - -pin: CPU list. Worker i on the i-th CPU.
//   - -background: apart, same. Where the Go runtime's own threads run when -pin is
//     given.
//   - -counters: a file. In which other processes read the counters at no cost, see -h;
//     one that has something else is refused.
//   - -work: 0, time. CPU time per message, and per request for /work, plain or an
//     opening handshake.
//   - -work-on: loop, pool, thread. Where that is spent: as -handler, with -io net too,
//     where loop is the connection's goroutine.
//   - -spin: 0, ns. CPU time burnt per message: a slow-down of a known size, for wsbench
//     selftest.
//   - -pprof: none; host:port. Serves net/http/pprof there, on loopback only.
//
// A signal SIGUSR1 prints the counters: connections, frames, bytes, calls, EAGAINs,
// pauses (reading stopped because a peer did not take its answers), accepts that
// failed, and with -tls handshakes and refused records by kind. SIGTERM closes every
// connection with code 1001.
package echo
