package echo

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"wsbench/benches/reactor"
	"wsbench/parse"
	"wsbench/scratch"
	"wsbench/syscalls"
)

// Handler is where messages are answered.
type Handler string

// The places to answer messages. Answers of a connection leave in the order of
// its messages in all of them: those that wait are a queue of the connection,
// and no two goroutines take from one queue at a time.
const (
	OnLoop     Handler = ""          // on the loop, where they arrive; spelled loop
	PerMessage Handler = "goroutine" // on a goroutine that is started for each
	OnPool     Handler = "pool"      // on a fixed number of goroutines
	OnThread   Handler = "thread"    // on one goroutine per loop, locked to a thread
)

// String returns the name that ParseHandler reads.
func (h Handler) String() string {
	if h == OnLoop {
		return "loop"
	}
	return string(h)
}

// ParseHandler reads loop, goroutine, pool or thread.
func ParseHandler(s string) (Handler, error) {
	all := []Handler{OnLoop, PerMessage, OnPool, OnThread}
	if i := slices.IndexFunc(all, func(h Handler) bool { return h.String() == s }); i >= 0 {
		return all[i], nil
	}
	return OnLoop, fmt.Errorf("handler %q: want loop, goroutine, pool or thread", s)
}

// Bounds of Options.Pool.
const (
	DefaultPool = 4
	MaxPool     = 1024
)

// aloneOnLoop are the switches of answers that a loop gives itself.
var aloneOnLoop = map[string]string{
	"write":   "its answers are copies, not laid out where the messages arrived",
	"flush":   "its answers leave when the loop has taken those that are given",
	"message": "a handler gets whole messages",
}

// without returns why a flag has no effect with h; "" where it has one.
func (h Handler) without(flag string) string {
	if h == OnLoop {
		return ""
	}
	return aloneOnLoop[flag]
}

// validateHandler refuses what does not go together with Options.Handler.
func (o Options) validateHandler() error {
	if o.Handler == OnLoop {
		return nil
	}
	if _, err := ParseHandler(o.Handler.String()); err != nil {
		return err
	}
	k, _ := kindOf(o.IO)
	why := k.without["handler"]
	switch {
	case why != "":
		return fmt.Errorf("handler %v: not with -io %s: %s; leave -handler at loop", o.Handler, o.IO, why)
	case o.Handler == OnPool && (o.Pool < 1 || o.Pool > MaxPool):
		return fmt.Errorf("pool %d: want 1 to %d goroutines", o.Pool, MaxPool)
	case o.Parts:
		return fmt.Errorf("message parts: with -handler %v %s; leave -message at whole", o.Handler, aloneOnLoop["message"])
	case o.Background == "apart" && len(o.Pin) > 0:
		return fmt.Errorf("background apart: with -handler %v messages are answered on the runtime's threads, which share the loops' CPUs; use same", o.Handler)
	}
	return nil
}

// handler returns the switches of Options.Handler in force, for String.
func (o Options) handler() string {
	s := fmt.Sprintf(" handler=%v", o.Handler)
	if o.Handler == OnPool {
		s += fmt.Sprintf(" pool=%d", o.Pool)
	}
	return s
}

// besideCPUs returns how many goroutines are to answer, or to do TLS handshakes,
// at a time beside the loops.
func (o Options) besideCPUs() int {
	if o.Handler == OnLoop && o.TLS == TLSOff {
		return 0
	}
	cpus := o.Pin
	if len(cpus) == 0 || o.Background == "apart" {
		cpus, _ = syscalls.Affinity()
	}
	n := max(1, len(cpus)-o.Workers)
	if o.Handler != PerMessage && o.TLS == TLSOff {
		n = min(n, o.answering(o.Handler))
	}
	return n
}

// answering returns how many goroutines answer in one place.
func (o Options) answering(place Handler) int {
	if place == OnThread {
		return o.Workers
	}
	return o.Pool
}

// handlers answer the messages of all loops on goroutines of their own.
type handlers struct {
	cost  cost
	ended atomic.Bool    // nothing is burnt any more
	locks bool           // each goroutine keeps its thread
	pool  *scratch.Pool  // of the messages' copies
	tasks chan *inbox    // those that have a message and no goroutine; nil: each message starts one
	going sync.WaitGroup // inboxes in tasks, or in the hands of those who take from it
	done  sync.WaitGroup
}

// waitingInboxes is how many connections may wait for a goroutine of the pool
// before the loop does.
const waitingInboxes = 4096

// newHandlers returns what answers messages beside the loops; nil where they
// answer themselves.
func newHandlers(o Options) *handlers {
	if o.Handler == OnLoop {
		return nil
	}
	h := &handlers{cost: o.cost(), locks: o.Handler == OnThread, pool: scratch.NewShared()}
	if o.Handler != PerMessage {
		h.tasks = make(chan *inbox, waitingInboxes)
	}
	return h
}

// start begins the goroutines of a pool of size n. The returned function ends
// them, once no loop runs any more, and waits for all messages to be answered.
func (h *handlers) start(n int) (stop func()) {
	if h == nil {
		return func() {}
	}
	aging := every(scratch.AgeInterval, h.pool.Age)
	if h.tasks != nil {
		for range n {
			h.done.Go(h.work)
		}
	}
	return func() {
		h.ended.Store(true)
		if h.tasks != nil {
			h.going.Wait()
			close(h.tasks)
		}
		h.done.Wait()
		aging.stop()
	}
}

// turn is how many messages of a connection a goroutine of the pool answers
// before it takes those of another that waits.
const turn = 64

// work is one goroutine of the pool.
func (h *handlers) work() {
	if h.locks {
		runtime.LockOSThread() // for good: the thread ends with it
	}
	for b := range h.tasks {
		for !h.turn(b) && !h.queue(b) {
		}
	}
}

// turn answers up to turn messages of b, and is true where those were all.
func (h *handlers) turn(b *inbox) (done bool) {
	for n := 0; n < turn && !done; n++ {
		h.answer(b.first())
		done = !b.next()
	}
	if done {
		h.going.Done()
	}
	return done
}

// queue puts b behind those that wait for a goroutine; false where they are too
// many. It does not wait: a goroutine of the pool would then wait for itself.
func (h *handlers) queue(b *inbox) bool {
	select {
	case h.tasks <- b:
		return true
	default:
		return false
	}
}

// one answers a message of b and starts a goroutine for the next.
func (h *handlers) one(b *inbox) {
	h.answer(b.first())
	if b.next() {
		h.done.Go(func() { h.one(b) })
	}
}

func (h *handlers) answer(m message) {
	if !h.ended.Load() {
		h.cost.messages(1)
	}
	if m.request {
		m.Proceed()
		return
	}
	m.Answer(m.op, m.payload) // an error says that the loop has ended
	h.pool.Put(m.payload)
}

// Open implements reactor.Handler.
func (h *handlers) Open(c *reactor.Conn) { c.Data = &inbox{} }

// Message implements reactor.Handler.
func (h *handlers) Message(c *reactor.Conn, op parse.Opcode, payload []byte) {
	h.take(c.Data.(*inbox), message{Deferred: c.Defer(), op: op, payload: append(h.pool.Get(len(payload)), payload...)})
}

// request hands over a request that waits: see reactor.Config.Waiting.
func (h *handlers) request(d reactor.Deferred) { h.take(&inbox{}, message{Deferred: d, request: true}) }

// take puts m into the inbox of its connection, and that into the hands of a
// goroutine.
func (h *handlers) take(b *inbox, m message) {
	switch {
	case !b.put(m):
	case h.tasks != nil:
		h.going.Add(1)
		h.tasks <- b
	default:
		h.done.Go(func() { h.one(b) })
	}
}

// Close implements reactor.Handler.
func (h *handlers) Close(*reactor.Conn, error) {}

// message is one that is to be answered. Its payload is of handlers.pool.
type message struct {
	reactor.Deferred
	op      parse.Opcode
	payload []byte
	request bool // it is a request that waits
}

// inbox is the messages of one connection that are not answered yet, in order.
// The first is in the hands of a goroutine. reactor.Conn.Defer bounds it.
type inbox struct {
	mu   sync.Mutex
	list []message
	head int // of list
}

// put adds m. It is true where no goroutine has the inbox.
func (b *inbox) put(m message) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, m)
	return len(b.list) == b.head+1
}

// first returns the message to answer.
func (b *inbox) first() message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.list[b.head]
}

// next takes the first message out, and is false where it was the last.
func (b *inbox) next() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list[b.head] = message{}
	if b.head++; b.head < len(b.list) {
		if 2*b.head >= cap(b.list) { // it need never have run empty
			n := copy(b.list, b.list[b.head:])
			clear(b.list[n:])
			b.list, b.head = b.list[:n], 0
		}
		return true
	}
	b.list, b.head = b.list[:0], 0
	return false
}
