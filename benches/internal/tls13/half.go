package tls13

import (
	"fmt"

	"wsbench/syscalls"
)

// Half is one direction of a connection: the keys and the sequence number of its
// next record.
type Half struct {
	Suite  Suite
	Secret []byte // the traffic secret
	Seq    uint64 // of the next record
}

// Format writes the suite and the next record's number, with any verb of fmt, so
// that a Half that is printed by mistake does not show its secret.
func (h Half) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%v at record %d", h.Suite, h.Seq) }

// Update moves on to the keys after a key update. It overwrites the old secret.
func (h *Half) Update() {
	next := h.Suite.Next(h.Secret)
	copy(h.Secret, next)
	clear(next)
	h.Seq = 0
}

// ToKernel gives the kernel the keys of one direction of fd. Call
// syscalls.AttachTLS before.
func (h *Half) ToKernel(fd int, d syscalls.TLSDirection) error {
	if err := h.Suite.check(h.Secret); err != nil {
		return err
	}
	key, iv := h.Suite.Keys(h.Secret)
	defer clear(key)
	defer clear(iv)
	return syscalls.SetTLSKeys(fd, d, syscalls.TLSKeys{Cipher: h.Suite.parameters().cipher, Key: key, IV: iv, Seq: h.Seq})
}

// Session is a connection after its handshake.
type Session struct {
	In, Out Half
	ALPN    string // the protocol that was agreed on, or empty
	Resumed bool
}

// ToKernel attaches TLS to fd, a connected TCP socket, and gives it the keys of
// both directions. From then on fd sends and receives plaintext. An error that
// wraps syscalls.ErrNoTLS leaves the socket as it was: use a Sealer and an Opener.
// After any other error, close fd.
func (s *Session) ToKernel(fd int) error {
	if err := syscalls.AttachTLS(fd); err != nil {
		return err
	}
	if err := s.In.ToKernel(fd, syscalls.TLSReceive); err != nil {
		return err
	}
	return s.Out.ToKernel(fd, syscalls.TLSSend)
}

// Wipe overwrites both secrets. Sealers, Openers and the kernel keep copies of
// their own.
func (s *Session) Wipe() {
	clear(s.In.Secret)
	clear(s.Out.Secret)
}
