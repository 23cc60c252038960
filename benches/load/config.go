package load

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"slices"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/parse"
	"wsbench/syscalls"
)

// Verify is how much of an echo is compared with what was sent.
type Verify int

// Length and opcode of every echo are checked in each of them.
const (
	VerifySample Verify = iota // and the payload of every 64th message of a connection
	VerifyAll                  // and every payload
	VerifyOff                  // and no payload
)

var verifyNames = [...]string{"sample", "all", "off"}

// ParseVerify reads sample, all or off.
func ParseVerify(s string) (Verify, error) {
	if i := slices.Index(verifyNames[:], s); i >= 0 {
		return Verify(i), nil
	}
	return 0, fmt.Errorf("load: verify %q: want sample, all or off", s)
}

// String returns the name that ParseVerify reads.
func (v Verify) String() string {
	if v < 0 || int(v) >= len(verifyNames) {
		return fmt.Sprintf("Verify(%d)", int(v))
	}
	return verifyNames[v]
}

// Config is which load to put on which server.
type Config struct {
	URL     string        // ws://host:port/path, or wss://
	Conns   int           // connections
	Size    int           // bytes of payload per message
	Payload []byte        // of all messages; nil: Size random bytes
	Turns   int           // messages of a connection, after which a new one takes its place; 0: connections stay
	Depth   int           // messages in flight per connection; in an open loop, at most
	Op      parse.Opcode  // Binary, Text or Ping
	Mix     Mix           // pings among messages of Op, Binary or Text; zero: none
	Verify  Verify        // how much of an echo is compared
	Rate    float64       // messages per second over all connections; 0: closed loop
	Segment Segment       // how what is sent is cut
	Threads int           // 0: 1
	CPUs    syscalls.CPUs // thread i is pinned to CPUs[i%len]; nil: not pinned
	Seed    uint64        // of masking-keys and payload; 0: random
	Timeout time.Duration // bound on opening, and on the drain at the end; 0: 5 s
	Endure  bool          // count connections that are lost, and go on with the others; see Result.Errors
	Grace   time.Duration // of an open loop: time after the window in which echoes of messages that were due still count; 0: DefaultGrace

	// Exchanges are requests of HTTP that each connection makes in turn instead of
	// sending messages, Depth at a time; each answer is compared whole. nil: none.
	Exchanges []Exchange `json:"-"`

	// Edge, if not nil, is called when the window begins (false) and when the
	// last thread has ended its recording (true), to read at both ends what the
	// server has used. In an open loop a thread records until all that was due
	// in the window is back or has had its grace. The second call comes from
	// that thread, the first from thread 0; each waits for it. There is none
	// where the window did not begin.
	Edge func(end bool) `json:"-"`

	// Offer is what the opening handshakes say beside the URL.
	Offer wsclient.Offer `json:"-"`
}

// Bounds of a Config.
const (
	MaxSize     = 64 << 20 // bytes of a payload
	MaxInFlight = 64 << 20 // bytes in flight on one connection
	MaxConns    = 1 << 20
	MaxRate     = 1e8 // messages per second
)

const defaultTimeout = 5 * time.Second

// DefaultGrace is used where Config.Grace is 0.
const DefaultGrace = 2 * time.Second

// Check refuses what cannot be done, in one line that says what to do instead.
// Open checks too.
func (c Config) Check() error {
	_, err := c.check()
	return err
}

// check does what Check does, and fills in defaults.
func (c *Config) check() (*url.URL, error) {
	c.Threads = cmp.Or(c.Threads, 1)
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.Grace = cmp.Or(c.Grace, DefaultGrace)
	u, err := wsclient.ParseURL(c.URL)
	if err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if c.Turns > 0 && wsclient.Secure(u) {
		return nil, fmt.Errorf("load: %s: connections that take the place of others are plain; use a ws:// address", c.URL)
	}
	if err := c.Offer.Check(); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if err := CheckCase(c.Conns, c.Size, c.Depth); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if err := c.Mix.check(); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if err := c.checkTurns(); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	if err := c.checkHTTP(); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	c.Offer.HTTP = c.Exchanges != nil
	switch {
	case c.Op != parse.Binary && c.Op != parse.Text && c.Op != parse.Ping:
		return nil, fmt.Errorf("load: messages of opcode %v: want binary, text or ping", c.Op)
	case c.Op == parse.Ping && c.Size > parse.MaxControl:
		return nil, fmt.Errorf("load: a ping carries at most %d bytes, not %d; lower the size or send binary", parse.MaxControl, c.Size)
	case c.Mix != (Mix{}) && c.Op == parse.Ping:
		return nil, errors.New("load: a mix of pings and pings; want messages of opcode binary or text")
	case c.Mix.Pings > 0 && c.Size > parse.MaxControl:
		return nil, fmt.Errorf("load: a ping carries at most %d bytes, not %d, and messages of a mix are as long; lower the size", parse.MaxControl, c.Size)
	case c.Verify < VerifySample || c.Verify > VerifyOff:
		return nil, fmt.Errorf("load: verify %v: want sample, all or off", c.Verify)
	case !(c.Rate >= 0 && c.Rate <= MaxRate): // NaN too
		return nil, fmt.Errorf("load: rate %v: want 0 (closed loop) to %g messages per second", c.Rate, MaxRate)
	case c.Threads < 1 || c.Threads > c.Conns:
		return nil, fmt.Errorf("load: %d threads for %d connections; each thread needs at least one", c.Threads, c.Conns)
	case c.Threads > runtime.NumCPU():
		return nil, fmt.Errorf("load: %d threads on %d CPUs; more threads than CPUs wait for each other", c.Threads, runtime.NumCPU())
	case c.Timeout < 0:
		return nil, fmt.Errorf("load: timeout %v: want 0 or more", c.Timeout)
	case c.Grace < 0:
		return nil, fmt.Errorf("load: grace %v: want 0 or more", c.Grace)
	}
	if err := c.Segment.check(); err != nil {
		return nil, fmt.Errorf("load: %w", err)
	}
	return u, c.checkDescriptors()
}

// maxTurns bounds Config.Turns.
const maxTurns = 1<<16 - 1

// checkTurns refuses what does not go with connections that end.
func (c *Config) checkTurns() error {
	switch {
	case c.Turns < 0 || c.Turns > maxTurns:
		return fmt.Errorf("turns of %d messages: want 0 (connections stay) to %d", c.Turns, maxTurns)
	case c.Turns > 0 && c.Rate > 0:
		return errors.New("connections with turns take no rate: want a closed loop")
	case c.Payload != nil && len(c.Payload) != c.Size:
		return fmt.Errorf("a payload of %d bytes: size %d", len(c.Payload), c.Size)
	}
	return nil
}

// spareDescriptors is what the process needs besides its connections: the
// dialers' own, epoll, eventfd, standard streams and files of the caller.
const spareDescriptors = 2*dialers + 32

func (c *Config) checkDescriptors() error {
	have, err := host.Descriptors()
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	if need := uint64(c.Conns + spareDescriptors); have < need {
		return fmt.Errorf("load: %d connections need %d descriptors, this process may open %d; raise the limit ('ulimit -Hn %d' as root) or lower the connections", c.Conns, need, have, need)
	}
	return nil
}

// CheckCase refuses connections, bytes per message and messages in flight that
// are out of bounds.
func CheckCase(conns, size, depth int) error {
	switch {
	case conns < 1 || conns > MaxConns:
		return fmt.Errorf("conns %d: want 1 to %d", conns, MaxConns)
	case depth < 1:
		return fmt.Errorf("depth %d: want 1 or more", depth)
	case size < 0 || size > MaxSize:
		return fmt.Errorf("size %d: want 0 to %d bytes", size, MaxSize)
	case depth > MaxInFlight/(size+parse.MaxHeader):
		return fmt.Errorf("depth %d of %d bytes is over %d MiB in flight on a connection; lower one of them", depth, size, MaxInFlight>>20)
	}
	return nil
}

// String describes the case in words.
func (c *Config) String() string {
	loop := "closed loop"
	if c.Rate > 0 {
		loop = fmt.Sprintf("open loop at %.10g msg/s", c.Rate)
	}
	pinned := ""
	if c.CPUs != nil {
		pinned = fmt.Sprintf(" on CPU %v", c.CPUs)
	}
	turns := ""
	if c.Turns > 0 {
		turns = fmt.Sprintf(", a new connection after each %d", c.Turns)
	}
	cut := ""
	if c.Segment.Bytes > 0 {
		cut = fmt.Sprintf(" in segments of %v", c.Segment)
	}
	return fmt.Sprintf("%d connections, %d bytes %s%s, depth %d%s, %s, verify %v, threads %d%s",
		c.Conns, c.Size, c.kind(), cut, c.Depth, turns, loop, c.Verify, c.Threads, pinned)
}
