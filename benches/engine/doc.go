// Package engine speaks RFC 6455 without doing I/O: octets go in, messages go
// to a handler, and the octets of the answer come out, most of them where
// they already are.
//
// An Engine is one connection after its opening handshake. It composes
// packages mask, parse and scratch; whoever owns the socket reads, calls
// Process, sends the Output, and keeps what was not consumed.
package engine
