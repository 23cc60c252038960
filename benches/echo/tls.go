package echo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"wsbench/scratch"
)

// TLS says who seals and opens the records of connections. The version is TLS 1.3.
type TLS string

// The values of TLS. crypto/tls does the handshake of all of them.
const (
	TLSOff    TLS = ""     // nothing is encrypted; spelled off
	TLSUser   TLS = "user" // this process
	TLSKernel TLS = "ktls" // the kernel, by its module tls
)

// String returns the name that ParseTLS reads.
func (t TLS) String() string { return cmp.Or(string(t), "off") }

// ParseTLS reads off, user or ktls.
func ParseTLS(s string) (TLS, error) {
	all := []TLS{TLSOff, TLSUser, TLSKernel}
	if i := slices.IndexFunc(all, func(t TLS) bool { return t.String() == s }); i >= 0 {
		return all[i], nil
	}
	return TLSOff, fmt.Errorf("tls %q: want off, user or ktls", s)
}

// Bounds of Options.HalfOpen.
const (
	DefaultHalfOpen = 4096
	MaxHalfOpen     = 1 << 16
)

func (o Options) halfOpen() int { return cmp.Or(o.HalfOpen, DefaultHalfOpen) }

func (o Options) validateTLS() error {
	if o.TLS == TLSOff {
		return nil
	}
	if _, err := ParseTLS(o.TLS.String()); err != nil {
		return err
	}
	k, _ := kindOf(o.IO)
	switch why := k.without["tls"]; {
	case why != "":
		return fmt.Errorf("tls %v: not with -io %s: %s; leave -tls at off", o.TLS, o.IO, why)
	case o.HalfOpen < 0 || o.HalfOpen > MaxHalfOpen:
		return fmt.Errorf("half-open %d: want 1 to %d handshakes", o.HalfOpen, MaxHalfOpen)
	case (o.Cert == "") != (o.Key == ""):
		return errors.New("cert, key: give both files, or neither for a self-signed certificate")
	case o.IO != Net:
		return nil
	case o.TLS == TLSKernel:
		return errors.New("tls ktls: -io net is the ordinary server of crypto/tls, which keeps its keys to itself; use -tls user, or -io epoll or uring")
	case o.Direct:
		return errors.New("write direct: what is sent on the descriptor would not be encrypted; with -tls user use slot")
	case o.Buffers == scratch.Pooled:
		return errors.New("buffers pool: crypto/tls does not tell when a record has come, so that a buffer would be held all the time; with -tls user use conn")
	}
	return nil
}

// effectiveTLS refuses switches of TLS where nothing is encrypted.
func (o *Options) effectiveTLS(given map[string]bool) error {
	for _, name := range []string{"cert", "key", "half-open"} {
		if given[name] && o.TLS == TLSOff {
			return fmt.Errorf("-%s has no effect without -tls: add -tls user or -tls ktls", name)
		}
	}
	if given["buffers"] && o.TLS == TLSUser && o.IO == Epoll {
		return errors.New("-buffers has no effect with -tls user on -io epoll: records are received into buffers of the loop")
	}
	if given["half-open"] && o.HalfOpen == 0 {
		return fmt.Errorf("half-open 0: want 1 to %d handshakes", MaxHalfOpen)
	}
	return nil
}

// tls returns the switches of TLS in force, for String.
func (o Options) tls() string {
	if o.TLS == TLSOff {
		return ""
	}
	s := fmt.Sprintf(" tls=%v", o.TLS)
	if o.IO != Net {
		s += fmt.Sprintf(" half-open=%d", o.halfOpen())
	}
	if o.identity != nil {
		s += fmt.Sprintf(" cert=%s cert-sha256=%x", cmp.Or(o.Cert, "self-signed"), o.identity.fingerprint)
	}
	return s
}
