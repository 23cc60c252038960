package conform

import "time"

// terms are how a case is played with a peer.
type terms struct {
	server bool // we are the server
	// patience is how long the peer has for its part of the closing handshake,
	// and again for the end of TCP (RFC 6455, section 7.1.1: the server ends
	// it). Autobahn gives it a second.
	patience time.Duration
}

// termsOf returns the terms of cases that a timeout bounds. On a busy machine a
// second would be too short.
func termsOf(timeout time.Duration, server bool) terms {
	return terms{server, max(timeout/20, time.Second)}
}

// toOpen bounds connecting and the opening handshake, where the case's own
// time does not.
func (t terms) toOpen() time.Duration { return 5 * t.patience }

// stretched returns how long the peer has where Autobahn gives it d.
func (t terms) stretched(d time.Duration) time.Duration {
	return time.Duration(float64(d) * t.patience.Seconds())
}
