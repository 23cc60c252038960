package engine

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
)

// Origins are the web origins (RFC 6454) whose pages may open a WebSocket. The
// zero value lets every page do so.
type Origins struct {
	list []string // in lower case, without default ports
	same bool     // the server's own origin, whichever name it was reached by
}

// sameOrigin stands for the server's own origin.
const sameOrigin = "same"

// ParseOrigins reads a comma-separated list of origins as a browser writes
// them, scheme://host[:port], or null for pages that have none. "same" is the
// host and port that the request itself names; the scheme is not compared, as
// a proxy may have ended TLS. An empty list allows every origin.
func ParseOrigins(list string) (o Origins, err error) {
	if list == "" {
		return o, nil
	}
	for s := range strings.SplitSeq(list, ",") {
		s = strings.ToLower(strings.TrimSpace(s))
		switch {
		case s == sameOrigin:
			o.same = true
		case s == "null" || isOrigin(s):
			o.list = append(o.list, string(trimPort([]byte(s))))
		default:
			return Origins{}, fmt.Errorf("origin %q: want scheme://host[:port] without a path, null, or same; an empty list allows every origin", s)
		}
	}
	return o, nil
}

// isOrigin reports whether s is what a browser may send as an Origin.
func isOrigin(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || strings.HasSuffix(s, ":") {
		return false
	}
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' || s[i] == '*' {
			return false // other hosts are sent as punycode; there are no wildcards
		}
	}
	return s == u.Scheme+"://"+u.Host
}

// String returns the list as ParseOrigins reads it.
func (o Origins) String() string {
	list := o.list
	if o.same {
		list = append([]string{sameOrigin}, list...)
	}
	return strings.Join(list, ",")
}

// Allow judges a handshake by its Origin and the host[:port] it asks for. No
// Origin, nil, is allowed: only browsers send one, and only they can be led by
// a page to connect with another's cookies (RFC 6455, section 10.2).
func (o Origins) Allow(origin, host []byte) bool {
	if origin == nil || len(o.list) == 0 && !o.same {
		return true
	}
	for _, allowed := range o.list {
		if sameFold(trimPort(origin), allowed) {
			return true
		}
	}
	return o.same && ofHost(origin, host)
}

// ofHost reports whether origin is one of host, which may lack the scheme's
// default port or name it.
func ofHost(origin, host []byte) bool {
	scheme, authority, _ := bytes.Cut(origin, schemeEnd)
	port := defaultPort(scheme)
	authority = bytes.TrimSuffix(authority, port)
	return len(authority) > 0 && sameFold(authority, bytes.TrimSuffix(host, port))
}

// trimPort returns origin without its scheme's default port.
func trimPort(origin []byte) []byte {
	scheme, _, _ := bytes.Cut(origin, schemeEnd)
	return bytes.TrimSuffix(origin, defaultPort(scheme))
}

func defaultPort(scheme []byte) []byte {
	switch {
	case sameFold(scheme, "http") || sameFold(scheme, "ws"):
		return httpPort
	case sameFold(scheme, "https") || sameFold(scheme, "wss"):
		return httpsPort
	}
	return nil
}

var (
	schemeEnd = []byte("://")
	httpPort  = []byte(":80")
	httpsPort = []byte(":443")
)

// sameFold reports whether a and b differ in the case of ASCII letters at most.
// bytes.EqualFold takes other letters for ASCII ones: U+212A for k.
func sameFold[T string | []byte](a []byte, b T) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		if lower(c) != lower(b[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		c |= 0x20
	}
	return c
}
