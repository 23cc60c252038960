package echo

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"wsbench/benches/engine"
	"wsbench/parse/opening"
)

// DefaultHandshake bounds the opening handshake in time.
const DefaultHandshake = 5 * time.Second

// routes are what the reference server answers to plain HTTP requests.
var routes = map[string]engine.Route{
	"/healthz": engine.Text("ok"),
	"/json":    jsonRoute, // which says what is missing
	"/json/":   jsonRoute,
}

// webSockets are the paths of which the server tells a plain request that they
// are WebSockets. It opens one at every path.
var webSockets = []string{"/", "/ws"}

func (o Options) handshake() time.Duration { return cmp.Or(o.Handshake, DefaultHandshake) }

// ParseProtocols reads the switch -subprotocol: a comma-separated list.
func ParseProtocols(list string) (protocols []string) {
	if list == "" {
		return nil
	}
	for p := range strings.SplitSeq(list, ",") {
		protocols = append(protocols, strings.TrimSpace(p))
	}
	return protocols
}

// maxRequest returns Opening.MaxRequest, or its default as far as a receive
// buffer holds it.
func (o Options) maxRequest() int {
	return cmp.Or(o.Opening.MaxRequest, min(opening.MaxRequest, o.BufferSize))
}

func (o Options) validateOpening() error {
	if o.Handshake < 0 {
		return fmt.Errorf("handshake-timeout %v: want more than 0", o.Handshake)
	}
	if n := o.maxRequest(); n > o.BufferSize {
		return fmt.Errorf("max-request %d: want %d bytes at most, the buffer-size: a request is read whole", n, o.BufferSize)
	}
	return o.Opening.Validate()
}

// opening returns the switches of the opening handshake in force, for String.
func (o Options) opening() string {
	s := fmt.Sprintf(" max-request=%d handshake-timeout=%v", o.Opening.Limit(), o.handshake())
	if list := o.Opening.Origins.String(); list != "" {
		s += " origin=" + list
	}
	if list := o.Opening.Protocols; len(list) > 0 {
		s += " subprotocol=" + strings.Join(list, ",")
	}
	return s
}
