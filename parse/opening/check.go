package opening

import "bytes"

// check refuses a request that does not say whom it is for or where its body
// ends. Requests whose end is in doubt can be smuggled past a proxy (RFC 9112,
// section 11.2).
func (r *Request) check() *Refusal {
	switch {
	case r.twice&hostField != 0 || r.Minor > 0 && r.seen&hostField == 0:
		return ErrHost
	case r.twice&(originField|expectField) != 0:
		return ErrTwice
	case r.twice&(lengthField|encodingField) != 0 || !r.framed():
		return ErrFraming
	case !r.route():
		return ErrBadRequest
	case prefix(r.Host, hostOctet) < len(r.Host):
		return ErrHost
	}
	return r.expectation()
}

// expectation reads Expect, which HTTP/1.0 does not have.
func (r *Request) expectation() *Refusal {
	r.Continue = r.Minor > 0 && r.expect != nil
	if r.Continue && !equalFold(r.expect, "100-continue") {
		return ErrExpect
	}
	return nil
}

// framed finds the body's length and reports whether it is certain (RFC 9112,
// section 6.3).
func (r *Request) framed() bool {
	switch r.seen & (lengthField | encodingField) {
	case lengthField:
		for _, c := range r.length {
			if !isDigit(c) || r.Body >= 1<<48 {
				return false
			}
			r.Body = r.Body*10 + int64(c-'0')
		}
		return len(r.length) > 0
	case encodingField:
		r.Chunked = true
		return r.Minor > 0 && equalFold(r.encoding, "chunked")
	}
	return r.seen&(lengthField|encodingField) == 0
}

// route finds the path of the target (RFC 9112, section 3.2), and the host of
// a target that is a whole URI. It reports whether there is a path or the method
// needs none.
func (r *Request) route() bool {
	rest := r.Target
	if rest[0] != '/' {
		var scheme []byte
		scheme, rest, _ = bytes.Cut(rest, schemeEnd)
		if !equalFold(scheme, "http") && !equalFold(scheme, "https") && !equalFold(scheme, "ws") && !equalFold(scheme, "wss") {
			return string(r.Method) != "GET" && string(r.Method) != "HEAD"
		}
		end := bytes.IndexAny(rest, "/?")
		if end < 0 {
			end = len(rest)
		}
		if r.Host, rest = rest[:end], rest[end:]; end == 0 {
			return false
		}
	}
	if r.Path, r.Query, _ = bytes.Cut(rest, query); len(r.Path) == 0 {
		r.Path = root
	}
	return true
}

var (
	schemeEnd = []byte("://")
	query     = []byte("?")
	root      = []byte("/")
)
