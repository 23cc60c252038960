package opening

import "iter"

// protocolName is the header of subprotocols, in lower case.
const protocolName = "sec-websocket-protocol"

// Offer is the subprotocols that a client offers (RFC 6455, section 4.1), in
// one header line or several. It aliases the request.
type Offer struct {
	lines []byte // header lines, the first one that offers any on
}

// All yields the subprotocols, in the order in which the client prefers them.
// They alias the request. Case matters.
func (o Offer) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := o.lines; len(rest) > 0; {
			var line []byte
			line, rest = cutLine(rest)
			if n := len(protocolName); len(line) <= n || line[n] != ':' || !equalFold(line[:n], protocolName) {
				continue
			}
			for list := line[len(protocolName)+1:]; len(list) > 0; {
				var item []byte
				if item, list = cutItem(list); len(item) > 0 && !yield(item) {
					return
				}
			}
		}
	}
}

// Has reports whether the client offers protocol.
func (o Offer) Has(protocol string) bool {
	for p := range o.All() {
		if string(p) == protocol {
			return true
		}
	}
	return false
}

// valid reports whether all are tokens, as the section demands.
func (o Offer) valid() bool {
	for p := range o.All() {
		if !isToken(p) {
			return false
		}
	}
	return true
}

// IsToken reports whether s may be a subprotocol's name: a token (RFC 9110,
// section 5.6.2).
func IsToken(s string) bool { return isToken([]byte(s)) }
