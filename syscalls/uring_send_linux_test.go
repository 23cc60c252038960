package syscalls

import (
	"bytes"
	"os"
	"os/signal"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// big fills the socket buffers of loopback several times.
const big = 16 << 20

// mapped is memory that the kernel may hold, with a pattern in it.
func mapped(t testing.TB, n int) []byte {
	t.Helper()
	b, err := MapMemory(n)
	noError(t, err)
	t.Cleanup(func() { UnmapMemory(b) })
	copy(b, pattern(n))
	return b
}

func TestSend(t *testing.T) {
	eachKernel(t, func(t *testing.T, r *Ring) {
		client, server := tcpPair(t)
		b := mapped(t, 300)
		r.SQE().PrepSend(client, b, 0, 1)
		expect(t, "send", completion(t, r), 1, 300, false)
		if !bytes.Equal(receive(t, server, 300), b) {
			t.Error("other bytes")
		}
	})
}

// What does not fit: a send is short, or waits for the whole of it.
func TestSendShort(t *testing.T) {
	eachKernel(t, func(t *testing.T, r *Ring) {
		b := mapped(t, big)
		client, server := tcpPair(t)
		sent := int32(0)
		for full := false; !full; {
			r.SQE().PrepSend(client, b[sent:], unix.MSG_DONTWAIT, 1)
			c := completion(t, r)
			if full = c.Errno() == syscall.EAGAIN; !full && (c.Res <= 0 || c.Res >= big) {
				t.Fatalf("%d of %d bytes, %v", c.Res, big, c.Errno())
			}
			sent += max(c.Res, 0)
		}
		r.SQE().PrepSend(client, b[sent:], unix.MSG_WAITALL, 3)
		quiet(t, r, "full")
		got := []byte(nil)
		for len(got) < big {
			r.SubmitAndWait(0, 0)
			got = append(got, receive(t, server, min(64<<10, big-len(got)))...)
		}
		expect(t, "the rest", completion(t, r), 3, big-sent, false)
		if !bytes.Equal(got, b) {
			t.Error("other bytes")
		}
	})
}

// Without MSG_WAITALL or MSG_DONTWAIT, a send waits for room for some.
func TestSendWaits(t *testing.T) {
	eachKernel(t, func(t *testing.T, r *Ring) {
		b := mapped(t, big)
		client, server := tcpPair(t)
		for full := false; !full; {
			_, errno := Send(client, b)
			full = errno == syscall.EAGAIN
		}
		r.SQE().PrepSend(client, b, 0, 1)
		quiet(t, r, "full")
		drained := make([]byte, 1<<20)
		for r.Ready() == 0 {
			Recv(server, drained)
			r.SubmitAndWait(0, 0)
		}
		if c := completion(t, r); c.Res <= 0 || c.Res >= big {
			t.Errorf("%d of %d bytes, %v", c.Res, big, c.Errno())
		}
	})
}

// A broken connection is an error, never a signal, and the buffer comes back.
func TestSendBroken(t *testing.T) {
	needs(t, ProvidedBuffers)
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGPIPE, syscall.SIGWINCH)
	defer signal.Stop(signals)
	r := newRing(t, RingOptions{})
	b := newBufRing(t, r, BufRingOptions{Group: 1, Entries: 1, Size: 8})
	client, server := tcpPair(t)
	r.SQE().PrepRecvMultishot(server, b.Group(), 1)
	for range 3 { // one buffer, used thrice
		Send(client, []byte("x"))
		c := completion(t, r)
		expect(t, "recv", c, 1, 1, true)
		unix.Shutdown(server, unix.SHUT_WR)
		r.SQE().PrepSend(server, b.Buffer(c.BufferID()), 0, 2)
		expect(t, "send", completion(t, r), 2, failed(syscall.EPIPE), false)
		b.Recycle(c.BufferID())
	}
	syscall.Kill(os.Getpid(), syscall.SIGWINCH)
	if s := <-signals; s != syscall.SIGWINCH {
		t.Errorf("signal %v", s)
	}
}

func TestSendFixed(t *testing.T) {
	needs(t, SendFixed|RegisteredBuffers)
	eachKernel(t, func(t *testing.T, r *Ring) {
		one, two := mapped(t, 4096), mapped(t, 8192)
		noError(t, r.RegisterBuffers(one, two))
		client, server := tcpPair(t)
		r.SQE().PrepSendFixed(client, two[100:5000], 1, 0, 1)
		expect(t, "send", completion(t, r), 1, 4900, true)
		if !bytes.Equal(receive(t, server, 4900), two[100:5000]) {
			t.Error("send: other bytes")
		}
		if c := completion(t, r); !c.Notification() || c.More() || c.UserData != 1 {
			t.Errorf("no notification: %+v", c)
		}
		r.SQE().PrepWriteFixed(client, one[:10], 0, 2)
		expect(t, "write", completion(t, r), 2, 10, false)
		if !bytes.Equal(receive(t, server, 10), one[:10]) {
			t.Error("write: other bytes")
		}
		r.SQE().PrepWriteFixed(client, two[:10], 0, 3)
		expect(t, "of another buffer", completion(t, r), 3, failed(syscall.EFAULT), false)
		noError(t, r.UnregisterBuffers())
		if r.RegisterBuffers() == nil {
			t.Error("no buffers were registered")
		}
	})
}

// On slots of the registered files: accept, recv, send, close.
func TestRegisteredFiles(t *testing.T) {
	needs(t, RegisteredFiles|AcceptDirect|RecvMultishot|RegisteredRing|CancelFD)
	eachKernel(t, func(t *testing.T, r *Ring) {
		noError(t, r.RegisterFD())
		noError(t, r.RegisterFiles(2))
		b := newBufRing(t, r, BufRingOptions{Group: 1, Entries: 2, Size: 64})
		listener, addr := listenOn(t, loopback, ListenOptions{})
		noError(t, r.SetFile(1, listener))
		s := r.SQE()
		s.PrepAcceptDirect(1, 1)
		s.FixedFile()
		client := connectTo(t, addr)
		expect(t, "accept", completion(t, r), 1, 0, true)
		s = r.SQE()
		s.PrepRecvMultishot(0, b.Group(), 2)
		s.FixedFile()
		Send(client, []byte("hello"))
		c := completion(t, r)
		expect(t, "recv", c, 2, 5, true)
		s = r.SQE()
		s.PrepSend(0, b.Buffer(c.BufferID())[:5], 0, 3)
		s.FixedFile()
		s.SkipSuccess()
		if got := receiveWith(t, r, client, 5); string(got) != "hello" {
			t.Errorf("%q", got)
		}
		r.SQE().PrepCancelFD(0, true, 4)
		r.SQE().PrepCloseDirect(0, 5)
		all := completions(t, r, 3)
		if all[2].Errno() != syscall.ECANCELED || all[4].Res != 1 || all[5].Res != 0 {
			t.Errorf("%+v", all)
		}
		if n, errno := Recv(client, make([]byte, 1)); n != 0 || errno != 0 {
			await(t, client, unix.POLLIN)
			if n, errno := Recv(client, make([]byte, 1)); n != 0 || errno != 0 {
				t.Errorf("the connection is still open: %d, %v", n, errno)
			}
		}
		noError(t, r.SetFile(1, -1))
		if r.SetFile(2, listener) == nil {
			t.Error("a slot outside the table was set")
		}
		noError(t, r.UnregisterFiles())
		noError(t, r.UnregisterFD())
	})
}

// receiveWith submits first.
func receiveWith(t testing.TB, r *Ring, fd, n int) []byte {
	t.Helper()
	r.SubmitAndWait(0, 0)
	return receive(t, fd, n)
}
