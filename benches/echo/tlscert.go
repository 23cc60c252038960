package echo

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"os"
	"time"
)

// identity is a server's certificate and the configuration that presents it.
type identity struct {
	config      *tls.Config
	fingerprint [sha256.Size]byte // of the certificate
}

// identify sets o.identity, if o has TLS: it reads the certificate or makes one.
func (o *Options) identify() error {
	if o.TLS == TLSOff {
		return nil
	}
	cert, err := o.certificate()
	if err != nil {
		return err
	}
	o.identity = &identity{
		config: &tls.Config{
			Certificates: []tls.Certificate{cert},
			MinVersion:   tls.VersionTLS13,
			NextProtos:   []string{"http/1.1"},
		},
		fingerprint: sha256.Sum256(cert.Certificate[0]),
	}
	return nil
}

func (o *Options) certificate() (cert tls.Certificate, err error) {
	if o.Cert == "" {
		return selfSigned()
	}
	var pem [2][]byte
	for i, name := range []string{o.Cert, o.Key} {
		if pem[i], err = os.ReadFile(name); err != nil {
			return cert, fmt.Errorf("%s: %w; want a PEM file, or neither -cert nor -key for a self-signed certificate", []string{"cert", "key"}[i], err)
		}
	}
	if cert, err = tls.X509KeyPair(pem[0], pem[1]); err != nil {
		return cert, fmt.Errorf("cert %s, key %s: %w; want PEM files of a certificate and of its private key", o.Cert, o.Key, err)
	}
	return cert, nil
}

// selfSignedFor is how long a certificate of selfSigned is valid.
const selfSignedFor = 30 * 24 * time.Hour

// selfSigned makes a certificate for localhost, 127.0.0.1 and ::1.
func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return tls.Certificate{}, err
	}
	began := time.Now().Add(-time.Hour) // clocks differ
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: "localhost"},
		NotBefore:    began,
		NotAfter:     began.Add(selfSignedFor),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
