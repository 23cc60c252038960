package syscalls

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// More entries than the queue has room for: they are submitted on the way, and
// both queues wrap around.
func TestRingOrder(t *testing.T) {
	eachKernel(t, func(t *testing.T, r *Ring) {
		for round := range uint64(5) {
			const n = 20
			for i := range uint64(n) {
				r.SQE().PrepNop(round*n + i)
			}
			for i := range uint64(n) {
				expect(t, "nop", completion(t, r), round*n+i, 0, false)
			}
		}
		if r.Queued() != 0 || r.Ready() != 0 || r.Lost() != 0 {
			t.Errorf("%d queued, %d ready, %d lost", r.Queued(), r.Ready(), r.Lost())
		}
	})
}

func TestRingCompletionOverflow(t *testing.T) {
	eachKernel(t, func(t *testing.T, r *Ring) {
		n := 3 * uint64(len(r.cqes))
		for i := range n {
			r.SQE().PrepNop(i)
		}
		r.Submit()
		if !r.Overflowed() || !r.Pending() || r.Ready() != len(r.cqes) {
			t.Errorf("overflow not seen: %d ready", r.Ready())
		}
		for i := range n {
			expect(t, "nop", completion(t, r), i, 0, false)
		}
		if r.Overflowed() || r.Lost() != 0 {
			t.Errorf("still, or %d lost", r.Lost())
		}
	})
}

// A bad entry does not stop those behind it, but where SubmitAll is missing
// until the next Submit.
func TestRingBadEntry(t *testing.T) {
	eachKernel(t, func(t *testing.T, r *Ring) {
		r.SQE().PrepNop(1)
		*r.SQE() = SQE{opcode: 255, userData: 2}
		r.SQE().PrepNop(3)
		n, errno := r.Submit()
		if want := map[bool]int{true: 3, false: 2}[r.Features().Has(SubmitAll)]; n != want || errno != 0 || r.Queued() != 3-n {
			t.Errorf("%d taken, %d left, %v; want %d taken", n, r.Queued(), errno, want)
		}
		all := completions(t, r, 3)
		if all[1].Res != 0 || all[2].Errno() != syscall.EINVAL || all[3].Res != 0 {
			t.Errorf("%+v", all)
		}
	})
}

func TestRingWaitEndsInTime(t *testing.T) {
	eachKernel(t, func(t *testing.T, r *Ring) {
		for name, wait := range map[string]func(int, time.Duration) (int, syscall.Errno){"runtime": r.SubmitAndWait, "raw": r.SubmitAndWaitRaw} {
			for _, d := range []time.Duration{0, 100 * time.Microsecond, 3 * time.Millisecond} {
				before := time.Now()
				_, errno := wait(1, d)
				if errno != 0 && errno != syscall.EINTR || errno == 0 && time.Since(before) < d {
					t.Errorf("wait=%s for %v: %v after %v", name, d, errno, time.Since(before))
				}
			}
			r.SQE().PrepNop(1)
			if n, errno := wait(1, time.Minute); n != 1 || errno != 0 || r.Ready() != 1 {
				t.Errorf("wait=%s: %d submitted, %d ready, %v", name, n, r.Ready(), errno)
			}
			enters := r.Enters()
			if n, errno := wait(1, -1); n != 0 || errno != 0 || r.Enters() != enters {
				t.Errorf("wait=%s with a completion at hand: %d, %v, %d system calls", name, n, errno, r.Enters()-enters)
			}
			r.Advance(1)
		}
	})
}

// A loop may spin without system calls until something happens.
func TestRingPending(t *testing.T) {
	r := newRing(t, RingOptions{})
	if !r.Features().Has(TaskrunFlag | DeferTaskrun) {
		t.Skip("this kernel's io_uring has no taskrun-flag or defer-taskrun")
	}
	client, server := tcpPair(t)
	b, err := MapMemory(64)
	noError(t, err)
	defer UnmapMemory(b)
	r.SQE().PrepRecv(server, b, 0, 1)
	quiet(t, r, "nothing sent")
	enters := r.Enters()
	r.SubmitAndWait(0, 0)
	if r.Pending() || r.Enters() != enters {
		t.Errorf("pending with nothing sent, or %d system calls", r.Enters()-enters)
	}
	Send(client, []byte("hello"))
	eventually(t, "it is pending", r.Pending)
	r.SubmitAndWait(0, 0)
	expect(t, "recv", completion(t, r), 1, 5, false)
	if r.Enters() != enters+1 || string(b[:5]) != "hello" {
		t.Errorf("%d system calls, %q", r.Enters()-enters, b[:5])
	}
}

// Who waits through the runtime leaves the only P to others.
func TestRingWaitLetsOthersRun(t *testing.T) {
	needs(t, PollMultishot)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	r, e := newRing(t, RingOptions{}), newEventfd(t)
	r.SQE().PrepPollMultishot(e.FD(), EPOLLIN, 7)
	for range 5 {
		go e.Signal()
		expect(t, "wake", completion(t, r), 7, EPOLLIN, true)
		e.Drain()
	}
}

func TestRingRawWaitEndsBySignal(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // it keeps its P
	r, tid := newRing(t, RingOptions{}), unix.Gettid()
	var done atomic.Bool
	ended := make(chan bool)
	go func() {
		defer close(ended)
		for !done.Load() {
			unix.Tgkill(unix.Getpid(), tid, unix.SIGURG)
			time.Sleep(time.Millisecond)
		}
	}()
	_, errno := r.SubmitAndWaitRaw(1, time.Minute)
	done.Store(true)
	<-ended
	if errno != syscall.EINTR {
		t.Error(errno)
	}
}

// A ring made disabled is the thread's that enables it, and nobody else's.
func TestRingEnable(t *testing.T) {
	r := newRing(t, RingOptions{Disabled: true})
	r.SQE().PrepNop(1)
	if _, errno := r.Submit(); errno != syscall.EBADFD {
		t.Errorf("before: %v", errno)
	}
	noError(t, r.Enable())
	expect(t, "nop", completion(t, r), 1, 0, false)
	if !r.Features().Has(SingleIssuer) {
		t.Skip("this kernel's io_uring has no single-issuer")
	}
	errs := make(chan syscall.Errno)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		r.SQE().PrepNop(2)
		_, errno := r.Submit()
		errs <- errno
	}()
	if errno := <-errs; errno != syscall.EEXIST {
		t.Errorf("by another thread: %v", errno)
	}
	expect(t, "nop", completion(t, r), 2, 0, false)
}

// CancelAll leaves every completion to be seen, those that found the queue full
// too.
func TestRingCancelAll(t *testing.T) {
	needs(t, AcceptMultishot|SyncCancel)
	for name, without := range kernels {
		t.Run("kernel="+name, func(t *testing.T) {
			r := newRing(t, RingOptions{Entries: 8, CQEntries: 8, Without: without})
			fd, _, err := Listen(loopback, ListenOptions{})
			noError(t, err)
			defer Close(fd)
			r.SQE().PrepAcceptMultishot(fd, 1)
			const nops = 30
			for range nops {
				r.SQE().PrepNop(2)
				r.Submit()
			}
			r.SQE().PrepNop(3) // never submitted
			if !r.CancelAll() {
				t.Error("the end cannot be waited for")
			}
			seen := map[uint64]int{}
			for {
				for _, c := range r.CQEs() {
					if seen[c.UserData]++; c.UserData == 1 && (c.Errno() != syscall.ECANCELED || c.More()) {
						t.Errorf("accept: %v, more %v", c.Errno(), c.More())
					}
				}
				if r.Advance(r.Ready()); !r.Overflowed() && r.Ready() == 0 {
					break
				}
				_, errno := r.SubmitAndWait(0, 0)
				ok(t, errno)
			}
			if seen[1] != 1 || seen[2] != nops || seen[3] != 0 {
				t.Errorf("completions by user_data: %v, want one of 1 and %d of 2", seen, nops)
			}
		})
	}
}

// Close ends what is in flight, so that nothing holds the descriptors.
func TestRingCloseInFlight(t *testing.T) {
	needs(t, AcceptMultishot|RecvMultishot|SyncCancel)
	before := openDescriptors()
	for name, without := range kernels {
		r := newRing(t, RingOptions{Without: without})
		b := newBufRing(t, r, BufRingOptions{Group: 1, Entries: 2, Size: 64})
		fd, addr, err := Listen(loopback, ListenOptions{})
		noError(t, err)
		client, err := Connect(addr)
		noError(t, err)
		await(t, fd, unix.POLLIN)
		server, errno := Accept4(fd)
		ok(t, errno)
		r.SQE().PrepAcceptMultishot(fd, 1)
		r.SQE().PrepRecvMultishot(server, b.Group(), 2)
		r.PrepTimeout(r.SQE(), time.Hour, 3)
		quiet(t, r, "armed")
		Close(fd)
		Close(server)
		noError(t, r.Close())
		if n, errno := Recv(client, make([]byte, 1)); n != 0 && errno != syscall.ECONNRESET {
			t.Errorf("kernel=%s: the connection is still open: %d, %v", name, n, errno)
		}
		again, _, err := Listen(addr, ListenOptions{})
		if err != nil {
			t.Errorf("kernel=%s: %v", name, err)
		}
		Close(client)
		Close(again)
		noError(t, r.Close()) // once more does nothing
	}
	if after := openDescriptors(); after != before {
		t.Errorf("%d descriptors open before, %d after", before, after)
	}
}

// One round trip: a multishot recv into a provided buffer, a send from it.
func TestRingAllocatesNothing(t *testing.T) {
	needs(t, RecvMultishot)
	r := newRing(t, RingOptions{})
	b := newBufRing(t, r, BufRingOptions{Group: 1, Entries: 4, Size: 2048})
	client, server := tcpPair(t)
	message := pattern(300)
	r.SQE().PrepRecvMultishot(server, b.Group(), 1)
	n := testing.AllocsPerRun(50, func() {
		Send(client, message)
		for recycled := false; !recycled; {
			r.SubmitAndWaitRaw(1, time.Second)
			cqes := r.CQEs()
			for i := range cqes {
				if c := &cqes[i]; c.UserData == 1 {
					data, _, _ := b.Take(c, c.BufferID(), int(c.Res))
					r.SQE().PrepSend(server, data, 0, 2|uint64(c.BufferID())<<8)
				} else {
					b.Recycle(uint16(c.UserData >> 8))
					recycled = true
				}
			}
			r.Advance(len(cqes))
		}
		Recv(client, message)
		r.PrepTimeout(r.SQE(), time.Hour, 3)
		r.SQE().PrepCancel(3, 4)
		r.SubmitAndWait(2, -1)
		r.Advance(r.Ready())
		SendMsgRing(-1, 0, 0)
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}
