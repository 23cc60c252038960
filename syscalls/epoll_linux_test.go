package syscalls

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// waits are the ways to wait, EINTR tolerated.
var waits = map[string]func(p Epoll, evs []Event, ms int) (int, syscall.Errno){
	"raw":     patient(Epoll.WaitRaw),
	"runtime": patient(Epoll.Wait),
	"fine": patient(func(p Epoll, evs []Event, ms int) (int, syscall.Errno) {
		return p.WaitRawFor(evs, time.Duration(ms)*time.Millisecond)
	}),
}

func patient(wait func(Epoll, []Event, int) (int, syscall.Errno)) func(Epoll, []Event, int) (int, syscall.Errno) {
	return func(p Epoll, evs []Event, ms int) (int, syscall.Errno) {
		for {
			if n, errno := wait(p, evs, ms); errno != syscall.EINTR {
				return n, errno
			}
		}
	}
}

func newEpoll(t testing.TB) Epoll {
	t.Helper()
	p, err := NewEpoll()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.Close() })
	return p
}

func ok(t testing.TB, errno syscall.Errno) {
	t.Helper()
	if errno != 0 {
		t.Fatal(errno)
	}
}

func TestEpoll(t *testing.T) {
	const one, two = 0xFEDCBA9876543210, 0x8000000000000001
	for name, wait := range waits {
		t.Run("wait="+name, func(t *testing.T) {
			p := newEpoll(t)
			client, server := tcpPair(t)
			expect := func(step string, events uint32, data uint64) {
				t.Helper()
				evs := make([]Event, 4)
				n, errno := wait(p, evs, 0)
				got, word := evs[0].Events, evs[0].Data()
				if want := min(int(events), 1); errno != 0 || n != want || n > 0 && (got != events || word != data) {
					t.Errorf("%s: %d events, %v, %#x with %#x; want %#x with %#x", step, n, errno, got, word, events, data)
				}
			}
			expect("empty", 0, 0)
			ok(t, p.Add(server, EPOLLIN, one))
			expect("nothing sent", 0, 0)
			Send(client, []byte("x"))
			await(t, server, unix.POLLIN)
			expect("sent", EPOLLIN, one)
			expect("level-triggered", EPOLLIN, one)
			ok(t, p.Mod(server, EPOLLOUT, two))
			expect("modified", EPOLLOUT, two)
			ok(t, p.Mod(server, EPOLLIN|EPOLLET, one))
			expect("edge", EPOLLIN, one)
			expect("no further edge", 0, 0)
			Send(client, []byte("y"))
			eventually(t, "both bytes are there", func() bool {
				n, _, _ := unix.Recvfrom(server, make([]byte, 2), unix.MSG_PEEK)
				return n == 2
			})
			expect("next edge", EPOLLIN, one)
			receive(t, server, 2)
			ok(t, ShutdownWrite(client))
			await(t, server, unix.POLLIN)
			ok(t, p.Mod(server, EPOLLIN|EPOLLRDHUP, two))
			expect("peer ended", EPOLLIN|EPOLLRDHUP, two)
			ok(t, p.Del(server))
			expect("removed", 0, 0)
		})
	}
}

func TestEpollErrors(t *testing.T) {
	p := newEpoll(t)
	_, fd := tcpPair(t)
	ok(t, p.Add(fd, EPOLLIN, 1))
	for name, c := range map[string]struct{ got, want syscall.Errno }{
		"add twice":    {p.Add(fd, EPOLLIN, 1), syscall.EEXIST},
		"add nothing":  {p.Add(-1, EPOLLIN, 1), syscall.EBADF},
		"add itself":   {p.Add(p.FD(), EPOLLIN, 1), syscall.EINVAL},
		"mod unknown":  {p.Mod(1, EPOLLIN, 1), syscall.ENOENT},
		"del unknown":  {p.Del(1), syscall.ENOENT},
		"no such file": {Epoll{-1}.Del(fd), syscall.EBADF},
	} {
		if c.got != c.want {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	for name, wait := range waits {
		if n, errno := wait(Epoll{-1}, make([]Event, 1), 0); n != -1 || errno != syscall.EBADF {
			t.Errorf("wait=%s on no epoll: %d, %v", name, n, errno)
		}
	}
}

// More are ready than there is room for: the others come next.
func TestEpollMoreReadyThanRoom(t *testing.T) {
	p := newEpoll(t)
	const fds = 10
	for i := range fds {
		e := newEventfd(t)
		ok(t, e.Signal())
		ok(t, p.Add(e.FD(), EPOLLIN, uint64(i)))
	}
	for name, wait := range waits {
		evs := make([]Event, 4)
		seen := map[uint64]bool{}
		for range 3 {
			n, errno := wait(p, evs[:4], 0)
			ok(t, errno)
			for _, e := range evs[:n] {
				seen[e.Data()] = true
			}
		}
		if len(seen) != fds {
			t.Errorf("wait=%s: %d of %d in three calls of 4", name, len(seen), fds)
		}
	}
}

func TestEpollTimeout(t *testing.T) {
	p := newEpoll(t)
	for name, wait := range waits {
		for _, ms := range []int{0, 1, 3} {
			if n, errno := wait(p, make([]Event, 1), ms); n != 0 || errno != 0 {
				t.Errorf("wait=%s for %d ms: %d, %v", name, ms, n, errno)
			}
		}
	}
}

// Who waits through the runtime leaves the only P to others. Who waits raw has
// to be interrupted before another can signal.
func TestEpollWaitLetsOthersRun(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	p, e := newEpoll(t), newEventfd(t)
	ok(t, p.Add(e.FD(), EPOLLIN, 7))
	const rounds = 5
	interrupted := 0
	for range rounds {
		go e.Signal()
		evs := make([]Event, 1)
		n, errno := p.Wait(evs, -1)
		if errno == syscall.EINTR {
			interrupted++
			n, errno = waits["runtime"](p, evs, -1)
		}
		if n != 1 || errno != 0 || evs[0].Data() != 7 {
			t.Errorf("%d, %v, %d", n, errno, evs[0].Data())
		}
		e.Drain()
	}
	if interrupted == rounds {
		t.Error("nobody ran until the wait was interrupted")
	}
}

func TestEpollWaitRawEndsBySignal(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2)) // WaitRaw keeps its P
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	p, tid := newEpoll(t), unix.Gettid()
	done, ended := make(chan bool), make(chan bool)
	go func() {
		defer close(ended)
		for {
			select {
			case <-done:
				return
			default:
				unix.Tgkill(unix.Getpid(), tid, unix.SIGURG)
				time.Sleep(time.Millisecond)
			}
		}
	}()
	n, errno := p.WaitRaw(make([]Event, 1), 60_000)
	close(done)
	<-ended
	if n != -1 || errno != syscall.EINTR {
		t.Errorf("%d, %v", n, errno)
	}
}
