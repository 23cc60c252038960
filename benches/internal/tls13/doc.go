// Package tls13 is TLS 1.3 for event loops: crypto/tls does the handshake, on a
// goroutine, and hands over the traffic secrets of both directions; records
// are then sealed and opened by this package, in memory, or by the kernel.
package tls13
