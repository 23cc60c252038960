package reactor

import (
	"runtime"
	"time"

	"wsbench/syscalls"
)

// yielder lets the Go scheduler have the loop's thread every few milliseconds.
//
// The runtime's monitor asks a goroutine that has run for 10 ms to give way,
// and a goroutine on a locked thread gives way by two thread switches: another
// thread takes the P, finds the goroutine, and hands the P back. A goroutine
// that yields by itself, while it is not locked, is rescheduled on the thread
// it is on, without a switch. For that GOMAXPROCS must be no larger than the
// number of loops: an idle P would be woken to look for work.
type yielder struct {
	onThread func(tid int) error
	stay     bool // on this thread: the loop's ring is its
	tid      int
	handled  int // events since the clock was last read
	last     time.Time
}

const (
	yieldAfter = 4 * time.Millisecond
	// yieldEvents bounds how often the clock is read: handling one event takes
	// some microseconds.
	yieldEvents = 256
)

// yield gives way if it is time to; handled is the events since the last call.
func (y *yielder) yield(handled int) {
	if y.handled += handled; y.handled < yieldEvents || y.stay {
		return
	}
	y.handled = 0
	if now := time.Now(); now.Sub(y.last) >= yieldAfter {
		y.last = now
		runtime.UnlockOSThread()
		runtime.Gosched()
		runtime.LockOSThread()
		y.tid = -y.tid // check it
	}
}

// settle calls onThread where the goroutine is on a thread it was not on
// before.
func (y *yielder) settle() error {
	if y.tid > 0 {
		return nil
	}
	before := -y.tid
	y.tid = syscalls.ThreadID()
	if y.tid == before || y.onThread == nil {
		return nil
	}
	return y.onThread(y.tid)
}
