// Package opening reads and writes the opening handshake of a WebSocket
// connection (RFC 6455, section 4) in HTTP/1.1, as a server and as a client,
// and the other requests and answers of a server of WebSocket.
//
// Nothing here does I/O, allocates or keeps octets: every function works on
// slices that stay the caller's. Incomplete input is not an error: the size in
// the result is 0. What a client says of an answer that it refuses is the one
// thing allocated.
package opening
