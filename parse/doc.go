// Package parse reads and writes what a WebSocket connection carries besides
// payloads: frame headers, opcodes, close codes and the opening handshake
// (RFC 6455), and checks UTF-8 as it arrives.
//
// Nothing here does I/O, allocates or keeps octets: every function works on
// slices that stay the caller's. Incomplete input is not an error; the result
// tells how many octets are certain to be needed.
//
// [ValidUTF8] has kernels in assembly; build with the tag purego for Go alone.
package parse
