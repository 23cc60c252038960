package reactor

import (
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
	// NewProtocol makes the protocol of a new connection, whose buffers come
	// from pool.
	NewProtocol func(pool *scratch.Pool) Protocol

	Buffers    scratch.Kind
	BufferSize int              // octets a read takes at most; 0: scratch.DefaultSize
	Write      engine.WriteMode // how answers are laid out
	Drain      bool             // read until EAGAIN instead of once a readable event
	FlushFrame bool             // send after each frame instead of after each read

	// OnThread is called on the loop's thread when Run begins, and again should
	// the loop find itself on another one: to pin it. nil: nothing is done.
	OnThread func(tid int) error

	// MaxQueue is how many octets one connection may leave unsent. 0: an answer
	// to the longest message, and what one read can add to it.
	MaxQueue  int
	Opening   engine.Opening // how connections begin; its MaxRequest is BufferSize at most
	Handshake time.Duration  // bound on the opening handshake, anew after each plain request; 0: 5 s
	Linger    time.Duration  // bound on the peer's part of closing; 0: 2 s

	// Idle is how long an open connection may be silent, give or take a
	// quarter; it is pinged when half of that is over. It ends connections
	// whose peer is gone without a word. 0: for ever.
	Idle time.Duration
}

func (c Config) withDefaults() Config {
	if c.BufferSize == 0 {
		c.BufferSize = scratch.DefaultSize
	}
	if c.MaxQueue == 0 {
		c.MaxQueue = engine.DefaultMaxMessage + 2*c.BufferSize
	}
	c.Opening.MaxRequest = min(c.Opening.Limit(), c.BufferSize) // a request is read whole
	if c.Handshake == 0 {
		c.Handshake = 5 * time.Second
	}
	if c.Linger == 0 {
		c.Linger = 2 * time.Second
	}
	return c
}

// Loop is one event loop. New makes it, Listen gives it connections, Run
// drives it until Shutdown has taken effect.
type Loop struct {
	cfg     Config
	ep      syscalls.Epoll
	wake    syscalls.Eventfd
	events  []syscalls.Event
	out     *engine.Output
	iov     []syscalls.Iovec
	pool    scratch.Pool
	buffers *scratch.Buffers
	discard []byte // what a closing connection still sends
	answer  []byte // the answer to a request before frames, until it is sent
	count   Counters
	handled int // events of the last RunOnce

	conns     []*conn // by descriptor
	open      int     // of those not nil
	serial    uint32  // tells one user of a descriptor from the next
	listeners []listener
	handshake expiry // connections whose opening handshake is due
	linger    expiry // connections whose peer's part of closing is due
	silence   sweeper
	closing   bool // Shutdown has begun
	closed    bool // everything is released

	mu    sync.Mutex
	todo  []func()
	ended bool
}

// Event data of the descriptors that are no connections.
const (
	wakeData     = ^uint64(0)
	listenerData = uint64(1) << 63 // plus the index in listeners
)

// maxEvents is how many ready descriptors one wait reports.
const maxEvents = 1024

// New makes a loop without listeners. Run, or Close if it is never run,
// releases it.
func New(cfg Config) (*Loop, error) {
	cfg = cfg.withDefaults()
	ep, err := syscalls.NewEpoll()
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	wake, err := syscalls.NewEventfd()
	if err != nil {
		ep.Close()
		return nil, err
	}
	l := &Loop{cfg: cfg, ep: ep, wake: wake, events: make([]syscalls.Event, maxEvents), discard: make([]byte, 16<<10)}
	l.silence = newSweeper(cfg.Idle)
	l.out = engine.NewOutput(cfg.Write, &l.pool)
	l.buffers = scratch.New(cfg.Buffers, cfg.BufferSize, &l.pool)
	if errno := ep.Add(wake.FD(), syscalls.EPOLLIN, wakeData); errno != 0 {
		l.Close()
		return nil, os.NewSyscallError("epoll_ctl", errno)
	}
	return l, nil
}

// Run drives the loop on the calling goroutine, which it locks to its thread,
// until Shutdown has taken effect or epoll fails; then it closes what is still
// open and releases the loop. The caller has not locked the thread itself.
func (l *Loop) Run() error {
	defer l.Close()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	y := yielder{onThread: l.cfg.OnThread}
	for !l.done() {
		if err := y.settle(); err != nil {
			return err
		}
		if err := l.RunOnce(-1); err != nil {
			return err
		}
		y.yield(l.handled)
	}
	return nil
}

func (l *Loop) done() bool { return l.closing && l.open == 0 && len(l.listeners) == 0 }

// RunOnce waits until something is ready, but no longer than timeout (negative:
// for ever), and handles it.
func (l *Loop) RunOnce(timeout time.Duration) error {
	n, err := l.wait(timeout)
	if err != nil {
		return err
	}
	l.handled = n
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
	if l.handshake.pending() || l.linger.pending() || len(l.listeners) > 0 && l.paused() {
		l.expire(time.Now())
	}
	if l.silence.due(n) {
		l.sweep()
	}
	return nil
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

// conn is the connection that an event with this data is of; nil where there
// is none, or where an earlier event of the batch has ended it and an accept
// has reused its descriptor.
func (l *Loop) conn(data uint64) *conn {
	if fd := uint64(uint32(data)); fd < uint64(len(l.conns)) {
		if c := l.conns[fd]; c != nil && c.serial == uint32(data>>32) {
			return c
		}
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

// Close closes every connection at once and releases the loop. It is the
// loop's goroutine's to call, or anybody's before Run.
func (l *Loop) Close() {
	if l.closed {
		return
	}
	l.closed = true
	l.closeListeners()
	for _, c := range l.conns {
		if c != nil {
			l.drop(c)
		}
	}
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.runTodo() // what came before the end is still owed
	l.wake.Close()
	l.ep.Close()
}
