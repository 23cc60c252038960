package peers

import (
	"errors"
	"iter"
)

// An Echo is a server with a connection in memory. It stands still within its
// Read, a coroutine, until Run has its client send. Whoever started it uses
// it, on one goroutine.
type Echo struct {
	feed *feed
	todo int // bursts still to send
	err  error
	next func() (struct{}, bool)
	stop func()
}

// Start makes the connection and its opening handshake.
func Start(s Server, c Case) (*Echo, error) {
	e := &Echo{feed: c.feed()}
	l, err := s.open(e.feed)
	if err != nil {
		return nil, err
	}
	e.next, e.stop = iter.Pull(func(yield func(struct{}) bool) {
		e.err = e.feed.serve(l, func() bool {
			if e.todo == 0 && !yield(struct{}{}) {
				return false
			}
			e.todo--
			return true
		})
	})
	_, ok := e.next() // to the first Read
	return e, e.failed(ok)
}

// Run lets the client send n bursts, one at least, and returns once the last is
// answered.
func (e *Echo) Run(n int) error {
	e.todo = n
	_, ok := e.next()
	return e.failed(ok)
}

// Calls returns the calls that the server has made on its connection in all.
func (e *Echo) Calls() (reads, writes int) { return e.feed.reads, e.feed.writes }

// Stop ends the connection.
func (e *Echo) Stop() { e.stop() }

func (e *Echo) failed(ok bool) error {
	switch {
	case ok:
		return nil
	case e.err == nil:
		return errors.New("peers: the connection has ended")
	}
	return e.err
}
