package load

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/syscalls"
)

// Group is open connections to one server, and the threads that drive them.
// Only one goroutine at a time may call its methods.
type Group struct {
	cfg     Config
	remote  netip.AddrPort
	url     *url.URL
	threads []*thread
	halted  atomic.Bool // the run under way is to end early
	broken  error       // why there can be no further run

	// Of the run under way.
	present atomic.Int32 // threads that may still record
	edged   bool         // Edge was called at its beginning; written before thread 0 leaves
}

// Open connects to cfg.URL and does the opening handshakes of all connections.
// The caller closes the group. ctx and cfg.Timeout bound the opening only.
func Open(ctx context.Context, cfg Config) (*Group, error) {
	u, err := cfg.check()
	if err != nil {
		return nil, err
	}
	if cfg.Seed == 0 {
		cfg.Seed = rand.Uint64()
	}
	list, err := cfg.dialAll(ctx, u)
	if err != nil {
		return nil, err
	}
	g := &Group{cfg: cfg, remote: list[0].Remote, url: u}
	if err := g.divide(list); err != nil {
		return nil, errors.Join(fmt.Errorf("load: %w", err), g.Close())
	}
	return g, nil
}

// newOpener returns one for a thread.
func (g *Group) newOpener() *opener {
	return &opener{remote: g.remote, handshake: g.cfg.Offer.Handshake(g.url.Host, g.url.RequestURI()), under: map[int32]*asked{}}
}

// divide hands the connections to the threads, as evenly as they go.
func (g *Group) divide(list []wsclient.Raw) error {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], g.cfg.Seed)
	prepared := newFrames(&g.cfg, rand.NewChaCha8(seed))
	n := g.cfg.Threads
	for i := range n {
		from, to := i*len(list)/n, (i+1)*len(list)/n
		t := &thread{group: g, frames: prepared, first: from}
		t.pacer = newPacer(g.cfg.Rate, g.cfg.Depth, i, n)
		if err := t.adopt(&g.cfg, list[from:to]); err != nil {
			for _, d := range list[from:] {
				syscalls.Close(d.FD)
			}
			return err
		}
		g.threads = append(g.threads, t)
	}
	return nil
}

// Server lists the processes that listen where the connections go. It is empty
// where they cannot be found, as on another host, or are this process, whose CPU
// time would hold the generator's.
func (g *Group) Server() []int { return serversAt(g.remote) }

func serversAt(addr netip.AddrPort) []int {
	if !addr.Addr().IsLoopback() {
		return nil
	}
	pids, err := host.ListenerOwners(addr)
	if err != nil || slices.Contains(pids, os.Getpid()) {
		return nil
	}
	return pids
}

// Run puts load on the connections, for warmup without and then for d with
// measuring it. It may be called again and again: before it returns, every
// message in flight has come back, uncounted, and the connections stay up.
//
// The result holds what was measured also where there is an error: ctx's, if
// it ended the window early, or why the run could not go on. After an error
// of the second kind the group is good for Close only. Corrupted echoes do not
// end a run; they are counted in the result and are among its warnings.
func (g *Group) Run(ctx context.Context, warmup, d time.Duration) (Result, error) {
	switch {
	case g.broken != nil:
		return Result{Config: g.cfg}, fmt.Errorf("load: no run after a failed one: %w", g.broken)
	case d <= 0 || warmup < 0:
		return Result{Config: g.cfg}, fmt.Errorf("load: a window of %v after a warm-up of %v; the window must be above 0", d, warmup)
	}
	g.halted.Store(false)
	g.present.Store(int32(len(g.threads)))
	g.edged = false
	for _, t := range g.threads {
		t.reset(warmup, d)
	}
	release := g.watch(ctx)
	err := g.drive()
	release()
	if g.broken = err; g.lost() {
		g.broken = errors.New("connections or messages were lost")
	}
	if err == nil {
		err = ctx.Err()
	}
	r := g.collect()
	r.cut(err, d)
	return r, err
}

// lost reports whether the run has counted errors after which there is no further
// run on the same connections.
func (g *Group) lost() bool {
	return slices.ContainsFunc(g.threads, func(t *thread) bool { return len(t.errors) > 0 })
}

// drive runs all threads to their end and returns the first error.
func (g *Group) drive() error {
	var first sync.Once
	var err error
	var wg sync.WaitGroup
	for i, t := range g.threads {
		cpu := -1
		if len(g.cfg.CPUs) > 0 {
			cpu = g.cfg.CPUs[i%len(g.cfg.CPUs)]
		}
		wg.Go(func() {
			if e := t.main(&g.cfg, cpu); e != nil {
				first.Do(func() { err = e })
				g.halt()
			}
		})
	}
	wg.Wait()
	return err
}

// halt ends the run under way early. Any goroutine may call it while the
// group is open.
func (g *Group) halt() {
	g.halted.Store(true)
	for _, t := range g.threads {
		t.wake.Signal()
	}
}

// watch halts the run when ctx ends, until release is called.
func (g *Group) watch(ctx context.Context) (release func()) {
	ended := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(ended)
		g.halt()
	})
	return func() {
		if !stop() {
			<-ended
		}
	}
}

// hurry is how long a halted run, and Close, wait for a server; but for tests,
// which let a busy machine take longer, it is a constant.
var hurry = time.Second

// grace returns how long after the window an echo may come that belongs to it.
func (g *Group) grace() time.Duration { return g.hurried(g.cfg.Grace) }

// patience returns how long a drain may take.
func (g *Group) patience() time.Duration { return g.hurried(g.cfg.Timeout) }

func (g *Group) hurried(d time.Duration) time.Duration {
	if g.halted.Load() {
		return min(d, hurry)
	}
	return d
}

// Close does the closing handshake on every connection and closes it. It
// waits a second at most for servers that do not answer, and tells how many
// did not.
func (g *Group) Close() error {
	deadline := clock() + int64(min(g.cfg.Timeout, hurry))
	for _, t := range g.threads {
		t.sayClose()
	}
	silent := 0
	for _, t := range g.threads {
		silent += t.close(deadline)
		t.release()
	}
	g.threads = nil
	if g.broken == nil {
		g.broken = errors.New("the group is closed")
	}
	if silent > 0 {
		return fmt.Errorf("load: %d connections were not closed by the server within %v of the close frame", silent, hurry)
	}
	return nil
}
