package syscalls

import (
	"errors"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var probed = sync.OnceValues(Probe)

// needs skips what this kernel's io_uring cannot do, and says so.
func needs(t testing.TB, f Features) {
	t.Helper()
	has, err := probed()
	if err != nil {
		t.Skip(err)
	}
	if !has.Has(f) {
		t.Skip("this kernel's io_uring lacks some of: ", f)
	}
}

// newRing locks the test to its thread.
func newRing(t testing.TB, opt RingOptions) *Ring {
	t.Helper()
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	r, err := NewRing(opt)
	if errors.Is(err, ErrNoUring) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { noError(t, r.Close()) })
	return r
}

// kernels are set-ups as kernels of several ages would take them.
var kernels = map[string]Features{
	"new":   0,
	"6.0":   NoSQArray | DeferTaskrun,
	"5.19":  NoSQArray | DeferTaskrun | SingleIssuer,
	"plain": setupFeatures,
}

func eachKernel(t *testing.T, f func(t *testing.T, r *Ring)) {
	for name, without := range kernels {
		t.Run("kernel="+name, func(t *testing.T) { f(t, newRing(t, RingOptions{Entries: 8, Without: without})) })
	}
}

func newBufRing(t testing.TB, r *Ring, opt BufRingOptions) *BufRing {
	t.Helper()
	b, err := r.NewBufRing(opt)
	noError(t, err)
	return b
}

func noError(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// completion submits what is queued and waits for the next completion.
func completion(t testing.TB, r *Ring) CQE {
	t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); {
		if cqes := r.CQEs(); len(cqes) > 0 {
			c := cqes[0]
			r.Advance(1)
			return c
		}
		if _, errno := r.SubmitAndWait(1, time.Second); errno != 0 && errno != syscall.EINTR {
			t.Fatal(errno)
		}
	}
	t.Fatal("no completion within a minute")
	return CQE{}
}

// completions are the next n, by user data.
func completions(t testing.TB, r *Ring, n int) map[uint64]CQE {
	t.Helper()
	all := map[uint64]CQE{}
	for range n {
		c := completion(t, r)
		all[c.UserData] = c
	}
	if len(all) != n {
		t.Fatalf("%d completions of %d operations", n, len(all))
	}
	return all
}

// quiet submits what is queued and wants nothing to come of it.
func quiet(t testing.TB, r *Ring, what string) {
	t.Helper()
	if _, errno := r.SubmitAndWait(1, 5*time.Millisecond); errno != 0 && errno != syscall.EINTR {
		t.Fatal(errno)
	}
	for _, c := range r.CQEs() {
		t.Fatalf("%s: completion %+v, %v", what, c, c.Errno())
	}
}

func expect(t testing.TB, what string, c CQE, userData uint64, res int32, more bool) {
	t.Helper()
	if c.UserData != userData || c.Res != res || c.More() != more {
		t.Fatalf("%s: %d of %#x (%v), more %v; want %d of %#x, more %v", what, c.Res, c.UserData, c.Errno(), c.More(), res, userData, more)
	}
}

func failed(e syscall.Errno) int32 { return -int32(e) }

// arrived waits until n bytes can be read from fd.
func arrived(t testing.TB, fd, n int) {
	t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); {
		if got, err := unix.IoctlGetInt(fd, unix.TIOCINQ); err != nil || got >= n {
			noError(t, err)
			return
		}
	}
	t.Fatalf("%d bytes did not arrive within a minute", n)
}
