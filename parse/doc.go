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
package parse
