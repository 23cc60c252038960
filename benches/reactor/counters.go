package reactor

// Counters is what a loop has done since it began.
type Counters struct {
	Accepted     uint64 // connections accepted
	Open         uint64 // of those, still open
	Done         uint64 // of those, ended
	Frames       uint64 // whole frames handled
	Bytes        uint64 // bytes received
	Recvs        uint64 // recv calls
	Sends        uint64 // send and writev calls
	Waits        uint64 // epoll_wait calls, or io_uring_enter
	Calls        uint64 // system calls of these kinds: Recvs and Sends are none with io_uring
	EAGAINs      uint64 // recv and send calls that found the socket not ready
	Pauses       uint64 // times a connection was not read from until its peer took its answers
	Starved      uint64 // recvs that found no provided buffer (io_uring)
	AcceptErrors uint64 // accepts that failed, and had the loop wait or end
	Silent       uint64 // connections dropped with ErrSilent

	TLSRefused   uint64 // TLS connections ended by an alert of the loop's, for what their peer sent
	TLSTruncated uint64 // TLS connections ended with ErrTruncated
	TLSUpdates   uint64 // key updates of peers
	TLSUnkeyed   uint64 // TLS connections ended with ErrRekey
}

// Add returns the sum of c and d.
func (c Counters) Add(d Counters) Counters {
	c.Accepted += d.Accepted
	c.Open += d.Open
	c.Done += d.Done
	c.Frames += d.Frames
	c.Bytes += d.Bytes
	c.Recvs += d.Recvs
	c.Sends += d.Sends
	c.Waits += d.Waits
	c.Calls += d.Calls
	c.EAGAINs += d.EAGAINs
	c.Pauses += d.Pauses
	c.Silent += d.Silent
	c.Starved += d.Starved
	c.AcceptErrors += d.AcceptErrors
	c.TLSRefused += d.TLSRefused
	c.TLSTruncated += d.TLSTruncated
	c.TLSUpdates += d.TLSUpdates
	c.TLSUnkeyed += d.TLSUnkeyed
	return c
}

// Counters returns what the loop has done so far. Only the loop's goroutine may
// call it, by Do, or any one after Run.
func (l *Loop) Counters() Counters {
	c := *l.count
	l.derive(&c)
	return c
}

// derive sets those of c, the loop's, that follow from others.
func (l *Loop) derive(c *Counters) {
	c.Calls = c.Recvs + c.Sends + c.Waits
	if l.ring != nil {
		c.Waits = l.ring.r.Enters()
		c.Calls = c.Waits
	}
	c.Open = uint64(l.open)
	c.Done = c.Accepted - c.Open
}
