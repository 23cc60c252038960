package echo

import (
	"sync"
	"time"
)

// Sweeps after which a silent connection of the net backend is pinged and
// dropped. Idle takes dropAfter of them, so that a connection is pinged after a
// quarter to half of it, and dropped up to a quarter of it late. A reactor.Loop
// sweeps more often, and is late by a sixteenth at most.
const (
	pingAfter = 2
	dropAfter = 4
)

// ticking is a goroutine that works at intervals.
type ticking struct {
	end  chan struct{}
	done sync.WaitGroup
}

func (t *ticking) stop() {
	close(t.end)
	t.done.Wait()
}

// every calls f at intervals; 0 means never.
func every(interval time.Duration, f func()) *ticking {
	t := &ticking{end: make(chan struct{})}
	if interval == 0 {
		return t
	}
	t.done.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-t.end:
				return
			case <-tick.C:
				f()
			}
		}
	})
	return t
}

func (s *netServer) sweep() {
	for _, c := range s.list() {
		switch silent := c.silent.Add(1); {
		case silent > dropAfter:
			if c.drop() {
				s.count.silent.Add(1)
			}
		case silent == pingAfter:
			c.ping()
		}
	}
}

// drop ends the connection's reads and writes, whereupon its goroutine closes
// it; false where it is not open yet, or was dropped before.
func (c *netConn) drop() bool {
	if !c.upgraded.Swap(false) {
		return false
	}
	c.endBy(time.Now())
	return true
}

// ping sends a ping, unless the connection is busy: then its goroutine waits
// for a peer that does not read. A full socket takes no ping; the connection
// goes on without. One that took half of a ping is closed: what is sent next
// would be read as the rest of it. So is one of TLS, which sends nothing any
// more once a write was late.
func (c *netConn) ping() {
	if !c.mu.TryLock() {
		return
	}
	defer c.mu.Unlock()
	if c.eng == nil {
		return
	}
	c.out.Begin(nil)
	c.eng.Ping(c.out)
	c.limit(c.nc.SetWriteDeadline, pingPatience)
	defer c.limit(c.nc.SetWriteDeadline, 0)
	if n, err := c.send(); err != nil && (n > 0 || c.secure != nil) {
		c.close()
	}
}

// pingPatience is how long a full socket may hold up a sweep.
const pingPatience = 10 * time.Millisecond
