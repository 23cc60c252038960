//go:build linux

package reactor

import (
	"errors"
	"io"
	"syscall"
	"testing"

	"wsbench/benches/internal/tls13"
	"wsbench/benches/internal/waiting"
	"wsbench/parse"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// noKernel is kernelCalls without TLS in the kernel: the socket is a plain one,
// on which a record of another type is sent as its content.
type noKernel struct {
	typ     uint8 // of what recv takes next
	content []byte
	err     error
	refuses error // what rekey returns, but for takes
	takes   syscalls.TLSDirection
	rekeyed []syscalls.TLSDirection
	taken   int // records
}

func (k *noKernel) recv(_ int, b []byte) (int, uint8, error) {
	k.taken++
	return copy(b, k.content), k.typ, k.err
}

func (k *noKernel) rekey(_ *tls13.Half, _ int, d syscalls.TLSDirection) error {
	k.rekeyed = append(k.rekeyed, d)
	if d == k.takes {
		return nil
	}
	return k.refuses
}

// connectNoKernel is a connection whose records the loop takes for the kernel's.
func connectNoKernel(t *testing.T, l *Loop, s *script) (*client, *Conn, *noKernel) {
	t.Helper()
	fd, c := pair(t)
	half := func() tls13.Half { return tls13.Half{Suite: tls13.AES128GCM, Secret: make([]byte, 32)} }
	if err := l.AdoptTLS(fd, &tls13.Session{In: half(), Out: half()}, true); err != nil {
		t.Fatal(err)
	}
	c.send(opening.AppendRequest(nil, "localhost", "/", testKey))
	c.accepted()
	conn, k := within(t, s.opened), &noKernel{}
	onLoop(t, l, func() { conn.tls().kernel.calls = k })
	return c, conn, k
}

// recvFails has a recv of c fail with errno. On io_uring that is the end of the
// one in flight.
func recvFails(t *testing.T, l *Loop, c *Conn, errno syscall.Errno) {
	t.Helper()
	if l.ring == nil {
		onLoop(t, l, func() { l.received(c, -1, errno) })
		return
	}
	onLoop(t, l, func() { l.pause(c) })
	waiting.For(t, "no recv is in flight", func() (idle bool) {
		onLoop(t, l, func() { idle = c.flags&armed == 0 })
		return idle
	})
	onLoop(t, l, func() {
		c.flags &^= paused
		l.ring.received(c, &syscalls.CQE{UserData: opRecv.of(c.data()), Res: -int32(errno)})
		if reads := c.flags&armed != 0; reads != c.reads() && c.state != lingering {
			t.Errorf("after %v, in state %d, a recv is in flight: %v", errno, c.state, reads)
		}
	})
}

// A control record that a recv meets during a pause waits for its end, as EOF
// does.
func TestTLSKernelPaused(t *testing.T) {
	s := echoes()
	l, _ := s.serve(t, Config{Uring: true})
	c, conn, k := connectNoKernel(t, l, s)
	onLoop(t, l, func() {
		k.typ, k.content = tls13.TypeAlert, tls13.AlertMessage(tls13.CloseNotify)
		l.pause(conn)
		l.ring.received(conn, &syscalls.CQE{UserData: opRecv.of(conn.data()), Res: -int32(syscall.EIO)})
		if k.taken > 0 || conn.state != open {
			t.Errorf("%d records are taken, the state is %d", k.taken, conn.state)
		}
		l.unpause(conn)
	})
	c.send(frame(parse.Text, "on"))
	c.wantFrame(parse.Text, "on")
}

// wantBytes reads these bytes.
func (c *client) wantBytes(want []byte) {
	c.t.Helper()
	for len(c.buf) < len(want) {
		c.more()
	}
	if got := c.buf[:len(want)]; string(got) != string(want) {
		c.t.Fatalf("got % x, want % x", got, want)
	}
	c.buf = c.buf[len(want):]
}

// A control record of the kernel's is taken, and receiving goes on behind it; a
// key update gives the kernel new keys, for sending behind its answer.
func TestTLSKernelControl(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := echoes()
		l, _ := s.serve(t, cfg)
		c, conn, k := connectNoKernel(t, l, s)
		record := func(typ uint8, content []byte, err error) {
			onLoop(t, l, func() { k.typ, k.content, k.err = typ, content, err })
			recvFails(t, l, conn, syscall.EIO)
		}
		echo := func() {
			c.send(frame(parse.Text, "on"))
			c.wantFrame(parse.Text, "on")
		}
		record(0, nil, syscall.EAGAIN)
		echo()
		record(tls13.TypeAlert, tls13.AlertMessage(tls13.UserCanceled), nil)
		echo()
		record(tls13.TypeHandshake, tls13.KeyUpdateMessage(false), nil)
		echo()
		record(tls13.TypeHandshake, tls13.KeyUpdateMessage(true), nil)
		c.wantBytes(tls13.KeyUpdateMessage(false))
		echo()
		onLoop(t, l, func() {
			if len(k.rekeyed) != 3 || k.rekeyed[2] != syscalls.TLSSend || l.count.TLSUpdates != 2 {
				t.Errorf("new keys for %v, %d updates", k.rekeyed, l.count.TLSUpdates)
			}
		})
		record(tls13.TypeAlert, tls13.AlertMessage(tls13.CloseNotify), nil)
		s.wantEnd(io.EOF)
		c.wantBytes(tls13.AlertMessage(tls13.CloseNotify))
		c.eof()
		c.Close()
	})
}

// What the kernel finds wrong ends the connection by an alert, and so does a key
// update that it cannot follow, which is counted by itself.
func TestTLSKernelRefuses(t *testing.T) {
	for _, tt := range []struct {
		name  string
		errno syscall.Errno // of recv
		k     noKernel
		alert tls13.AlertError // that is sent; CloseNotify: none
		want  error
		count Counters
	}{
		{"wrong tag", syscall.EBADMSG, noKernel{}, tls13.BadRecordMAC, tls13.BadRecordMAC, Counters{TLSRefused: 1}},
		{"too long", syscall.EMSGSIZE, noKernel{}, tls13.RecordOverflow, tls13.RecordOverflow, Counters{TLSRefused: 1}},
		{"another type", syscall.EIO, noKernel{typ: 24, content: []byte("heartbeat")}, tls13.UnexpectedMessage, tls13.UnexpectedMessage, Counters{TLSRefused: 1}},
		{"an empty alert", syscall.EIO, noKernel{typ: tls13.TypeAlert}, tls13.UnexpectedMessage, tls13.UnexpectedMessage, Counters{TLSRefused: 1}},
		{"no second key", syscall.EIO, noKernel{typ: tls13.TypeHandshake, content: tls13.KeyUpdateMessage(true), refuses: syscall.EBUSY},
			tls13.InternalError, ErrRekey, Counters{TLSUpdates: 1, TLSUnkeyed: 1}},
		{"alert", syscall.EIO, noKernel{typ: tls13.TypeAlert, content: tls13.AlertMessage(tls13.DecodeError)}, 0, tls13.DecodeError, Counters{}},
		{"gone", syscall.EIO, noKernel{err: syscall.ECONNRESET}, 0, syscall.ECONNRESET, Counters{}},
		{"FIN", syscall.EIO, noKernel{}, 0, ErrTruncated, Counters{TLSTruncated: 1}},
		{"reset", syscall.ECONNRESET, noKernel{}, 0, syscall.ECONNRESET, Counters{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			surface(t, func(t *testing.T, cfg Config) {
				s := echoes()
				l, _ := s.serve(t, cfg)
				c, conn, k := connectNoKernel(t, l, s)
				onLoop(t, l, func() { *k = tt.k })
				recvFails(t, l, conn, tt.errno)
				s.wantEnd(tt.want)
				if tt.alert != tls13.CloseNotify {
					c.wantBytes(tls13.AlertMessage(tt.alert))
				}
				if _, err := c.Read(make([]byte, 1)); err == nil || errors.Is(err, syscall.ETIMEDOUT) {
					t.Errorf("the connection goes on: %v", err)
				}
				c.Close()
				onLoop(t, l, func() {
					got := Counters{TLSRefused: l.count.TLSRefused, TLSTruncated: l.count.TLSTruncated, TLSUpdates: l.count.TLSUpdates, TLSUnkeyed: l.count.TLSUnkeyed}
					if got != tt.count {
						t.Errorf("counted %+v, want %+v", got, tt.count)
					}
				})
			})
		})
	}
}

// A connection whose key to send with the kernel does not take has sent its key
// update, and ends there.
func TestTLSKernelSendKey(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		s := echoes()
		l, _ := s.serve(t, cfg)
		c, conn, k := connectNoKernel(t, l, s)
		onLoop(t, l, func() {
			k.typ, k.content = tls13.TypeHandshake, tls13.KeyUpdateMessage(true)
			k.takes, k.refuses = syscalls.TLSReceive, syscall.ENOMEM
		})
		recvFails(t, l, conn, syscall.EIO)
		s.wantEnd(ErrRekey)
		c.wantBytes(tls13.KeyUpdateMessage(false))
		c.eof()
		c.Close()
		onLoop(t, l, func() {
			if n := l.count.TLSUnkeyed; n != 1 || k.rekeyed[1] != syscalls.TLSSend {
				t.Errorf("%d connections had no second key; keys for %v", n, k.rekeyed)
			}
		})
	})
}
