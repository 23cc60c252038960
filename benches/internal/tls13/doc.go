// Package tls13 is TLS 1.3 for event loops. crypto/tls does the handshake, on a
// goroutine, and hands over the traffic secrets of both directions. Records are
// then sealed and opened by this package, on the loop, or by the kernel.
//
//	session, err := tls13.Server(ctx, conn, config)
//	err = session.ToKernel(fd) // or, where the kernel has no TLS:
//	sealer, err := tls13.NewSealer(session.Out)
//	opener, err := tls13.NewOpener(session.In)
//	session.Wipe()
//
// # No byte is lost
//
// crypto/tls reads as much as its buffer has room for, and would take what
// follows the peer's Finished with it. It reads through a connection that hands
// out one record at a time, so that the rest stays in the socket. Half.Seq
// counts the records of each direction since its keys began: 0, but for the
// session ticket that a server sends right behind its Finished. A client's
// tickets come as records after the handshake: Post skips them, and therefore
// Client resumes sessions of a cache but puts none into it.
//
// # Secrets
//
// They come by Config.KeyLogWriter, the one documented way to have them. Each
// connection has a clone of the configuration with a writer of its own, and so
// needs no table of connections by their client random. Session tickets are
// still made with the keys of the configuration that is shared. The clone and
// its closures take 1.8 µs and 550 bytes. crypto/tls writes key logs under one
// lock of the process; the four lines of a handshake hold it for about 0.5 µs
// in all, so that it bounds a storm at some 2 million handshakes per second:
// far above the CPU's bound, as a handshake takes several hundred µs. Both were
// measured on a busy VM of two Sapphire Rapids CPUs.
//
// The lines are never written anywhere, a key log of the caller's is ignored, and
// a Session, Sealer or Opener that is printed shows no secret.
// Wipe and Half.Update overwrite secrets, and derived keys are overwritten once
// a cipher or the kernel has them. What Go does not let one overwrite stays in
// memory until the garbage collector reuses it: crypto/tls's own secrets, the
// text of the key log's lines, the key schedule within a cipher.AEAD.
//
// # Suites
//
// crypto/tls chooses the suite and cannot be told which: AES-128-GCM where both
// CPUs have AES instructions and both ends offer it, otherwise
// ChaCha20-Poly1305. GODEBUG=cpu.aes=off makes it choose the latter. AES-256-GCM
// is for peers that offer nothing else, such as openssl s_client -ciphersuites.
// Sealer and Opener take a Half of any of the three.
//
// # Key updates
//
// Seal updates its key after 2^24 records, below AES-GCM's bound. The kernel
// does not: a connection of more records is its caller's to update or to end.
package tls13
