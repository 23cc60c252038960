package wsclient

import (
	"crypto/rand"
	"fmt"
	"strings"

	"wsbench/parse/opening"
)

// Offer is what a client says in its opening handshake beside the URL.
type Offer struct {
	// Header has more header lines, Name: value. Host stands in place of the URL's.
	Header []string
	// Protocols are the subprotocols to offer, the preferred one first. The server
	// may choose none.
	Protocols []string
	// TLS is which certificates are taken where the URL is wss://.
	TLS TLS
	// HTTP has no opening handshake follow upon connecting: requests are the
	// caller's.
	HTTP bool
}

// Check refuses what no opening handshake can carry, and headers that are part of it.
func (o Offer) Check() error {
	for _, line := range o.Header {
		name, value, ok := strings.Cut(line, ":")
		lower := strings.ToLower(name)
		switch {
		case !ok || !isToken(name) || strings.ContainsFunc(value, isControl):
			return fmt.Errorf("header %q: want Name: value, such as Authorization: Bearer abc", line)
		case lower == "sec-websocket-protocol":
			return fmt.Errorf("header %s is part of the opening handshake: name subprotocols as such", name)
		case lower == "upgrade", lower == "connection", strings.HasPrefix(lower, "sec-websocket-"):
			return fmt.Errorf("header %s is part of the opening handshake, which has it", name)
		}
	}
	for _, p := range o.Protocols {
		if !isToken(p) {
			return fmt.Errorf("subprotocol %q: want a token, such as chat.v2", p)
		}
	}
	return nil
}

// isToken reports whether s is a token (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func isControl(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// Handshake returns an opening handshake with a random key.
func (o Offer) Handshake(host, target string) opening.Handshake {
	var nonce [16]byte
	rand.Read(nonce[:])
	h := opening.Handshake{Host: host, Target: target, Key: opening.NewKey(nonce), Protocols: o.Protocols}
	for _, line := range o.Header {
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "host") {
			h.Host = strings.TrimSpace(value)
		} else {
			h.Header = append(h.Header, line)
		}
	}
	return h
}
