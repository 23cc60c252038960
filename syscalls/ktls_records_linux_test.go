package syscalls

import (
	"bytes"
	"errors"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// kernelTLS returns two ends of a connection whose server's end is the kernel's,
// with the same keys in both directions.
func kernelTLS(t testing.TB, k TLSKeys) (client, server int) {
	t.Helper()
	if err := ProbeTLS(); err != nil {
		t.Skip(err)
	}
	client, server = tcpPair(t)
	noError(t, AttachTLS(server))
	noError(t, SetTLSKeys(server, TLSReceive, k))
	noError(t, SetTLSKeys(server, TLSSend, k))
	return client, server
}

func send(t testing.TB, fd int, b []byte) {
	t.Helper()
	for len(b) > 0 {
		await(t, fd, unix.POLLOUT)
		n, errno := Send(fd, b)
		if errno != 0 {
			t.Fatal(errno)
		}
		b = b[n:]
	}
}

// The kernel opens what userspace sealed, and the other way round, in every
// cipher, with the type of each record.
func TestTLSRecords(t *testing.T) {
	for _, c := range tlsCiphers {
		t.Run(c.name, func(t *testing.T) {
			client, server := kernelTLS(t, c.keys)
			out, in := newUserTLS(t, c.keys), newUserTLS(t, c.keys)
			data := bytes.Repeat([]byte("x"), 16384)
			send(t, client, out.seal(nil, 23, data))
			if got := receive(t, server, len(data)); !bytes.Equal(got, data) {
				t.Errorf("%d bytes received, others than sent", len(got))
			}
			send(t, server, data)
			if typ, got, err := in.open(receive(t, client, 5+len(data)+17)); typ != 23 || !bytes.Equal(got, data) || err != nil {
				t.Errorf("type %d, %d bytes, %v", typ, len(got), err)
			}
			alert := []byte{1, 0}
			if n, errno := SendRecord(server, 21, alert); n != 2 || errno != 0 {
				t.Fatal(n, errno)
			}
			if typ, got, err := in.open(receive(t, client, 5+2+17)); typ != 21 || !bytes.Equal(got, alert) || err != nil {
				t.Errorf("type %d, % x, %v; want an alert", typ, got, err)
			}
		})
	}
}

// Plain receives end before a record that is no application data, and fail with
// EIO at it, until RecvRecord has taken it.
func TestTLSControlRecord(t *testing.T) {
	k := tlsCiphers[0].keys
	client, server := kernelTLS(t, k)
	out, b := newUserTLS(t, k), make([]byte, 100)
	send(t, client, out.seal(out.seal(out.seal(nil, 23, []byte("before")), 21, []byte{1, 90}), 23, []byte("after")))
	if got := receive(t, server, 6); string(got) != "before" {
		t.Errorf("%q", got)
	}
	await(t, server, unix.POLLIN)
	if _, errno := Recv(server, b); errno != syscall.EIO {
		t.Errorf("a plain receive of an alert: %v; want EIO", errno)
	}
	if n, typ, errno := RecvRecord(server, b); n != 2 || typ != 21 || errno != 0 || b[1] != 90 {
		t.Errorf("%d bytes, type %d, %v", n, typ, errno)
	}
	await(t, server, unix.POLLIN)
	if n, typ, errno := RecvRecord(server, b); string(b[:max(n, 0)]) != "after" || typ != 23 || errno != 0 {
		t.Errorf("%d bytes, type %d, %v", n, typ, errno)
	}
}

// A record with a wrong tag is EBADMSG.
func TestTLSWrongTag(t *testing.T) {
	k := tlsCiphers[0].keys
	client, server := kernelTLS(t, k)
	record := newUserTLS(t, k).seal(nil, 23, []byte("x"))
	record[len(record)-1] ^= 1
	send(t, client, record)
	await(t, server, unix.POLLIN)
	if n, errno := Recv(server, make([]byte, 10)); errno != syscall.EBADMSG {
		t.Errorf("%d, %v; want EBADMSG", n, errno)
	}
}

// Keys can be set again after a KeyUpdate was received, from Linux 6.14 on, and
// are EBUSY before.
func TestTLSRekey(t *testing.T) {
	k := tlsCiphers[0].keys
	client, server := kernelTLS(t, k)
	next := TLSKeys{k.Cipher, ascending(90, 16), ascending(9, 12), 0}
	old := newUserTLS(t, k)
	send(t, client, old.seal(nil, 22, []byte{24, 0, 0, 1, 0}))
	await(t, server, unix.POLLIN)
	if n, typ, errno := RecvRecord(server, make([]byte, 10)); n != 5 || typ != 22 || errno != 0 {
		t.Fatal(n, typ, errno)
	}
	_, stopped := Recv(server, make([]byte, 10))
	if err := SetTLSKeys(server, TLSReceive, next); errors.Is(err, syscall.EBUSY) {
		t.Skip("this kernel takes no second key: Linux 6.14 does")
	} else if err != nil {
		t.Fatal(err)
	}
	if stopped != syscall.EKEYEXPIRED {
		t.Errorf("a receive before the new keys: %v; want EKEYEXPIRED", stopped)
	}
	send(t, client, newUserTLS(t, next).seal(nil, 23, []byte("new")))
	if got := receive(t, server, 3); string(got) != "new" {
		t.Errorf("%q", got)
	}
}

// On a socket without TLS what is received has no type.
func TestTLSRecordPlain(t *testing.T) {
	client, server := tcpPair(t)
	send(t, client, []byte("abc"))
	await(t, server, unix.POLLIN)
	b := make([]byte, 10)
	if n, typ, errno := RecvRecord(server, b); n != 3 || typ != 0 || errno != 0 {
		t.Error(n, typ, errno)
	}
	if n, errno := SendRecord(-1, 21, b); n >= 0 || errno != syscall.EBADF {
		t.Errorf("%d, %v of no descriptor", n, errno)
	}
}
