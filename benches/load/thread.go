package load

import (
	"fmt"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"

	"wsbench/benches/internal/wsclient"
	"wsbench/syscalls"
)

// thread is one event loop with its share of the connections. Between runs
// it is the group's; within one, its goroutine's. What every message touches
// comes first and close together, for the reason given at conn.
type thread struct {
	frames     frames
	echo       int // length of an echo's frame, bytes
	conns      []conn
	buf        []byte // what was received last; all connections share it
	now        int64  // clock of the latest event
	until      int64  // when the phase ends
	latency    *hdrhistogram.Histogram
	service    *hdrhistogram.Histogram // nil in a closed loop
	ponged     *hdrhistogram.Histogram // of a mix's pings, which are in latency too; else nil
	pongs      int64                   // of a mix, received
	turns      int                     // messages of a connection; 0: it stays
	opener     *opener                 // where turns is not 0
	handshakes *hdrhistogram.Histogram // where turns is not 0, ns from connect to the answer
	flying     int                     // messages in flight on all connections
	echoes     int64                   // of the run, in all phases
	sample     uint64                  // a message is compared if no bit of its number is in it
	ring       uint32                  // index mask of the flights
	phase      phase
	paced      bool // an open loop
	compare    bool // whether any message is compared
	quiet      bool // the last wait brought nothing
	secure     bool // connections are of TLS
	count      counters
	window     window
	pacer      pacer
	events     []syscalls.Event
	poll       syscalls.Epoll
	wake       syscalls.Eventfd // ends a wait when the group is to halt

	space  []byte // where secure: buf with headroom before it
	sealed []byte // where secure: what is sent

	cut    Segment
	pieces []piece // those with segments to send, by when they are due

	group      *Group
	first      int                 // number of the first of conns in the group
	length     time.Duration       // of the window
	answers    []answer            // of exchanges; nil: echoes are awaited
	statuses   map[int]int64       // of their answers, of the run, besides 200
	statusOK   int64               // answers with 200, of the run
	corruption *Corruption         // the first of the run
	errors     map[ErrorKind]int64 // of the run; corrupted answers are in count
}

// phase is a stage of a run.
type phase uint8

const (
	warming   phase = iota // load, nothing recorded
	measuring              // the window
	overtime               // of an open loop: what was due in the window is sent and comes back
	draining               // nothing is sent, what is in flight comes back unrecorded
	finished
	closing // Group.Close
)

// counters are what a thread counted within its window; corrupt and failed
// waits count in all phases.
type counters struct {
	messages, recvs, sends, waits, corrupt, opened int64
}

// wakeData marks the events of thread.wake.
const wakeData = ^uint64(0)

const (
	maxEvents = 512
	minBuffer = 64 << 10
	maxBuffer = 512 << 10
)

// adopt gives the thread its descriptors and its connections, which it then
// owns.
func (t *thread) adopt(cfg *Config, list []wsclient.Raw) (err error) {
	t.conns = make([]conn, len(list))
	for i, d := range list {
		t.conns[i] = conn{fd: int32(d.FD), id: int32(t.first + i), seq: uint64(t.first + i), early: d.Early}
		if d.Records != nil {
			t.secure, t.conns[i].tls = true, &secured{Records: d.Records}
		}
	}
	if t.poll, err = syscalls.NewEpoll(); err != nil {
		return err
	}
	if t.wake, err = syscalls.NewEventfd(); err != nil {
		t.poll.Close()
		return err
	}
	if errno := t.poll.Add(t.wake.FD(), syscalls.EPOLLIN, wakeData); errno != 0 {
		err = errno
	}
	for i := range t.conns {
		if errno := t.poll.Add(list[i].FD, syscalls.EPOLLIN, uint64(i)); errno != 0 {
			err = errno
		}
	}
	if err != nil {
		t.release()
		return fmt.Errorf("epoll_ctl: %w", err)
	}
	t.prepare(cfg)
	return nil
}

// prepare allocates what the loop works on.
func (t *thread) prepare(cfg *Config) {
	t.echo = len(t.frames.head) + cfg.Size
	t.paced = cfg.Rate > 0
	t.cut = cfg.Segment
	t.answers = newAnswers(cfg.Exchanges)
	t.compare = cfg.Verify != VerifyOff
	if cfg.Verify == VerifySample {
		t.sample = sampleMask
	}
	if t.turns = cfg.Turns; t.turns > 0 {
		t.opener = t.group.newOpener()
		for i := range t.conns {
			t.opened(&t.conns[i])
		}
	}
	size := 1
	for size < cfg.Depth {
		size *= 2
	}
	t.ring = uint32(size - 1)
	flights := make([]flight, size*len(t.conns))
	for i := range t.conns {
		t.conns[i].flights = flights[i*size:][:size:size]
		t.conns[i].next = t.frames.wrap(int32(i))
	}
	t.events = make([]syscalls.Event, maxEvents)
	t.buf = make([]byte, min(max(cfg.Depth*t.echo, minBuffer), maxBuffer))
	if t.secure {
		t.secures(cfg)
	}
}

// release closes the thread's own descriptors.
func (t *thread) release() {
	t.wake.Close()
	t.poll.Close()
}
