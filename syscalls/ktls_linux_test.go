package syscalls

import (
	"bytes"
	"errors"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func TestTLSLayout(t *testing.T) {
	var (
		a128   tlsInfoAESGCM128
		a256   tlsInfoAESGCM256
		chacha tlsInfoChaCha20Poly1305
		c      tlsControl
	)
	for _, f := range []struct {
		name      string
		got, want uintptr
	}{
		{"tls_crypto_info", unsafe.Sizeof(tlsInfo{}), 4},
		{"tls_crypto_info.cipher_type", unsafe.Offsetof(a128.cipher), 2},
		{"aes_gcm_128", unsafe.Sizeof(a128), 40},
		{"aes_gcm_128.iv", unsafe.Offsetof(a128.iv), 4},
		{"aes_gcm_128.key", unsafe.Offsetof(a128.key), 12},
		{"aes_gcm_128.salt", unsafe.Offsetof(a128.salt), 28},
		{"aes_gcm_128.rec_seq", unsafe.Offsetof(a128.seq), 32},
		{"aes_gcm_256", unsafe.Sizeof(a256), 56},
		{"aes_gcm_256.iv", unsafe.Offsetof(a256.iv), 4},
		{"aes_gcm_256.key", unsafe.Offsetof(a256.key), 12},
		{"aes_gcm_256.salt", unsafe.Offsetof(a256.salt), 44},
		{"aes_gcm_256.rec_seq", unsafe.Offsetof(a256.seq), 48},
		{"chacha20_poly1305", unsafe.Sizeof(chacha), 56},
		{"chacha20_poly1305.iv", unsafe.Offsetof(chacha.iv), 4},
		{"chacha20_poly1305.key", unsafe.Offsetof(chacha.key), 16},
		{"chacha20_poly1305.rec_seq", unsafe.Offsetof(chacha.seq), 48},
		{"the largest of them", unsafe.Sizeof(tlsKeyInfo{}), 56},
		{"CMSG_SPACE(1)", unsafe.Sizeof(c), uintptr(unix.CmsgSpace(1))},
		{"CMSG_LEN(1)", uintptr(tlsControlLen), uintptr(unix.CmsgLen(1))},
		{"CMSG_DATA", unsafe.Offsetof(c.typ), uintptr(unix.CmsgLen(0))},
	} {
		if f.got != f.want {
			t.Errorf("%s is at, or has, %d bytes; the kernel's %d", f.name, f.got, f.want)
		}
	}
}

// ascending returns n bytes that differ from each other.
func ascending(from byte, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = from + byte(i)
	}
	return b
}

// Each byte of a key, an IV and a sequence number is where the kernel reads it.
func TestTLSKeyInfo(t *testing.T) {
	iv, seq := ascending(1, 12), []byte{0, 0, 0, 0, 0, 1, 2, 3}
	for _, c := range []struct {
		cipher TLSCipher
		key    int
		want   func(key []byte) [][]byte
	}{
		{TLSAES128GCM, 16, func(key []byte) [][]byte { return [][]byte{{4, 3, 51, 0}, iv[4:], key, iv[:4], seq} }},
		{TLSAES256GCM, 32, func(key []byte) [][]byte { return [][]byte{{4, 3, 52, 0}, iv[4:], key, iv[:4], seq} }},
		{TLSChaCha20Poly1305, 32, func(key []byte) [][]byte { return [][]byte{{4, 3, 54, 0}, iv, key, seq} }},
	} {
		var info tlsKeyInfo
		key := ascending(100, c.key)
		n, err := info.fill(TLSKeys{Cipher: c.cipher, Key: key, IV: iv, Seq: 0x010203})
		if want := bytes.Join(c.want(key), nil); err != nil || !bytes.Equal(info.bytes[:n], want) {
			t.Errorf("cipher %d: % x, %v; want % x", c.cipher, info.bytes[:n], err, want)
		}
	}
}

func TestTLSKeysRefused(t *testing.T) {
	for _, c := range []struct {
		keys TLSKeys
		want string
	}{
		{TLSKeys{Cipher: 51, Key: make([]byte, 32), IV: make([]byte, 12)}, "want 16 and 12"},
		{TLSKeys{Cipher: 52, Key: make([]byte, 16), IV: make([]byte, 12)}, "want 32 and 12"},
		{TLSKeys{Cipher: 54, Key: make([]byte, 32), IV: make([]byte, 8)}, "an IV of 8"},
		{TLSKeys{Cipher: 53}, "cipher 53: want 51 (AES-128-GCM)"},
	} {
		if err := SetTLSKeys(-1, TLSSend, c.keys); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v; want %q", err, c.want)
		}
	}
	keys := TLSKeys{Cipher: TLSAES128GCM, Key: make([]byte, 16), IV: make([]byte, 12)}
	err := SetTLSKeys(-1, TLSReceive, keys)
	unknown := errors.Is(err, syscall.ENOPROTOOPT) // qemu-user looks at the option first
	if !errors.Is(err, syscall.EBADF) && !unknown || !strings.Contains(err.Error(), "TLS_RX") {
		t.Errorf("keys of no descriptor: %v", err)
	}
}

// An error of a kernel without TLS is one line that says what helps.
func TestNoTLS(t *testing.T) {
	for errno, want := range map[syscall.Errno]string{
		syscall.ENOENT:      "modprobe tls",
		syscall.ENOPROTOOPT: "older than 4.13",
		syscall.EPERM:       "seccomp",
	} {
		err := attachError(errno)
		if !errors.Is(err, ErrNoTLS) || !errors.Is(err, errno) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v; want %q", errno, err, want)
		}
	}
	if err := attachError(syscall.EBADF); errors.Is(err, ErrNoTLS) || !errors.Is(err, syscall.EBADF) {
		t.Errorf("no descriptor: %v", err)
	}
}

// What ProbeTLS says is what happens to a connected socket.
func TestProbeTLS(t *testing.T) {
	probed := ProbeTLS()
	_, server := tcpPair(t)
	attached := AttachTLS(server)
	if (probed == nil) != (attached == nil) || errors.Is(probed, ErrNoTLS) != errors.Is(attached, ErrNoTLS) {
		t.Errorf("probed %v, attached %v", probed, attached)
	}
	t.Logf("this kernel: %v", probed)
}
