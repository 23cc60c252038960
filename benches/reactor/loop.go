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
	tls     *tlsBuffers // nil: no connection has records
	segs    [][]byte
	pool    scratch.Pool
	frames  *scratch.Pool // of answers on their way from other goroutines
	aged    time.Time     // when the pool's Age was last called
	buffers *scratch.Buffers
	none    []byte       // where a connection without a buffer of its own keeps it
	spare   []*extra     // of connections that have become idle
	discard []byte       // what a closing connection still sends
	answer  []byte       // what requests before the handshake get
	asked   engine.Reply // to the request that opens a connection, meanwhile
	count   *Counters
	handled int  // events of the last RunOnce
	waited  bool // its wait took longer than busyWait

	conns  table
	open   int    // of those not nil
	serial uint32 // tells one user of a descriptor from the next
	acceptor
	sweeper  sweeper
	timers   timers
	pace     pace
	behind   bool                 // what is due was too much for one turn
	time     func() time.Duration // instead of the clock, in tests
	closing  bool                 // Shutdown has begun
	until    time.Duration        // when it ends what is still open
	closed   bool                 // everything is released
	turning  bool                 // events are being handled
	closeDue bool                 // Close was called meanwhile

	busy  *Conn   // whose bytes are processed
	echo  bool    // Echo was called for its message
	added int     // bytes queued for it meanwhile
	dirty []*Conn // others that were sent something

	code   int // what the handler closes busy with
	reason string

	shown       int        // bytes of the message that the handler is shown
	settled     []delivery // room for the next answers
	takeAnswers func()     // settleAll

	mu       sync.Mutex
	answers  []delivery        // given, and not taken yet
	outer    *syscalls.Eventfd // what another loop waits for, of a ring; nil: nobody asked
	todo     []func()
	taken    []func() // room for the next todo
	backlog  int      // bytes that Senders have in todo, or in what runs of it
	senders  int
	ending   bool      // all is released but what Do uses
	lateTodo int       // functions taken since
	ender    int       // thread that runs them
	finished sync.Cond // ended
	ended    bool
}

// Event data of the descriptors that are no connections.
const (
	wakeData     = ^uint64(0)
	listenerData = uint64(1) << 63 // plus the index in listeners
)

// maxEvents is how many ready descriptors one wait reports.
const maxEvents = 1024

// New makes a loop without listeners. Its error names the field of cfg that is
// out of range, or the system call that failed. Run, or Close if it is never run,
// releases it.
func New(cfg Config) (*Loop, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
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
	if l.count = cfg.Count; l.count == nil {
		l.count = &Counters{}
	}
	l.finished.L = &l.mu
	l.takeAnswers = l.settleAll
	l.frames = scratch.NewShared()
	l.retryAfter = acceptPause
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

// conn returns the connection that an event with this data is of, or that has
// this ID; nil where there is none, or where it has ended and an accept has
// reused its descriptor.
func (l *Loop) conn(data uint64) *Conn {
	if c := l.conns.at(uint32(data)); c != nil && c.serial == uint32(data>>32) {
		return c
	}
	return nil
}

// Do asks the loop to call f on its goroutine, soon. Any goroutine may call Do.
// It returns false once the loop has ended: f is then never called, all that Do
// took has been, and any goroutine may read what the loop left, such as
// Counters. While the last functions run, Do takes some thousand more; then it
// waits for the end, but does not take what those functions themselves ask for.
func (l *Loop) Do(f func()) bool {
	return l.do(0, f) == nil
}

// do does what Do does. size is what f counts against Config.MaxBacklog, 0 if
// it does not.
func (l *Loop) do(size int, f func()) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ask(size, f)
}

// ask does what do does for a caller that holds mu.
func (l *Loop) ask(size int, f func()) error {
	for l.lateTodo > maxLate && !l.ended && syscalls.ThreadID() != l.ender {
		l.finished.Wait()
	}
	switch {
	case l.ended || l.lateTodo > maxLate:
		return ErrLoopEnded
	case size > 0 && l.backlog > 0 && size > l.cfg.MaxBacklog-l.backlog:
		return ErrBacklog
	}
	if l.ending {
		l.lateTodo++
	}
	l.backlog += size
	l.todo = append(l.todo, f)
	if len(l.todo) == 1 {
		l.wake.Signal()
		if l.outer != nil {
			// The kernel does not pass one eventfd's signal on to another.
			l.outer.Signal()
		}
	}
	return nil
}

// keptTodo bounds the functions, and the deferred answers, that room is kept for.
const keptTodo = 1024

func (l *Loop) runTodo() {
	l.mu.Lock()
	todo, size := l.todo, l.backlog
	l.todo, l.taken = l.taken, nil
	l.mu.Unlock()
	for _, f := range todo {
		f()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.backlog -= size
	if clear(todo); cap(todo) <= keptTodo {
		l.taken = todo[:0]
	}
}

// Close closes every connection and releases the loop: at once, or when the
// present turn is over. What Do has taken still runs. Only the loop's goroutine
// may call it, or any one before Run.
func (l *Loop) Close() {
	if l.closeDue = l.turning; l.closed || l.turning {
		return
	}
	l.closed, l.closing = true, true
	if l.ring != nil {
		l.ring.r.Submit() // what was sent goes out
	}
	l.closeListeners()
	for c := range l.conns.all {
		l.drop(c, ErrLoopEnded)
	}
	if l.ring != nil {
		l.ring.close()
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for !l.end() {
		l.runTodo()
	}
}

// maxLate bounds the functions that Do takes while the last ones run: others,
// and these themselves, may ask for more without end.
const maxLate = 4096

// end releases what Do uses, which then refuses; false, and nothing is done,
// while there is something left to run.
func (l *Loop) end() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ending, l.ender = true, syscalls.ThreadID()
	if len(l.todo) > 0 {
		return false
	}
	l.ended = true
	l.finished.Broadcast()
	l.wake.Close()
	l.ep.Close()
	if l.outer != nil {
		l.outer.Close()
	}
	return true
}
