package tls13

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"wsbench/benches/internal/waiting"
	"wsbench/syscalls"
)

// These tests need a kernel with TLS. make test-ktls runs them on two.

// kernelEnd is the side of a connection whose records are the kernel's.
type kernelEnd struct {
	conn net.Conn
	fd   int
	s    *Session
}

// kernel gives the session of conn to the kernel, or skips the test.
func kernel(t testing.TB, conn net.Conn, s *Session) *kernelEnd {
	t.Helper()
	e := &kernelEnd{conn, descriptor(t, conn), s}
	switch err := s.ToKernel(e.fd); {
	case errors.Is(err, syscalls.ErrNoTLS):
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	return e
}

// descriptor returns the one of conn, which stays open until the test ends.
func descriptor(t testing.TB, conn net.Conn) (fd int) {
	t.Helper()
	raw, err := conn.(*net.TCPConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	raw.Control(func(f uintptr) { fd = int(f) })
	return fd
}

// kernelPair returns a connection of made-up secrets between this package's records
// and the kernel's.
func kernelPair(t testing.TB, suite Suite) (*end, *kernelEnd) {
	t.Helper()
	client, server := tcpPair(t)
	in, out := Half{Suite: suite, Secret: secret(suite)}, Half{Suite: suite, Secret: secret(suite), Seq: 3}
	k := kernel(t, server, &Session{In: in, Out: out})
	return newEnd(t, client, &Session{In: out, Out: in}), k
}

func secret(s Suite) []byte {
	b := make([]byte, s.parameters().hash().Size())
	rand.Read(b)
	return b
}

// record receives what the kernel gives at a time.
func (e *kernelEnd) record(t testing.TB) (typ uint8, plain []byte, errno syscall.Errno) {
	t.Helper()
	b := make([]byte, 2*MaxPlaintext)
	n := 0
	waiting.For(t, "a record", func() bool {
		n, typ, errno = syscalls.RecvRecord(e.fd, b)
		return errno != syscall.EAGAIN
	})
	return typ, b[:max(n, 0)], errno
}

// receive returns n bytes of application data.
func (e *kernelEnd) receive(t testing.TB, n int) (data []byte) {
	t.Helper()
	for len(data) < n {
		typ, plain, errno := e.record(t)
		if typ != TypeApplicationData || errno != 0 {
			t.Fatalf("a record of type %d, %d bytes, %v, behind %d of %d bytes", typ, len(plain), errno, len(data), n)
		}
		data = append(data, plain...)
	}
	return data
}

// send sends application data.
func (e *kernelEnd) send(t testing.TB, b []byte) {
	t.Helper()
	for len(b) > 0 {
		n, errno := syscalls.Send(e.fd, b)
		switch errno {
		case 0:
			b = b[n:]
		case syscall.EAGAIN:
			time.Sleep(time.Millisecond)
		default:
			t.Fatal(errno)
		}
	}
}

func eachSuite(t *testing.T, f func(*testing.T, Suite)) {
	for _, s := range Suites {
		t.Run(s.String(), func(t *testing.T) { f(t, s) })
	}
}

// Records go both ways, from one byte to several records.
func TestKernelEcho(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		user, k := kernelPair(t, s)
		for _, n := range []int{1, 20, 125, 1400, MaxPlaintext - 1, MaxPlaintext, MaxPlaintext + 1, 100_000} {
			want := make([]byte, n)
			rand.Read(want)
			user.send(t, TypeApplicationData, want)
			got := k.receive(t, n)
			if !bytes.Equal(got, want) {
				t.Fatalf("%d bytes: the kernel received others", n)
			}
			sent := make(chan bool)
			go func() { defer close(sent); k.send(t, got) }()
			if got := user.receive(t, n); !bytes.Equal(got, want) {
				t.Fatalf("%d bytes: the kernel sent others", n)
			}
			<-sent
		}
	})
}

// A record that came in part gives nothing until it is whole; what was before it
// is received.
func TestKernelSplitRecord(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		user, k := kernelPair(t, s)
		first := bytes.Repeat([]byte("1"), 100)
		second := bytes.Repeat([]byte("2"), MaxPlaintext)
		for _, cut := range []int{1, headerLen, headerLen + 1, 1000, MaxPlaintext} {
			b := user.Seal(user.Seal(nil, TypeApplicationData, first), TypeApplicationData, second)
			cut += SealedSize(len(first))
			user.write(t, b[:cut])
			if got := k.receive(t, len(first)); !bytes.Equal(got, first) {
				t.Fatalf("cut at %d: %q", cut, got)
			}
			if n, _, errno := syscalls.RecvRecord(k.fd, make([]byte, 10)); errno != syscall.EAGAIN {
				t.Fatalf("cut at %d: %d bytes of a part of a record, %v", cut, n, errno)
			}
			user.write(t, b[cut:])
			if got := k.receive(t, len(second)); !bytes.Equal(got, second) {
				t.Fatalf("cut at %d: %d bytes, others than sent", cut, len(got))
			}
		}
	})
}

// A control record comes with its type, apart from the data before it and after
// it. A plain recv fails on it and takes nothing.
func TestKernelControlRecords(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		user, k := kernelPair(t, s)
		b := user.Seal(nil, TypeApplicationData, []byte("before"))
		b = user.SealAlert(b, UserCanceled)
		b = user.Seal(b, TypeApplicationData, []byte("after"))
		user.write(t, user.SealAlert(b, CloseNotify))
		if got := k.receive(t, 6); string(got) != "before" {
			t.Fatalf("%q", got)
		}
		waiting.For(t, "the alert", func() bool {
			n, errno := syscalls.Recv(k.fd, make([]byte, 100))
			if errno != syscall.EIO && errno != syscall.EAGAIN {
				t.Fatalf("recv before an alert: %d, %v; want EIO", n, errno)
			}
			return errno == syscall.EIO
		})
		k.alert(t, UserCanceled)
		if got := k.receive(t, 5); string(got) != "after" {
			t.Fatalf("%q", got)
		}
		k.alert(t, CloseNotify)
	})
}

// While a record is left, poll says so, but for a key update behind data: see
// TestKernelKeyUpdate.
func TestKernelPoll(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		user, k := kernelPair(t, s)
		b := user.Seal(nil, TypeApplicationData, []byte("before"))
		b = user.SealAlert(b, UserCanceled)
		b = user.Seal(b, TypeApplicationData, []byte("after"))
		b = user.SealAlert(b, UserCanceled)
		user.write(t, user.SealAlert(b, CloseNotify))
		for _, want := range []string{"before", "", "after", "", ""} {
			k.readable(t)
			n, errno := syscalls.Recv(k.fd, make([]byte, 100))
			if want == "" && errno == syscall.EIO {
				k.readable(t)
				k.record(t)
				continue
			}
			if n != len(want) || errno != 0 {
				t.Fatalf("recv: %d, %v; want %q", n, errno, want)
			}
		}
	})
}

// readable waits until there is something to receive.
func (e *kernelEnd) readable(t testing.TB) {
	t.Helper()
	fds := []unix.PollFd{{Fd: int32(e.fd), Events: unix.POLLIN}}
	waiting.For(t, "something to receive", func() bool {
		n, err := unix.Poll(fds, 0)
		return n == 1 && err == nil
	})
}

// alert receives an alert.
func (e *kernelEnd) alert(t testing.TB, want AlertError) {
	t.Helper()
	typ, plain, errno := e.record(t)
	if got, err := ParseAlert(plain); typ != TypeAlert || got != want || err != nil || errno != 0 {
		t.Fatalf("type %d: % x, %v; want the alert %v", typ, plain, errno, want)
	}
}

// control sends a control record.
func (e *kernelEnd) control(t testing.TB, typ uint8, plain []byte) {
	t.Helper()
	if n, errno := syscalls.SendRecord(e.fd, typ, plain); n != len(plain) || errno != 0 {
		t.Fatalf("sent %d of %d bytes: %v", n, len(plain), errno)
	}
}

// After a KeyUpdate both directions go on with new keys, on Linux 6.14 and later.
// Before it the kernel refuses them, and can still send an alert. A recv of the
// data before it looks ahead; 6.14 and later then let poll say nothing of what is
// left, so that only another recv finds it.
func TestKernelKeyUpdate(t *testing.T) {
	eachSuite(t, func(t *testing.T, s Suite) {
		user, k := kernelPair(t, s)
		b := user.Seal(nil, TypeApplicationData, []byte("before"))
		user.write(t, user.Seal(user.SealKeyUpdate(b, true), TypeApplicationData, []byte("new keys")))
		if got := k.receive(t, 6); string(got) != "before" {
			t.Fatalf("%q", got)
		}
		typ, plain, errno := k.record(t)
		if typ != TypeHandshake || !bytes.Equal(plain, KeyUpdateMessage(true)) || errno != 0 {
			t.Fatalf("type %d: % x, %v", typ, plain, errno)
		}
		k.s.In.Update()
		err := k.s.In.ToKernel(k.fd, syscalls.TLSReceive)
		if !rekeys(t) {
			if !errors.Is(err, syscall.EBUSY) {
				t.Fatalf("keys set again: %v, want EBUSY", err)
			}
			k.control(t, TypeAlert, AlertMessage(InternalError))
			if typ, plain := user.record(t); typ != TypeAlert || !bytes.Equal(plain, AlertMessage(InternalError)) {
				t.Fatalf("type %d: % x", typ, plain)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if got := k.receive(t, 8); string(got) != "new keys" {
			t.Fatalf("%q", got)
		}
		k.send(t, []byte("old "))
		k.control(t, TypeHandshake, KeyUpdateMessage(false))
		k.s.Out.Update()
		if err := k.s.Out.ToKernel(k.fd, syscalls.TLSSend); err != nil {
			t.Fatal(err)
		}
		k.send(t, []byte("new"))
		if got := user.receive(t, 7); string(got) != "old new" {
			t.Fatalf("%q", got)
		}
	})
}

// rekeys tells whether this kernel takes keys a second time.
func rekeys(t testing.TB) bool {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		t.Fatal(err)
	}
	var major, minor int
	fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor)
	return major > 6 || major == 6 && minor >= 14
}

// What is no record, or none of this key, is an error of the next receive. Later
// ones may wait instead.
func TestKernelRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		bad  func(*end) []byte
		want syscall.Errno
	}{
		{"a wrong tag", func(e *end) []byte {
			b := e.Seal(nil, TypeApplicationData, []byte("data"))
			b[len(b)-1] ^= 1
			return b
		}, syscall.EBADMSG},
		{"an over-long record", func(*end) []byte { return []byte{TypeApplicationData, 3, 3, 0x41, 1} }, syscall.EMSGSIZE},
		{"a record too short", func(*end) []byte { return []byte{TypeApplicationData, 3, 3, 0, 15} }, syscall.EBADMSG},
		{"plain HTTP", func(*end) []byte { return []byte("GET / HTTP/1.1\r\n\r\n") }, syscall.EINVAL},
	} {
		t.Run(c.name, func(t *testing.T) {
			user, k := kernelPair(t, AES128GCM)
			user.write(t, user.Seal(nil, TypeApplicationData, []byte("good")))
			if got := k.receive(t, 4); string(got) != "good" {
				t.Fatalf("%q", got)
			}
			user.write(t, c.bad(user))
			if _, plain, errno := k.record(t); errno != c.want {
				t.Errorf("%d bytes, %v; want %v", len(plain), errno, c.want)
			}
		})
	}
}

// The end of the stream without close_notify is a recv of nothing, without type.
func TestKernelEOF(t *testing.T) {
	user, k := kernelPair(t, AES128GCM)
	user.conn.Close()
	if typ, plain, errno := k.record(t); typ != 0 || len(plain) != 0 || errno != 0 {
		t.Errorf("type %d: % x, %v", typ, plain, errno)
	}
}

// A client of crypto/tls speaks with the kernel after a handshake of Server: the
// kernel's first record follows the ticket, and both sides close.
func TestKernelAgainstCryptoTLS(t *testing.T) {
	client, server := tcpPair(t)
	config := clientConfig()
	config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	c := tls.Client(client, config)
	failed := make(chan error, 1)
	go func() {
		_, err := c.Write([]byte("with the first record"))
		failed <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), waiting.Bound)
	defer cancel()
	s, err := Server(ctx, server, serverConfig())
	if err := errors.Join(err, <-failed); err != nil {
		t.Fatal(err)
	}
	k := kernel(t, server, s)
	s.Wipe()
	if s.Out.Seq != 1 {
		t.Errorf("the kernel's first record has number %d, the ticket none", s.Out.Seq)
	}
	k.send(t, k.receive(t, 21))
	b := make([]byte, 21)
	if _, err := io.ReadFull(c, b); string(b) != "with the first record" || err != nil {
		t.Fatalf("%q, %v", b, err)
	}
	if err := c.CloseWrite(); err != nil {
		t.Fatal(err)
	}
	k.alert(t, CloseNotify)
	k.control(t, TypeAlert, AlertMessage(CloseNotify))
	if n, err := c.Read(b); n != 0 || err != io.EOF {
		t.Errorf("%d bytes, %v; want EOF", n, err)
	}
}
