// Package conform tests a WebSocket endpoint from outside, over TCP: it plays
// cases, each one connection, and judges what comes back octet for octet.
//
// The cases 1.1.1 to 10.1.1 are the 301 of groups 1 to 10 of the Autobahn test
// suite, by their ids there, restated as data; those of group x are of this
// project and test what that suite leaves out. The peer is an echo server, or
// (Server) a client that echoes.
//
// A case has two verdicts. Autobahn's is what that suite would say: behavior
// and closing, each OK, NON-STRICT, INFORMATIONAL or a failure. The strict one
// is this project's: behavior OK, and moreover contents compared where that
// suite compares lengths, a close frame wherever one is due where that suite
// is content with a TCP connection that drops, nothing behind the close frame,
// and a connection that ends by FIN, not RST.
//
// Frames are encoded and checked by the few lines of this package and not by
// packages parse and mask: the server under test uses those, and a fault on
// both sides would cancel out. Only the opening handshake is parse's.
//
// Who does not need it: a test of one's own handler. It judges the protocol.
package conform
