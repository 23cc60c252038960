// Package opening reads and writes the opening handshake of a WebSocket
// connection (RFC 6455, section 4), as a server and as a client, in HTTP/1.1.
// It also reads plain requests that a WebSocket server gets, and writes short
// answers to them.
//
// Nothing here does I/O or keeps bytes: every function works on slices that
// stay the caller's. Incomplete input is not an error: the size in the result is
// 0. Only the errors of ParseResponse are allocated.
package opening
