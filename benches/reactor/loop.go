package reactor

import (
	"errors"
	"os"
	"runtime"
	"sync"
	"time"

	"wsbench/benches/engine"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// Protocol is one connection after its opening handshake; *engine.Engine is
// the one that speaks RFC 6455.
type Protocol interface {
	// Process answers what in holds; see engine.Engine.Process. It may need no
	// more octets at once than Config.BufferSize: such a connection is dropped.
	Process(in []byte, out *engine.Output, most int) (engine.Progress, error)
	// Close adds to out what this side sends to end the connection, if
	// anything; Process tells by an error when the peer has agreed.
	Close(code int, reason string, out *engine.Output)
	// Ping adds to out what a live peer answers, if anything does; see
	// Config.Idle.
	Ping(out *engine.Output)
	// Release ends the use of the protocol.
	Release()
}

// Config is how a loop works. It is not changed while one uses it.
type Config struct {
	Handler Handler        // nil: every message is echoed
	Engine  engine.Config  // of every connection; Handler and Pool are the loop's to set, Whole is BufferSize at most
	Opening engine.Opening // how connections begin; its MaxRequest is BufferSize at most

	// NewProtocol, if not nil, makes the protocol of a new connection instead
	// of an engine; its buffers come from pool. A Handler then gets no
	// messages.
	NewProtocol func(pool *scratch.Pool) Protocol

	Buffers    scratch.Kind
	BufferSize int              // octets a read takes at most; 0: scratch.DefaultSize
	Write      engine.WriteMode // how answers are laid out
	Drain      bool             // read until EAGAIN instead of once a readable event
	FlushFrame bool             // send after each frame instead of after each read

	// Uring has the loop do its I/O by io_uring, with RingBuffers provided
	// buffers (a power of two; 0: 256) of BufferSize octets instead of Buffers;
	// Drain means nothing then. The loop stays on the thread that calls Run,
	// or RunOnce first.
	Uring       bool
	RingBuffers int // Buffers is then scratch.Ring, or left at its zero value

	// OnThread is called on the loop's thread when Run begins, and again should
	// the loop find itself on another one: to pin it. nil: nothing is done.
	OnThread func(tid int) error

	// MaxQueue is how many octets one connection may leave unsent. 0: an answer
	// to the longest message, and what one read can add to it.
	MaxQueue  int
	Handshake time.Duration // bound on the opening handshake, anew after each plain request; 0: 5 s
	Linger    time.Duration // bound on the peer's part of closing; 0: 2 s

	// Idle is how long an open connection may be silent, give or take a
	// quarter; it is pinged when half of that is over. It ends connections
	// whose peer is gone without a word. 0: for ever.
	Idle time.Duration
}

func (c Config) withDefaults() Config {
	if c.BufferSize == 0 {
		c.BufferSize = scratch.DefaultSize
	}
	if c.Engine.Whole == 0 || c.Engine.Whole > c.BufferSize {
		c.Engine.Whole = c.BufferSize
	}
	c.Engine = c.Engine.WithDefaults()
	if c.MaxQueue == 0 {
		c.MaxQueue = int(c.Engine.MaxMessage) + 2*c.BufferSize
	}
	c.Opening.MaxRequest = min(c.Opening.Limit(), c.BufferSize) // a request is read whole
	if c.RingBuffers == 0 {
		c.RingBuffers = 256
	}
	if c.Handshake == 0 {
		c.Handshake = 5 * time.Second
	}
	if c.Linger == 0 {
		c.Linger = 2 * time.Second
	}
	return c
}

// Loop is one event loop. New makes it, Listen and Adopt give it connections,
// Run drives it until it has nothing left to do.
type Loop struct {
	cfg     Config
	ring    *uring // nil: epoll
	ep      syscalls.Epoll
	wake    syscalls.Eventfd
	events  []syscalls.Event
	out     *engine.Output
	iov     []syscalls.Iovec
	segs    [][]byte
	pool    scratch.Pool
	buffers *scratch.Buffers
	none    []byte       // where a connection without a buffer of its own keeps it
	spare   []*extra     // of connections that have become idle
	discard []byte       // what a closing connection still sends
	answer  []byte       // what requests before the handshake get
	asked   engine.Reply // to the request that opens a connection, meanwhile
	count   Counters
	handled int  // events of the last RunOnce
	rested  bool // its wait took longer than busyWait

	conns     table
	open      int    // of those not nil
	serial    uint32 // tells one user of a descriptor from the next
	listeners []listener
	paused    bool // a listener waits for descriptors
	sweeper   sweeper
	linger    time.Duration // bound on closing: Config.Linger, or what Shutdown allows
	closing   bool          // Shutdown has begun
	closed    bool          // everything is released
	turning   bool          // events are being handled
	closeDue  bool          // Close was called meanwhile

	busy  *Conn   // whose octets are processed
	echo  bool    // Echo was called for its message
	said  int     // octets it was sent meanwhile
	dirty []*Conn // others that were sent something

	code   int // what the handler closes busy with
	reason string

	mu      sync.Mutex
	outer   *syscalls.Eventfd // what another loop waits for, of a ring; nil: nobody asked
	todo    []func()
	senders int
	ended   bool
}

// Event data of the descriptors that are no connections.
const (
	wakeData     = ^uint64(0)
	listenerData = uint64(1) << 63 // plus the index in listeners
)

// maxEvents is how many ready descriptors one wait reports.
const maxEvents = 1024

var errNoRing = errors.New("reactor: Config.Buffers is scratch.Ring without Config.Uring")

// New makes a loop without listeners. Run, or Close if it is never run,
// releases it.
func New(cfg Config) (*Loop, error) {
	cfg = cfg.withDefaults()
	if cfg.Buffers == scratch.Ring && !cfg.Uring {
		return nil, errNoRing
	}
	ep, err := syscalls.NewEpoll()
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	wake, err := syscalls.NewEventfd()
	if err != nil {
		ep.Close()
		return nil, err
	}
	l := &Loop{cfg: cfg, ep: ep, wake: wake, events: make([]syscalls.Event, maxEvents), discard: make([]byte, 16<<10), linger: cfg.Linger}
	l.sweeper = newSweeper(&l.cfg)
	l.out = engine.NewOutput(cfg.Write, &l.pool)
	l.buffers = scratch.New(cfg.Buffers, cfg.BufferSize, &l.pool)
	l.cfg.Engine.Pool = &l.pool
	if cfg.Handler != nil {
		l.cfg.Engine.Handler = messages{l}
	}
	if l.cfg.NewProtocol == nil {
		l.cfg.NewProtocol = func(*scratch.Pool) Protocol { return engine.New(&l.cfg.Engine) }
	}
	if cfg.Uring {
		if l.ring, err = newUring(l); err != nil {
			l.Close()
			return nil, err
		}
		return l, nil
	}
	if errno := ep.Add(wake.FD(), syscalls.EPOLLIN, wakeData); errno != 0 {
		l.Close()
		return nil, os.NewSyscallError("epoll_ctl", errno)
	}
	return l, nil
}

// Run drives the loop on the calling goroutine, which it locks to its thread,
// until there is neither a listener nor a connection nor a Sender, or epoll
// fails; then it closes what is still open and releases the loop. The caller
// has not locked the thread itself.
func (l *Loop) Run() error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer l.Close() // on the thread that a ring belongs to
	y := yielder{onThread: l.cfg.OnThread, stay: l.ring != nil}
	for !l.Done() {
		if err := y.settle(); err != nil {
			return err
		}
		if err := l.turn(-1); err != nil {
			return err
		}
		y.yield(l.handled)
	}
	return nil
}

// Done tells that nothing is left to do: no listener, no connection, and no
// Sender that could bring one, or Shutdown has ended them all.
func (l *Loop) Done() bool {
	switch {
	case l.closed:
		return true
	case l.open > 0 || len(l.listeners) > 0:
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.todo) == 0 && (l.closing || l.senders == 0)
}

// RunOnce waits until something is ready, but no longer than timeout (negative:
// for ever), and handles it: for use inside another loop, which FD wakes. The
// caller has locked its goroutine to its thread, and stays on that one.
func (l *Loop) RunOnce(timeout time.Duration) error {
	if err := l.turn(timeout); err != nil || l.ring == nil || l.closed {
		return err
	}
	return l.ring.submit() // the next turn may be long in coming
}

func (l *Loop) turn(timeout time.Duration) error {
	if l.closed {
		return nil
	}
	l.turning = true
	err := l.handle(timeout)
	l.turning = false
	if l.closeDue {
		l.Close()
	}
	return err
}

func (l *Loop) handle(timeout time.Duration) error {
	n, err := l.wait(timeout)
	if err != nil {
		return err
	}
	l.handled = n
	if l.ring != nil {
		l.ring.dispatch(n)
		n = 0
	}
	for i := range l.events[:n] {
		// What every message goes through is few functions deep, up to the
		// send; see syscalls.Recv.
		ev := &l.events[i]
		if c := l.conn(ev.Data()); c != nil && ev.Events == syscalls.EPOLLIN && c.state == open && !l.cfg.Drain {
			l.read(c)
			continue
		}
		l.dispatch(ev)
	}
	l.flushDirty()
	if l.sweeping() && l.sweeper.due(l.rested, l.handled) {
		l.sweep()
		l.flushDirty()
	}
	return nil
}

// FD is readable when RunOnce has something to do, besides the bounds in time
// of Config, for which it is to be called now and then. It stays the loop's,
// and is for the thread that calls RunOnce to ask for.
func (l *Loop) FD() int {
	if l.ring != nil {
		return l.ring.fd()
	}
	return l.ep.FD()
}

func (l *Loop) dispatch(ev *syscalls.Event) {
	switch data := ev.Data(); {
	case data == wakeData:
		l.wake.Drain()
		l.runTodo()
	case data&listenerData != 0:
		// An earlier event of the batch may have closed the listeners.
		if i := data &^ listenerData; i < uint64(len(l.listeners)) {
			l.accept(&l.listeners[i])
		}
	default:
		if c := l.conn(data); c != nil {
			l.ready(c, ev.Events)
		}
	}
}

// conn is the connection that an event with this data is of, or that has this
// ID; nil where there is none, or where it has ended and an accept has reused
// its descriptor.
func (l *Loop) conn(data uint64) *Conn {
	if c := l.conns.at(uint32(data)); c != nil && c.serial == uint32(data>>32) {
		return c
	}
	return nil
}

// Do has f run on the loop's goroutine, soon. Any goroutine may call it; it is
// false where the loop has ended: f is then never run, and what the loop left,
// such as Counters, may be read by anyone.
func (l *Loop) Do(f func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		return false
	}
	l.todo = append(l.todo, f)
	if len(l.todo) == 1 {
		l.wake.Signal()
		if l.outer != nil {
			// The kernel does not pass one eventfd's signal on to another.
			l.outer.Signal()
		}
	}
	return true
}

func (l *Loop) runTodo() {
	l.mu.Lock()
	todo := l.todo
	l.todo = nil
	l.mu.Unlock()
	for _, f := range todo {
		f()
	}
}

// Close closes every connection and releases the loop: at once, or when the
// present turn is over. It is the loop's goroutine's to call, or anybody's
// before Run.
func (l *Loop) Close() {
	if l.closeDue = l.turning; l.closed || l.turning {
		return
	}
	l.closed, l.closing = true, true
	if l.ring != nil {
		l.ring.r.Submit() // what was sent goes out
	}
	l.closeListeners()
	l.dropAll()
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.runTodo() // what came before the end is still owed
	l.dropAll() // what that adopted
	if l.ring != nil {
		l.ring.close()
	}
	l.wake.Close()
	l.ep.Close()
}

func (l *Loop) dropAll() {
	for c := range l.conns.all {
		l.drop(c, ErrLoopEnded)
	}
}
