package syscalls

import (
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"wsbench/profiles/benchloop"
)

// BenchmarkSignal is what it costs to wake a loop that is awake: the signal,
// and what the loop does to see it.
func BenchmarkSignal(b *testing.B) {
	for _, via := range doorVias {
		b.Run("via="+via, func(b *testing.B) {
			needsDoor(b, via)
			lock(b)
			d := openDoor(b, via, true)
			defer d.close()
			benchloop.Begin(b)
			for b.Loop() {
				d.knock(d.address())
				d.await()
			}
			perMessage(b, d.calls(), b.N)
		})
	}
}

// BenchmarkWake is the time from a signal until a thread that sleeps for it
// runs. Two threads, on a CPU each where there are two, wake each other in
// turn; an operation is one wake-up, the other thread's falling asleep
// included. A CPU that goes idle meanwhile is a part of it: hosts differ.
//
//	via   eventfd-epoll: eventfd in an epoll set    eventfd-uring: the same
//	      polled by a ring    msgring: MSG_RING from the waker's own ring, in
//	      the system call in which it falls asleep    msgring-sync: SendMsgRing
//	wait  raw, or through the runtime
func BenchmarkWake(b *testing.B) {
	for _, via := range doorVias {
		for _, wait := range []string{"raw", "runtime"} {
			b.Run("via="+via+"/wait="+wait, func(b *testing.B) {
				if runtime.GOMAXPROCS(0) < 2 && wait == "raw" {
					b.Skip("GOMAXPROCS is 1: a raw wait would keep the only P")
				}
				needsDoor(b, via)
				wake(b, via, wait == "raw")
			})
		}
	}
}

func wake(b *testing.B, via string, raw bool) {
	lock(b)
	here, there := twoCPUs(b)
	noError(b, PinThread(here))
	mine := openDoor(b, via, raw)
	defer mine.close()
	addresses, ended := make(chan int), make(chan int)
	var stop atomic.Bool
	go func() {
		runtime.LockOSThread() // and never unlocked: the pinned thread ends
		PinThread(there)
		os.WriteFile(threadName, []byte("client"), 0)
		peer := openDoor(b, via, raw)
		addresses <- peer.address()
		for peer.await(); !stop.Load(); peer.await() {
			peer.knock(mine.address())
		}
		calls := peer.calls()
		peer.close()
		ended <- calls
	}()
	peer := <-addresses
	before, turns, left := mine.calls(), 0, 0
	benchloop.Begin(b)
	for b.Loop() {
		if left--; left > 0 {
			continue
		}
		mine.knock(peer)
		mine.await()
		turns, left = turns+1, 2
	}
	calls := mine.calls() - before
	stop.Store(true)
	mine.knock(peer)
	mine.flush()
	perMessage(b, calls+<-ended, 2*turns)
}

// twoCPUs are the first two CPUs, or the first one twice. The thread is put
// back at the end.
func twoCPUs(b testing.TB) (here, there CPUs) {
	list, err := Affinity()
	noError(b, err)
	b.Cleanup(func() { PinThread(list) })
	return list[:1], list[min(1, len(list)-1):][:1]
}

var doorVias = []string{"eventfd-epoll", "eventfd-uring", "msgring", "msgring-sync"}

func needsDoor(b *testing.B, via string) {
	if f, ring := map[string]Features{"eventfd-uring": PollMultishot, "msgring": MsgRing, "msgring-sync": MsgRingSync}[via]; ring {
		needs(b, f)
	}
}

// door is where a thread waits to be woken. All but address is that thread's.
type door struct {
	via string
	raw bool
	e   Eventfd
	p   Epoll
	evs []Event
	r   *Ring
	n   int // system calls, but the ring's
}

func openDoor(b *testing.B, via string, raw bool) *door {
	d := &door{via: via, raw: raw, evs: make([]Event, 1)}
	var err error
	if via == "eventfd-epoll" || via == "eventfd-uring" {
		d.e, err = NewEventfd()
		noError(b, err)
	}
	if via == "eventfd-epoll" {
		d.p, err = NewEpoll()
		noError(b, err)
		ok(b, d.p.Add(d.e.FD(), EPOLLIN, 0))
		return d
	}
	d.r, err = NewRing(RingOptions{})
	noError(b, err)
	if via == "eventfd-uring" {
		d.r.SQE().PrepPollMultishot(d.e.FD(), EPOLLIN, 1)
		d.r.SubmitAndWaitRaw(0, 0)
	}
	return d
}

func (d *door) address() int {
	if d.via == "eventfd-epoll" || d.via == "eventfd-uring" {
		return d.e.FD()
	}
	return d.r.FD()
}

func (d *door) calls() int {
	if d.r != nil {
		return d.n + int(d.r.Enters())
	}
	return d.n
}

func (d *door) close() {
	if d.r != nil {
		d.r.Close()
	}
	if d.via == "eventfd-epoll" {
		d.p.Close()
	}
	if d.via == "eventfd-epoll" || d.via == "eventfd-uring" {
		d.e.Close()
	}
}

// knock wakes whose address it is; msgring does so in the next await or flush.
func (d *door) knock(address int) {
	switch d.via {
	case "msgring":
		s := d.r.SQE()
		s.PrepMsgRing(address, 0, 1, 2)
		s.SkipSuccess()
	case "msgring-sync":
		d.n++
		SendMsgRing(address, 0, 1)
	default:
		d.n++
		Eventfd{address}.Signal()
	}
}

func (d *door) flush() {
	if d.r != nil {
		d.r.Submit()
	}
}

// await takes one knock.
func (d *door) await() {
	if d.r == nil {
		wait := Epoll.Wait
		if d.raw {
			wait = Epoll.WaitRaw
		}
		d.n += 2
		for n, _ := wait(d.p, d.evs, -1); n <= 0; n, _ = wait(d.p, d.evs, -1) {
			d.n++
		}
		d.e.Drain()
		return
	}
	wait := (*Ring).SubmitAndWait
	if d.raw {
		wait = (*Ring).SubmitAndWaitRaw
	}
	for got := false; !got; {
		wait(d.r, 1, time.Duration(-1))
		for cqes := d.r.CQEs(); len(cqes) > 0 && !got; cqes = d.r.CQEs() {
			got = cqes[0].UserData == 1
			d.r.Advance(1)
		}
	}
}
