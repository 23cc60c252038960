package echo

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"time"

	"wsbench/benches/engine"
	"wsbench/benches/reactor"
	"wsbench/mask"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// IO is a way to do input and output.
type IO string

// The ways to do I/O.
const (
	Epoll IO = "epoll" // event loops
	Uring IO = "uring" // event loops on io_uring
	Net   IO = "net"   // one goroutine per connection, on package net
	Raw   IO = "raw"   // event loops without protocol work: the floor
)

// Options are the server's switches. Each has its effect alone.
type Options struct {
	Addr          netip.AddrPort // port 0: any
	IO            IO
	Mask          mask.Kernel
	Parse         Parse
	UTF8          parse.Validator // parse.ValidOff: text is echoed as binary messages are, valid or not
	Buffers       scratch.Kind    // with Uring scratch.Ring, else another
	BufferSize    int             // in bytes, MinBufferSize to MaxBufferSize
	Drain         bool
	Write         engine.WriteMode
	Direct        bool // with Net: answers are sent on the descriptor, not by package net's writer
	Nagle         bool // accepted connections are left without TCP_NODELAY
	FlushFrame    bool
	RingBuffers   int            // most provided buffers of a loop on io_uring, a power of two; 0: DefaultRingBuffers
	engine.Limits                // of every connection; zeros: the engine's defaults
	Parts         bool           // messages are echoed in parts, as they arrive, not assembled
	Opening       engine.Opening // Routes nil: the server's own; MaxRequest is BufferSize at most, 0: opening.MaxRequest where that fits
	Handshake     time.Duration  // bound on the opening handshake, anew after each plain request; 0: 5 s
	Idle          time.Duration  // how long a connection may neither send nor take anything; 0: for ever
	Workers       int            // loops, each with its own listening socket
	Pin           syscalls.CPUs  // loop i runs on Pin[i%len]; empty: anywhere
	// Background is where the Go runtime's own threads run while loops are
	// pinned: "apart" from them, on the other CPUs that the process was given,
	// or the "same". The runtime's monitor wakes 100 times per second as long as
	// a loop works, and on the loop's CPU switches it away each time.
	Background string

	TLS       TLS       // not with Raw; with Net by crypto/tls, else by this project's records or the kernel's
	Cert, Key string    // PEM files of a certificate and its private key; "": self-signed
	HalfOpen  int       // most TLS handshakes in progress at a time, but with Net; 0: DefaultHalfOpen
	identity  *identity // nil: there is no TLS

	Handler Handler // where messages are answered
	Pool    int     // goroutines that answer them with OnPool

	// Spin is CPU time that is burnt for each message (each frame of fragmented
	// ones) before its answer is sent: a slow-down of a known size, by which a
	// lab tests itself. 0: none.
	Spin time.Duration

	// CountFile is a file that the server keeps its counters in, see mapCounters.
	// "": there is none.
	CountFile string
	counted   []byte // its memory

	// Work is CPU time that each message costs, as Spin, and each request for
	// WorkPath, plain or an opening handshake, before it is answered. The
	// threads' CPU clocks measure it: see Counters. 0: none.
	Work   time.Duration
	WorkOn Handler // where Work is spent; with Net too, where OnLoop is the connection's goroutine
	spent  *spent  // of Work, by all loops; nil: it is not measured

	// Warn gets what the server could not do as asked, one line each, from any
	// goroutine. nil: it is dropped.
	Warn func(line string)
}

func (o Options) warn(format string, args ...any) {
	if o.Warn != nil {
		o.Warn(fmt.Sprintf(format, args...))
	}
}

// kernel returns the mask kernel in force.
func (o Options) kernel() mask.Kernel {
	if o.Mask == mask.Auto {
		return mask.Best()
	}
	return o.Mask
}

// choice is the names of a switch's two positions.
type choice struct{ off, on string }

var (
	readNames  = choice{"once", "drain"}
	flushNames = choice{"batch", "frame"}
	partNames  = choice{"whole", "parts"}
)

func (c choice) name(on bool) string {
	if on {
		return c.on
	}
	return c.off
}

func (c choice) parse(flag, s string) (bool, error) {
	if s != c.off && s != c.on {
		return false, fmt.Errorf("%s %q: want %s or %s", flag, s, c.off, c.on)
	}
	return s == c.on, nil
}

// Ranges of Options, beside those of package reactor's Config.
const (
	MinBufferSize = reactor.MinBufferSize
	MaxBufferSize = reactor.MaxBufferSize
	MaxMaxMessage = 1 << 40
	MaxWorkers    = 1024
	MinIdle       = 100 * time.Millisecond // sweeps are to cost nothing
)

// Validate returns an error that says what is wrong with o and what to do, nil
// if nothing is.
func (o Options) Validate() error {
	if err := o.IO.check(); err != nil {
		return err
	}
	switch {
	case o.BufferSize < MinBufferSize || o.BufferSize > MaxBufferSize:
		return fmt.Errorf("buffer-size %d: want %d to %d bytes", o.BufferSize, MinBufferSize, MaxBufferSize)
	case o.Workers < 1 || o.Workers > MaxWorkers:
		return fmt.Errorf("workers %d: want 1 to %d", o.Workers, MaxWorkers)
	case o.MaxMessage < 0 || o.MaxMessage > MaxMaxMessage:
		return fmt.Errorf("max-message %d: want 1 to %d bytes, or 0 for %d", o.MaxMessage, int64(MaxMaxMessage), engine.DefaultMaxMessage)
	case o.MaxFragments < 0:
		return fmt.Errorf("max-fragments %d: want 1 or more, or 0 for %d", o.MaxFragments, engine.DefaultMaxFragments)
	case o.MaxControl < 0:
		return fmt.Errorf("max-control %d: want 1 or more, or 0 for %d", o.MaxControl, engine.DefaultMaxControl)
	case o.Idle != 0 && o.Idle < MinIdle:
		return fmt.Errorf("idle %v: want %v at least, or 0 for no bound", o.Idle, MinIdle)
	case o.Background != "apart" && o.Background != "same":
		return fmt.Errorf("background %q: want apart or same", o.Background)
	}
	if err := o.validateOpening(); err != nil {
		return err
	}
	if err := o.validateRing(); err != nil {
		return err
	}
	if err := o.validateSpin(); err != nil {
		return err
	}
	if err := o.validateWork(); err != nil {
		return err
	}
	if err := o.validateHandler(); err != nil {
		return err
	}
	if err := o.validateTLS(); err != nil {
		return err
	}
	return o.fitting()
}

// String returns the switches in force, in one line.
func (o Options) String() string {
	line := fmt.Sprintf("io=%s", o.IO)
	if o.IO != Raw {
		line += fmt.Sprintf(" mask=%v parse=%v utf8=%v", o.kernel(), o.Parse, o.validator())
	}
	line += o.buffers() + fmt.Sprintf(" write=%s flush=%s", o.write(), flushNames.name(o.FlushFrame))
	if o.IO != Raw {
		l := o.Limits.OrDefaults()
		line += fmt.Sprintf(" message=%s max-message=%d max-fragments=%d max-control=%d", partNames.name(o.Parts), l.MaxMessage, l.MaxFragments, l.MaxControl)
	}
	line += o.work()
	if o.Spin > 0 {
		line += fmt.Sprintf(" spin=%d", o.Spin.Nanoseconds())
	}
	if o.Work == 0 && o.Handler != OnLoop {
		line += o.handler()
	}
	if o.Nagle {
		line += " nodelay=false"
	}
	if o.Idle > 0 {
		line += fmt.Sprintf(" idle=%v", o.Idle)
	}
	if o.IO != Net {
		line += fmt.Sprintf(" read=%s workers=%d background=%s", readNames.name(o.Drain), o.Workers, o.Background)
	}
	if len(o.Pin) > 0 {
		line += fmt.Sprintf(" pin=%v", o.Pin)
	}
	return line + o.opening() + o.tls()
}

// Flags registers the switches, all of Options but Addr and Warn, as flags of
// fs. Once fs is parsed, read sets those that are names, completes the defaults
// that depend on each other, and returns what is wrong.
func (o *Options) Flags(fs *flag.FlagSet) (read func() error) {
	var names []func() error
	name := func(name, byDefault, usage string, set func(string) error) {
		value := fs.String(name, byDefault, usage)
		names = append(names, func() error { return set(*value) })
	}
	name("io", string(kinds[0].io), "input and output: "+ioUsage(), func(s string) error { o.IO = IO(s); return o.IO.check() })
	name("mask", "auto", "unmask `kernel`: auto, avx512, avx2, sse2, neon, word or octet", func(s string) (err error) { o.Mask, err = mask.ParseKernel(s); return })
	name("parse", "runs", "frame headers: runs (frames of at most 125 bytes that follow each other are read and answered as words, others as fast), fast (each frame by itself: most headers at once), general (field by field) or bytewise", func(s string) (err error) { o.Parse, err = parseParse(s); return })
	name("utf8", "auto", "check of text that is not ASCII: auto, avx512, avx2, neon, stdlib, bytewise or off (invalid text is echoed, which RFC 6455 forbids: for measurement)", func(s string) (err error) { o.UTF8, err = parse.ParseValidator(s); return })
	name("buffers", "", "receive buffers: "+buffersUsage(), func(s string) (err error) { o.Buffers, err = o.parseBuffers(s); return })
	name("read", "once", "reads per readable event: once, or drain (until EAGAIN)", func(s string) (err error) { o.Drain, err = readNames.parse("read", s); return })
	name("write", "slot", "answers: slot (header in the masking-key's place), writev or copy; with -io net also direct (slot, sent without package net's writer)", func(s string) (err error) { o.Write, o.Direct, err = parseWrite(s); return })
	nodelay := fs.Bool("nodelay", true, "TCP_NODELAY on accepted connections; false: Nagle's algorithm")
	name("flush", "batch", "sends: batch (one per read) or frame (one per frame)", func(s string) (err error) { o.FlushFrame, err = flushNames.parse("flush", s); return })
	name("message", "whole", "fragmented and long messages: echoed whole, or in parts as they arrive", func(s string) (err error) { o.Parts, err = partNames.parse("message", s); return })
	name("handler", "loop", "where messages are answered: loop, goroutine (one for each message), pool (-pool goroutines) or thread (one goroutine per loop, locked to a thread)", func(s string) (err error) { o.Handler, err = ParseHandler(s); return })
	fs.IntVar(&o.Pool, "pool", DefaultPool, fmt.Sprintf("`goroutines` that answer messages with -handler pool, or work with -work-on pool, 1 to %d", MaxPool))
	fs.Int64Var(&o.MaxMessage, "max-message", engine.DefaultMaxMessage, fmt.Sprintf("`bytes` per message, 1 to %d; more closes the connection with 1009", int64(MaxMaxMessage)))
	fs.IntVar(&o.MaxFragments, "max-fragments", engine.DefaultMaxFragments, "`frames` per message; more closes with 1008")
	fs.IntVar(&o.MaxControl, "max-control", engine.DefaultMaxControl, "control `frames` per second; more closes with 1008")
	fs.DurationVar(&o.Idle, "idle", 2*time.Minute, fmt.Sprintf("`time` after which a connection that sends nothing and takes nothing is dropped, %v at least; it is pinged after half of it; 0: never", MinIdle))
	name("pin", "", "CPU `list`, such as 0 or 0,2-3: worker i runs on the i-th CPU of it", func(s string) (err error) { o.Pin, err = parsePin(s); return })
	fs.IntVar(&o.RingBuffers, "ring-buffers", DefaultRingBuffers, fmt.Sprintf("most provided buffers of a loop with -io uring, a power of two, 1 to %d", MaxRingBuffers))
	fs.IntVar(&o.BufferSize, "buffer-size", scratch.DefaultSize, fmt.Sprintf("`bytes` of a receive buffer, %d to %d", MinBufferSize, MaxBufferSize))
	fs.IntVar(&o.Workers, "workers", 1, fmt.Sprintf("event loops, sharing the port, 1 to %d", MaxWorkers))
	fs.StringVar(&o.Background, "background", "apart", "CPUs of the Go runtime's own threads when -pin is given: apart (the host's others) or same")
	fs.StringVar(&o.CountFile, "counters", "", "`file` of the counters, in which other processes read them at no cost: a line of names, then from byte 4096 on 64-bit numbers, those of each worker 256 bytes from the one before; a file that exists must be one of counters, or empty")
	name("spin", "0", fmt.Sprintf("`ns` of CPU time to burn per message, a slow-down of a known size, 0 to %d", MaxSpin.Nanoseconds()), func(s string) (err error) { o.Spin, err = parseSpin(s); return })
	fs.DurationVar(&o.Work, "work", 0, fmt.Sprintf("CPU `time` that each message costs, and each request for %s, plain or an opening handshake; 0 to %v", WorkPath, MaxSpin))
	name("work-on", "loop", "where -work is spent: on the loop (with -io net the connection's goroutine), on a pool of -pool goroutines, or by thread, one goroutine per loop that is locked to a thread", func(s string) (err error) { o.WorkOn, err = parseWorkOn(s); return })
	name("origin", "", "origins whose pages may connect, a `list` such as https://example.com,same (same: the host that is asked for); empty: any", func(s string) (err error) { o.Opening.Origins, err = engine.ParseOrigins(s); return })
	name("subprotocol", "", "subprotocols to agree on, a `list`, the one preferred first; empty: none", func(s string) error { o.Opening.Protocols = ParseProtocols(s); return nil })
	fs.IntVar(&o.Opening.MaxRequest, "max-request", opening.MaxRequest, fmt.Sprintf("most `bytes` of an opening request, %d to %d and at most -buffer-size, which also bounds the default; longer ones get 431", engine.LeastMaxRequest, engine.MostMaxRequest))
	fs.DurationVar(&o.Handshake, "handshake-timeout", DefaultHandshake, "`time` an opening handshake may take, the one of TLS before it too, and a connection stay idle after a plain request, more than 0")
	name("tls", "off", "encryption by TLS 1.3: off, user (records by this process: with -io net crypto/tls's, with epoll and uring its own) or ktls (by the kernel, once crypto/tls has done the handshake; by this process where the kernel has no tls module)", func(s string) (err error) { o.TLS, err = ParseTLS(s); return })
	fs.StringVar(&o.Cert, "cert", "", "PEM `file` of the certificate with -tls; none: a self-signed one for localhost, 127.0.0.1 and ::1")
	fs.StringVar(&o.Key, "key", "", "PEM `file` of the private key of -cert")
	fs.IntVar(&o.HalfOpen, "half-open", DefaultHalfOpen, fmt.Sprintf("most TLS `handshakes` in progress at a time with -io epoll or uring, 1 to %d; more connections wait in the kernel's queue", MaxHalfOpen))
	return func() error {
		o.Nagle = !*nodelay
		for _, set := range names {
			if err := set(); err != nil {
				return err
			}
		}
		given := map[string]bool{}
		fs.Visit(func(f *flag.Flag) { given[f.Name] = true })
		if err := o.effectiveWork(given); err != nil {
			return err
		}
		if err := o.effectiveTLS(given); err != nil {
			return err
		}
		if err := o.effective(given); err != nil {
			return err
		}
		o.complete(given)
		return o.Validate()
	}
}

// effective refuses flags that have no effect beside the others, and zeros that
// Options would take for defaults.
func (o *Options) effective(given map[string]bool) error {
	k, _ := kindOf(o.IO)
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if why := k.without[name]; why != "" && !(name == "pool" && o.Work > 0) {
			return fmt.Errorf("-%s has no effect with -io %s: %s", name, o.IO, why)
		}
		if why := o.place().without(name); why != "" {
			return fmt.Errorf("-%s has no effect with -%s %v: %s", name, o.placedBy(), o.place(), why)
		}
	}
	switch {
	case given["background"] && !given["pin"]:
		return errors.New("-background has no effect without -pin: say which CPUs are the loops'")
	case given["pool"] && o.Handler != OnPool && o.WorkOn != OnPool:
		return errors.New("-pool has no effect without -handler pool or -work-on pool")
	case o.Opening.MaxRequest == 0:
		return fmt.Errorf("max-request 0: want %d bytes at least", engine.LeastMaxRequest)
	case o.RingBuffers == 0:
		return errors.New("ring-buffers 0: want a power of two, 1 at least")
	case o.Handshake == 0:
		return errors.New("handshake-timeout 0s: want more than 0")
	}
	return nil
}

// complete sets the defaults that depend on other switches.
func (o *Options) complete(given map[string]bool) {
	if !given["max-request"] {
		o.Opening.MaxRequest = min(o.Opening.MaxRequest, max(o.BufferSize, MinBufferSize))
	}
	if (o.Handler != OnLoop || o.WorkOn != OnLoop || o.TLS != TLSOff) && !given["background"] {
		o.Background = "same"
	}
	if o.IO == Raw && !given["idle"] {
		o.Idle = 0 // the floor has no ping to tell a silent peer from a lost one
	}
}

// parseBuffers reads -buffers; "" is the default of the way to do I/O.
func (o *Options) parseBuffers(s string) (scratch.Kind, error) {
	if k, _ := kindOf(o.IO); s == "" {
		return k.buffers[0], nil
	}
	return scratch.ParseKind(s)
}

func ioUsage() (s string) {
	for i, k := range kinds {
		switch {
		case i == len(kinds)-1:
			s += " or "
		case i > 0:
			s += ", "
		}
		s += string(k.io) + k.meaning
	}
	return s
}

func buffersUsage() (s string) {
	for i, k := range kinds {
		if i > 0 {
			s += "; "
		}
		s += fmt.Sprintf("with -io %s %s", k.io, listed(k.buffers))
	}
	return s + "; the first is the default"
}

// parsePin reads a CPU list; the empty one pins nothing.
func parsePin(s string) (syscalls.CPUs, error) {
	if s == "" {
		return nil, nil
	}
	list, err := syscalls.ParseCPUs(s)
	if err != nil {
		return nil, fmt.Errorf("-pin: %w", err)
	}
	return list, nil
}
