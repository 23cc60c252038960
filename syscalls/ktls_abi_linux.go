package syscalls

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// What follows is <linux/tls.h>, as far as this package needs it: x/sys/unix
// has SOL_TLS and TCP_ULP only.

// Options of SOL_TLS, and types of its control messages.
const (
	tlsSetRecordType = 1
	tlsGetRecordType = 2
	tlsVersion13     = 0x0304
)

// tlsInfo is struct tls_crypto_info, which opens the others.
type tlsInfo struct{ version, cipher uint16 }

// tlsInfoAESGCM128 is struct tls12_crypto_info_aes_gcm_128, the one of TLS 1.3
// too: salt is the first 4 bytes of the IV, iv the other 8.
type tlsInfoAESGCM128 struct {
	tlsInfo
	iv   [8]byte
	key  [16]byte
	salt [4]byte
	seq  [8]byte
}

// tlsInfoAESGCM256 is struct tls12_crypto_info_aes_gcm_256.
type tlsInfoAESGCM256 struct {
	tlsInfo
	iv   [8]byte
	key  [32]byte
	salt [4]byte
	seq  [8]byte
}

// tlsInfoChaCha20Poly1305 is struct tls12_crypto_info_chacha20_poly1305, whose
// salt is empty.
type tlsInfoChaCha20Poly1305 struct {
	tlsInfo
	iv  [12]byte
	key [32]byte
	seq [8]byte
}

// tlsKeyInfo has room for each of them.
type tlsKeyInfo struct {
	_     [0]tlsInfo // aligned as they are
	bytes [unsafe.Sizeof(tlsInfoAESGCM256{})]byte
}

// fill writes keys as the kernel wants them and returns their size.
func (t *tlsKeyInfo) fill(k TLSKeys) (size uintptr, err error) {
	at := unsafe.Pointer(&t.bytes)
	switch head := (tlsInfo{tlsVersion13, uint16(k.Cipher)}); k.Cipher {
	case TLSAES128GCM:
		if err = k.check(16); err == nil {
			*(*tlsInfoAESGCM128)(at) = tlsInfoAESGCM128{head, [8]byte(k.IV[4:]), [16]byte(k.Key), [4]byte(k.IV), k.seq()}
		}
		return unsafe.Sizeof(tlsInfoAESGCM128{}), err
	case TLSAES256GCM:
		if err = k.check(32); err == nil {
			*(*tlsInfoAESGCM256)(at) = tlsInfoAESGCM256{head, [8]byte(k.IV[4:]), [32]byte(k.Key), [4]byte(k.IV), k.seq()}
		}
		return unsafe.Sizeof(tlsInfoAESGCM256{}), err
	case TLSChaCha20Poly1305:
		if err = k.check(32); err == nil {
			*(*tlsInfoChaCha20Poly1305)(at) = tlsInfoChaCha20Poly1305{head, [12]byte(k.IV), [32]byte(k.Key), k.seq()}
		}
		return unsafe.Sizeof(tlsInfoChaCha20Poly1305{}), err
	}
	return 0, fmt.Errorf("kernel TLS cipher %d: want %d (AES-128-GCM), %d (AES-256-GCM) or %d (ChaCha20-Poly1305)", k.Cipher, TLSAES128GCM, TLSAES256GCM, TLSChaCha20Poly1305)
}

func (k TLSKeys) check(key int) error {
	if len(k.Key) != key || len(k.IV) != 12 {
		return fmt.Errorf("kernel TLS cipher %d: a key of %d bytes and an IV of %d; want %d and 12", k.Cipher, len(k.Key), len(k.IV), key)
	}
	return nil
}

func (k TLSKeys) seq() (b [8]byte) {
	binary.BigEndian.PutUint64(b[:], k.Seq)
	return b
}

// tlsControl is a control message with a record's type.
type tlsControl struct {
	unix.Cmsghdr
	typ uint8
	_   [7]byte // CMSG_SPACE(1)
}

const tlsControlLen = int(unsafe.Offsetof(tlsControl{}.typ)) + 1 // CMSG_LEN(1)

// point has msg refer to iov and to the control message.
func (c *tlsControl) point(msg *unix.Msghdr, iov *unix.Iovec) {
	msg.Iov = iov
	msg.SetIovlen(1)
	msg.Control = (*byte)(unsafe.Pointer(c))
	msg.SetControllen(int(unsafe.Sizeof(*c)))
}
