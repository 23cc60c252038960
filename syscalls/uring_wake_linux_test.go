package syscalls

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestCancel(t *testing.T) {
	needs(t, CancelFD)
	eachKernel(t, func(t *testing.T, r *Ring) {
		_, server := tcpPair(t)
		b := mapped(t, 8)
		r.SQE().PrepRecv(server, b, 0, 1)
		r.SQE().PrepRecv(server, b, 0, 2)
		r.SQE().PrepRecv(server, b, 0, 3)
		quiet(t, r, "nothing sent")
		r.SQE().PrepCancel(2, 4)
		all := completions(t, r, 2)
		if all[2].Errno() != syscall.ECANCELED || all[4].Res != 0 {
			t.Errorf("by user data: %+v", all)
		}
		r.SQE().PrepCancel(2, 5)
		expect(t, "cancel twice", completion(t, r), 5, failed(syscall.ENOENT), false)
		r.SQE().PrepCancelFD(server, false, 6)
		all = completions(t, r, 3)
		if all[1].Errno() != syscall.ECANCELED || all[3].Errno() != syscall.ECANCELED || all[6].Res != 2 {
			t.Errorf("by descriptor: %+v", all)
		}
	})
}

func TestShutdownAndClose(t *testing.T) {
	r := newRing(t, RingOptions{})
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	noError(t, err)
	defer unix.Close(fds[1])
	s := r.SQE()
	s.PrepShutdown(fds[0], unix.SHUT_WR, 1)
	s.Link()
	r.SQE().PrepClose(fds[0], 2)
	expect(t, "shutdown", completion(t, r), 1, 0, false)
	expect(t, "close", completion(t, r), 2, 0, false)
	if n, errno := Recv(fds[1], make([]byte, 1)); n != 0 || errno != 0 {
		t.Errorf("%d, %v", n, errno)
	}
}

func TestTimeouts(t *testing.T) {
	needs(t, Timeouts)
	eachKernel(t, func(t *testing.T, r *Ring) {
		_, server := tcpPair(t)
		before := time.Now()
		r.PrepTimeout(r.SQE(), 20*time.Millisecond, 2)
		r.PrepTimeout(r.SQE(), time.Millisecond, 1)
		r.PrepTimeout(r.SQE(), time.Hour, 3)
		expect(t, "the shorter", completion(t, r), 1, failed(syscall.ETIME), false)
		expect(t, "the longer", completion(t, r), 2, failed(syscall.ETIME), false)
		if d := time.Since(before); d < 20*time.Millisecond {
			t.Errorf("after %v", d)
		}
		r.SQE().PrepCancel(3, 4)
		if all := completions(t, r, 2); all[3].Errno() != syscall.ECANCELED || all[4].Res != 0 {
			t.Errorf("%+v", all)
		}
		s := r.SQE()
		s.PrepRecv(server, mapped(t, 8), 0, 5)
		s.Link()
		r.PrepLinkTimeout(r.SQE(), time.Millisecond, 6)
		if all := completions(t, r, 2); all[5].Errno() != syscall.ECANCELED || all[6].Errno() != syscall.ETIME {
			t.Errorf("linked: %+v", all)
		}
	})
}

// Each signal is seen, drained or not.
func TestRingEventfd(t *testing.T) {
	needs(t, PollMultishot)
	eachKernel(t, func(t *testing.T, r *Ring) {
		e := newEventfd(t)
		r.SQE().PrepPollMultishot(e.FD(), EPOLLIN, 1)
		quiet(t, r, "not signalled")
		for i := range 4 {
			sent := make(chan bool)
			go func() {
				e.Signal()
				close(sent)
			}()
			expect(t, "signal", completion(t, r), 1, EPOLLIN, true)
			<-sent
			if i > 1 {
				e.Drain()
			}
		}
		value := mapped(t, 8)
		e.Signal()
		expect(t, "signal", completion(t, r), 1, EPOLLIN, true)
		r.SQE().PrepRead(e.FD(), value, 2)
		expect(t, "read", completion(t, r), 2, 8, false)
		if value[0] != 1 {
			t.Errorf("counter %d", value[0])
		}
	})
}

// Two rings on two threads send a number to and fro, by ring and by call.
func TestMsgRing(t *testing.T) {
	needs(t, MsgRing)
	eachKernel(t, func(t *testing.T, r *Ring) {
		there := make(chan int)
		ended := make(chan bool)
		go func() {
			defer close(ended)
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			other, err := NewRing(RingOptions{Without: setupFeatures &^ r.Features()})
			if err != nil {
				t.Error(err)
				close(there)
				return
			}
			defer other.Close()
			there <- other.FD()
			for n := int32(0); n < 10; {
				other.SubmitAndWait(1, time.Second)
				for _, c := range other.CQEs() {
					other.Advance(1)
					if c.UserData == 1 {
						n = c.Res
						s := other.SQE()
						s.PrepMsgRing(r.FD(), n+1, 2, 3)
						s.SkipSuccess()
					}
				}
			}
			other.SubmitAndWait(0, 0)
		}()
		other, started := <-there
		if !started {
			t.FailNow()
		}
		for n := int32(1); n < 12; n += 2 {
			r.SQE().PrepMsgRing(other, n, 1, 4)
			all := completions(t, r, 2)
			if all[4].Res != 0 || all[2].Res != n+1 {
				t.Fatalf("%+v", all)
			}
		}
		<-ended
	})
}

// Threads without a ring wake one.
func TestSendMsgRing(t *testing.T) {
	needs(t, MsgRingSync)
	eachKernel(t, func(t *testing.T, r *Ring) {
		for i := range uint64(5) {
			errs := make(chan syscall.Errno, 1)
			go func() { errs <- SendMsgRing(r.FD(), 7, i) }()
			expect(t, "message", completion(t, r), i, 7, false)
			ok(t, <-errs)
		}
		if errno := SendMsgRing(-1, 0, 0); errno != syscall.EBADF {
			t.Errorf("to nobody: %v", errno)
		}
	})
}
