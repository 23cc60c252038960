package engine

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"

	"wsbench/parse/opening"
)

// Opening is how a server answers on its connections until they are WebSockets:
// what it allows, and what it sends to requests that ask for no WebSocket. It
// must not change while one uses it. The zero value accepts every handshake and
// has no routes.
type Opening struct {
	Origins    Origins  // whose pages may connect; others get 403
	Protocols  []string // subprotocols the server speaks, the one it prefers first
	MaxRequest int      // bytes of a request's head, and of its body. 0: opening.MaxRequest

	// Routes are what plain HTTP requests read, by path. A path such as /name/
	// stands for all that begin with it.
	Routes map[string]Route
	// WebSockets are the paths of which a plain request is told by 426 that they
	// are WebSockets; other paths without a route get 404. nil: all paths are.
	// A WebSocket is opened at any path.
	WebSockets []string

	// Before, if not nil, is called with the path of each request before that is
	// answered. True means that the answer waits: the request is not consumed, and
	// Answer takes it after Greeting.Proceed. Many goroutines may call it at a time.
	Before func(path []byte) (wait bool)
}

// Route is how plain requests for a path are answered.
type Route struct {
	// Append appends the body of the answer to dst, or refuses the request, of
	// which path and query are parts, for the last time. Many goroutines may call
	// it at a time.
	Append func(dst, path, query []byte) ([]byte, *opening.Refusal)

	Type string // Content-Type; "": text/plain; charset=utf-8

	// Unlimited requests do not count against the 100 plain ones that a
	// connection may make. Its time alone ends a connection that makes only these.
	Unlimited bool
}

// Text returns the route of a text.
func Text(body string) Route {
	return Route{Append: func(dst, _, _ []byte) ([]byte, *opening.Refusal) { return append(dst, body...), nil }}
}

// MostAnswers is after how many bytes of answers Answer answers no further
// request. The peer is to take these first, so that one who asks and does not
// read costs a bounded amount of memory.
const MostAnswers = 128 << 10

// Bounds of Opening.MaxRequest, bytes: a browser's handshake takes about 500,
// and what one connection may make a server keep is to stay small.
const (
	LeastMaxRequest = 256
	MostMaxRequest  = math.MaxUint16
)

// maxPlain is how many plain requests one connection may make: what a peer
// that never upgrades can keep it open with, and pipeline, is bounded.
const maxPlain = 100

// Validate returns an error that says what is wrong with o, nil if nothing is.
func (o *Opening) Validate() error {
	if o.MaxRequest != 0 && o.MaxRequest != o.Limit() {
		return fmt.Errorf("max-request %d: want %d to %d bytes", o.MaxRequest, LeastMaxRequest, MostMaxRequest)
	}
	for i, p := range o.Protocols {
		if !opening.IsToken(p) {
			return fmt.Errorf("subprotocol %q: want a token, such as chat.v2 (RFC 9110, section 5.6.2)", p)
		}
		for _, earlier := range o.Protocols[:i] {
			if p == earlier {
				return fmt.Errorf("duplicate subprotocol %q", p)
			}
		}
	}
	return nil
}

// Limit returns the MaxRequest in force, in bytes.
func (o *Opening) Limit() int {
	if o.MaxRequest == 0 {
		return opening.MaxRequest
	}
	return min(max(o.MaxRequest, LeastMaxRequest), MostMaxRequest)
}

// Greeting is the state of one connection of an Opening. The zero value is a
// connection that has sent nothing yet.
type Greeting struct {
	seen  uint16 // bytes of an unfinished request head, which were searched for its end
	skip  uint16 // bytes still to come of the body of a request that is answered
	plain uint8  // plain requests answered that count against maxPlain
	ready bool   // the next request is answered without Opening.Before
	all   uint32 // plain requests answered
}

// Begun reports whether a request has arrived in part.
func (g *Greeting) Begun() bool { return g.seen > 0 }

// Proceed has the request that waits answered.
func (g *Greeting) Proceed() { g.ready = true }

// Answered returns how many plain requests were answered, modulo 1<<32. With
// each the peer's time begins anew.
func (g *Greeting) Answered() int { return int(g.all) }

// Step is how far a connection has come.
type Step uint8

// The steps.
const (
	Await    Step = iota // more bytes are due
	Accepted             // a WebSocket: frames follow
	Ended                // nothing more is read: the connection ends once all is sent
	Waiting              // the next request is answered after Greeting.Proceed
	Full                 // MostAnswers are to be sent; then Answer goes on with what is left
)

// Reply is the result of Answer.
type Reply struct {
	Wire     []byte // dst and behind it what is to be sent
	Consumed int    // bytes taken; what is left begins a request, or frames
	Step     Step
	Protocol string // the subprotocol that both speak, once Accepted; "": none
	Target   []byte // what the accepted request asks for; aliases in
}

// Answer reads the requests that in begins with, up to the opening handshake
// (RFC 6455, section 4.2) or the end, and appends the answers to dst. in holds
// bytes of one connection that were not consumed before. The answers do not
// depend on how the bytes are split.
func (o *Opening) Answer(g *Greeting, in, dst []byte) Reply {
	r := Reply{Wire: dst}
	for r.Step == Await {
		body := min(int(g.skip), len(in)-r.Consumed)
		g.skip -= uint16(body)
		r.Consumed += body
		rest := in[r.Consumed:]
		if len(rest) == 0 {
			break
		}
		if len(r.Wire)-len(dst) >= MostAnswers {
			r.Step = Full
			break
		}
		req, refused := opening.ParseRequest(rest, int(g.seen), o.Limit())
		if req.Size == 0 && refused == nil {
			g.seen = uint16(len(rest))
			break
		}
		g.seen = 0
		if refused == nil && o.waits(g, &req) {
			r.Step = Waiting
			break
		}
		if refused == nil {
			refused = o.serve(g, &req, &r)
		}
		if refused != nil {
			refuse(&req, refused, &r)
		}
	}
	return r
}

// waits reports whether the answer to req is not to be given yet.
func (o *Opening) waits(g *Greeting, req *opening.Request) bool {
	ready := g.ready
	g.ready = false
	return !ready && o.Before != nil && o.Before(req.Path)
}

// serve answers one request. HTTP/1.0 has no upgrade (RFC 9110, section 7.8).
func (o *Opening) serve(g *Greeting, req *opening.Request, r *Reply) *opening.Refusal {
	if !req.WantsUpgrade() || req.Minor == 0 {
		return o.plain(g, req, r)
	}
	key, refused := req.Upgrade()
	switch {
	case refused != nil:
		return refused
	case !o.Origins.Allow(req.Origin, req.Host):
		return opening.ErrOrigin
	}
	r.Protocol = o.choose(req.Protocols)
	r.Wire = opening.AppendAcceptProtocol(r.Wire, key, r.Protocol)
	r.Consumed += req.Size
	r.Step, r.Target = Accepted, req.Target
	return nil
}

// choose returns the first of the server's subprotocols that the client offers.
func (o *Opening) choose(offer opening.Offer) string {
	for _, p := range o.Protocols {
		if offer.Has(p) {
			return p
		}
	}
	return ""
}

// plain answers a request that asks for no WebSocket. A client that awaits 100
// (Continue) gets the last answer: whether its body then comes is not known.
func (o *Opening) plain(g *Greeting, req *opening.Request, r *Reply) *opening.Refusal {
	route, found := o.route(req.Path)
	head := string(req.Method) == "HEAD"
	switch {
	case !found:
		return o.unrouted(req)
	case string(req.Method) != "GET" && !head:
		return opening.ErrRouteMethod
	case req.Chunked:
		return opening.ErrLength
	case req.Body > int64(o.Limit()):
		return opening.ErrBodyLong
	}
	counted := g.plain
	if !route.Unlimited {
		counted++
	}
	last := !req.KeepAlive || counted == maxPlain || req.Continue && req.Body > 0
	wire, refused := route.answer(r.Wire, req, head, last)
	if refused != nil {
		return refused
	}
	g.plain = counted
	g.all++
	g.skip = uint16(req.Body)
	r.Consumed += req.Size
	r.Wire = wire
	if last {
		r.Step = Ended
	}
	return nil
}

// route returns the route for path.
func (o *Opening) route(path []byte) (r Route, found bool) {
	if r, found = o.Routes[string(path)]; found || len(path) == 0 {
		return r, found
	}
	if i := bytes.IndexByte(path[1:], '/'); i >= 0 {
		r, found = o.Routes[string(path[:i+2])]
	}
	return r, found
}

// unrouted refuses a request for a path without a route.
func (o *Opening) unrouted(req *opening.Request) *opening.Refusal {
	if o.WebSockets != nil && len(req.Path) > 0 && !req.WantsUpgrade() && !slices.Contains(o.WebSockets, string(req.Path)) {
		return opening.ErrNotFound
	}
	_, refused := req.Upgrade()
	return refused
}

// answer appends the answer to req. Its head tells the body's length, so that
// the body is made first, behind room for the head.
func (route *Route) answer(dst []byte, req *opening.Request, headOnly, last bool) ([]byte, *opening.Refusal) {
	kind := cmp.Or(route.Type, "text/plain; charset=utf-8")
	at := len(dst)
	from := at + opening.MaxOK + len(kind)
	dst, refused := route.Append(slices.Grow(dst, from-at)[:from], req.Path, req.Query)
	if refused != nil {
		return nil, refused
	}
	body := dst[from:]
	dst = opening.AppendOK(dst[:at], kind, len(body), last)
	if headOnly {
		return dst, nil
	}
	return append(dst, body...), nil
}

// refuse answers a request for the last time.
func refuse(req *opening.Request, why *opening.Refusal, r *Reply) {
	r.Step = Ended
	if string(req.Method) == "HEAD" {
		r.Wire = why.AppendHead(r.Wire)
		return
	}
	r.Wire = why.Append(r.Wire)
}
