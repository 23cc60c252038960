package syscalls

import "errors"

// ErrNoTLS is wrapped by the errors of ProbeTLS and AttachTLS where the kernel
// has no TLS. Their text has the reason and advice in one line. The socket is
// as it was: encrypt in userspace instead.
var ErrNoTLS = errors.New("kernel TLS")

// TLSDirection is one direction of a socket's stream, as an option of SOL_TLS.
type TLSDirection int

const (
	TLSSend    TLSDirection = 1
	TLSReceive TLSDirection = 2
)

// String returns the direction's name in the kernel.
func (d TLSDirection) String() string {
	if d == TLSSend {
		return "TLS_TX"
	}
	return "TLS_RX"
}

// TLSCipher is the kernel's number of a cipher.
type TLSCipher uint16

const (
	TLSAES128GCM        TLSCipher = 51
	TLSAES256GCM        TLSCipher = 52
	TLSChaCha20Poly1305 TLSCipher = 54
)

// TLSKeys are the traffic keys of one direction of a TLS 1.3 connection. Seq is
// the sequence number of the next record. Key has the cipher's length and IV 12
// bytes.
type TLSKeys struct {
	Cipher  TLSCipher
	Key, IV []byte
	Seq     uint64
}
