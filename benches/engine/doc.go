// Package engine speaks RFC 6455 without doing I/O: bytes go in, messages go
// to a handler, and the bytes of the answer come out, most of them where
// they already are.
//
// An Opening takes a connection until it is a WebSocket; an Engine is one from
// then on. They compose packages mask, parse and scratch; whoever owns the
// socket reads, calls Answer or Process, sends what they made, and keeps what
// was not consumed.
package engine
