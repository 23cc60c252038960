package conform

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"syscall"
	"time"

	"wsbench/parse/opening"
)

// dialer opens a connection within a time. early are bytes that came along
// with the answer to the opening handshake.
type dialer func(ctx context.Context, within time.Duration) (conn net.Conn, early []byte, err error)

// watch opens the connections of a run, and finds out whether the server lives.
type watch struct {
	cases []Case
	dial  dialer
	terms

	mu     sync.Mutex
	count  int // of moments
	turns  []turn
	opened moment // when the server was last reached
	missed moment // when it was first not reached since then; zero: it was
	why    error  // it was not
	deaths []death
	dead   bool // the last of deaths is for good
}

// moment is a point in time, in the order of moments even where the clock tells
// no difference.
type moment struct {
	n  int
	at time.Time
}

// now returns the present moment; mu is locked.
func (w *watch) now() moment {
	w.count++
	return moment{w.count, time.Now()}
}

// attempt is a try to open a connection; conn is nil where it failed.
type attempt struct {
	conn  net.Conn
	early []byte
	began moment
}

// turn is the play of a case.
type turn struct {
	i            int    // the case's index
	began, ended moment // its connection
	lost         bool   // the peer ended TCP without a close frame
}

// death is a time in which the server could not be reached, behind one at which
// it could; back is zero where that did not end.
type death struct {
	opened, missed, back moment
}

var errDead = errors.New("the server died")

// again is how soon a server that was not reached is tried again.
const again = 50 * time.Millisecond

// unreached reports whether err is of a server that said nothing, which a dead
// one does.
func unreached(err error) bool { return err != nil && !errors.Is(err, opening.ErrResponse) }

// open opens a connection. It tries again for as long as it has patience; a
// server that nobody reaches then is dead, which is errDead from then on. One
// that comes back after it refused connections plays on; one that others
// reached, or that was there again at once, has failed the case.
func (w *watch) open(ctx context.Context) (o attempt, err error) {
	o, first := w.try(ctx)
	until := time.Now().Add(w.patience)
	refused := errors.Is(first, syscall.ECONNREFUSED)
	for err = first; unreached(err); refused = refused || errors.Is(err, syscall.ECONNREFUSED) {
		switch late := time.Now().After(until); {
		case err == errDead, late && w.bury():
			return o, errDead
		case late, ctx.Err() != nil:
			return o, first
		}
		time.Sleep(again)
		o, err = w.try(ctx)
	}
	if err == nil && first != nil && !refused {
		o.conn.Close()
		err = first
	}
	return o, err
}

// try dials once and keeps what that tells.
func (w *watch) try(ctx context.Context) (o attempt, err error) {
	w.mu.Lock()
	o.began = w.now()
	if w.dead {
		err = errDead
	}
	w.mu.Unlock()
	if err != nil {
		return o, err
	}
	o.conn, o.early, err = w.dial(ctx, w.toOpen())
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tried(o.began, err)
	return o, err
}

// tried keeps what came of a dial that began at a moment.
func (w *watch) tried(began moment, err error) {
	reached, missing := !unreached(err), w.missed.n > 0
	switch {
	case !reached && !missing:
		w.missed, w.why = w.now(), err
	case reached && !missing:
		w.opened = w.now()
	case reached && began.n > w.missed.n: // not if it was opened just before
		back := w.now()
		if errors.Is(w.why, syscall.ECONNREFUSED) {
			w.deaths = append(w.deaths, death{w.opened, w.missed, back})
		}
		w.opened, w.missed = back, moment{}
	}
}

// bury reports whether the server is dead: nobody has reached it for as long as
// it has patience.
func (w *watch) bury() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.dead && w.missed.n > 0 && time.Since(w.missed.at) > w.patience {
		w.dead = true
		w.deaths = append(w.deaths, death{opened: w.opened, missed: w.missed})
	}
	return w.dead
}

// settle opens a last connection where the server may have died since the last
// one.
func (w *watch) settle(ctx context.Context) {
	suspected := slices.ContainsFunc(w.turns, func(t turn) bool { return t.lost && t.ended.n > w.opened.n })
	if !suspected || w.dead {
		return
	}
	if o, err := w.open(ctx); err == nil {
		o.conn.Close()
	}
}

// played keeps how case i went, whose dial began at a moment.
func (w *watch) played(i int, began moment, r *record) {
	w.mu.Lock()
	defer w.mu.Unlock()
	lost := !r.came && !r.end.ours()
	w.turns = append(w.turns, turn{i, began, w.now(), lost})
}
