// Package peers compares wsbench with other libraries. It is a module of its
// own, so that wsbench requires none of them.
//
//	go run ./cmd/compare                    # all that follows, paired: about a minute
//	go test -run '^$' -bench Echo .         # each alone, with calls and allocations
//	go test -run '^$' -bench ReadHeader .
//	go test -run '^$' -bench 'Unmask|Read$' .
//	GOEXPERIMENT=simd go test -run '^$' -bench Unmask/impl=archsimd .
//
// Figures of benchmarks that ran one after another hold the host's drift;
// compare, which interleaves, is the comparison.
//
// # Whole messages
//
// BenchmarkEcho reads whole messages of a client and writes their echo, in the
// server role, without a network. The connection in memory hands over what the
// client sent at once and no more, so that a server that receives into a large
// buffer finds one message in it, or with frames=1000 a thousand; it is not
// read again before that is answered. None compresses; all but gobwas's limit
// a message, to 128 MiB here.
//
//	wsbench engine    engine.Engine as an event loop drives it: one receive into
//	                  68 KiB, every frame in it handled where it lies, the
//	                  header written in front, one send. Checks all that RFC
//	                  6455 asks for. A frame that 68 KiB do not hold is copied.
//	                  One goroutine's: it locks nothing
//	gobwas wsutil     ReadClientData, WriteServerMessage on the connection, its
//	                  README's way: three reads and two writes per message, a new
//	                  reader and a new payload. Checks headers and UTF-8
//	gobwas frame      its README's way without wsutil: ReadHeaderBuffer,
//	                  ReadFull, Cipher, WriteHeaderBuffer, with one payload
//	                  buffer that stays. Checks nothing, answers no ping, takes
//	                  fragments for messages and believes any length
//	  buffer=64KiB    the same with bufio on both sides, flushed when all that
//	                  was received is answered; not from its documentation
//	coder message     Conn.Read, Conn.Write: a new payload, grown by io.ReadAll
//	coder stream      Conn.Reader, Conn.Writer, io.CopyBuffer: every part, of
//	                  32 KiB at most, leaves as a fragment, an empty one last
//	coder reader      Conn.Reader into a buffer that stays, Conn.Write
//	gorilla message   ReadMessage, WriteMessage: a new payload, as above
//	gorilla stream    NextReader, NextWriter, io.Copy: fragments as long as its
//	                  write buffer
//	gorilla reader    NextReader into a buffer that stays, WriteMessage
//	gws readloop      ReadLoop, and WriteMessage in OnMessage: the payload in a
//	                  buffer of its pool, copied to another behind its header.
//	                  utf8=checked is with CheckUtf8Enabled, which checks when
//	                  reading and again when writing; it is off by default
//	floor raw         sends back what it receives, unparsed: no server
//
// coder, gorilla and gws check opcodes, RSV bits, the mask bit and the order of
// fragments, and copy each message out of their receive buffer, but for what
// goes past that when a payload is larger. None refuses a payload length that
// is not in its shortest form; coder and gorilla check no UTF-8. Their writes
// lock, so that other goroutines may write too. coder is called with a context
// that never ends, which it need not watch.
//
// What these figures do not hold: system calls, each of which costs more than
// most of them, so that reads/msg and writes/msg tell more of a server than
// ns/op does; deadlines, which gorilla sets for each write; many connections,
// of which each has the buffers of coder, gorilla and gws, where wsbench's
// loop has one for all; and bytes that the caches and predictors have not
// seen before. A message of gorilla's that its write buffer cannot hold is two
// writes here, and one writev on TCP; the same holds for an engine's answer in
// two segments.
//
// # On sockets
//
// The command serve is an echo server of each library on TCP, which "wsbench
// matrix -peers all" and other commands build and start. Each is set up as its
// documentation advises for speed; the comments in sockets.go, frames.go and
// node/server.js say which advice. GOMAXPROCS is left to the runtime, as their
// authors leave it: one on one CPU. None compresses, and all but ws (100 MiB)
// accept a message of 128 MiB.
//
//	gorilla   net/http, the reader above
//	coder     net/http, the reader above
//	gobwas    Upgrade and frames on package net, answers to what was received at
//	          once in one write; checks headers, not UTF-8 or close codes
//	gws       net/http, the readloop above
//	netpoll   event loops of cloudwego/netpoll, whose zero-copy reader and writer
//	          carry frames of gobwas; checks what that does
//	xnet      net/http, the Codec of golang.org/x/net/websocket
//	ws        npm's ws with bufferutil on Node, installed by npm on first use
//
// OPPONENTS.md has servers in other languages: how they are built, and their
// -server line.
//
// # Headers
//
// BenchmarkReadHeader reads a client's headers that follow one another, each
// form by itself. parse.ParseHeader takes bytes, ws.ReadHeader an io.Reader,
// here a bytes.Reader over the same bytes. ParseHeader checks; ReadHeader
// does not and allocates; ReadHeaderBuffer spares that, and CheckHeader is
// ReadHeaderBuffer with ws.CheckHeader behind it.
//
// # Unmasking
//
// BenchmarkUnmask has these implementations:
//
//	wsbench   mask.Unmask
//	gobwas    ws.Cipher of github.com/gobwas/ws (AVX2 assembly)
//	xorbytes  crypto/subtle.XORBytes with the key repeated over a pad
//	archsimd  simd/archsimd: 64 bytes, or 32 without AVX-512, at a time, the
//	          rest by words; only built with GOEXPERIMENT=simd on amd64
//
// The masks of coder/websocket, gorilla/websocket and lxzan/gws are not
// exported. BenchmarkRead reads messages through their public API from a
// connection in memory; see there what else its figures hold.
//
// # Keys of benchmark names
//
//	lib, api  the library, and which of its ways
//	buffer    bytes that it receives into at once; none: it reads each part of
//	          a frame for itself
//	op        binary or text; of text also kind, ascii or mixed (sequences of
//	          one to four bytes), and utf8, checked or unchecked
//	frames    messages that the client sends at once, where more than one
//	size      bytes of a payload
//	form      bytes of a header: 2+4, 4+4, 10+4
//	impl      an implementation of unmasking
//	align     bytes from a cache line to the payload's first
//
// # Units
//
// An op is what the client sends at once. reads/msg and writes/msg are calls
// on the connection; with frames= the units are ns/frame, reads/frame and
// writes/frame. B/op and allocs/op are the library's. SetBytes counts payload.
package peers
