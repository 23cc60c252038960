package syscalls

import (
	"bytes"
	"math/rand/v2"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAcceptMultishot(t *testing.T) {
	needs(t, AcceptMultishot)
	eachKernel(t, func(t *testing.T, r *Ring) {
		listener, addr := listenOn(t, loopback, ListenOptions{})
		r.SQE().PrepAcceptMultishot(listener, 1)
		quiet(t, r, "nobody came")
		for range 5 {
			client := connectTo(t, addr)
			c := completion(t, r)
			expect(t, "accept", c, 1, c.Res, true)
			flags, err := unix.FcntlInt(uintptr(c.Res), unix.F_GETFL, 0)
			if err != nil || flags&unix.O_NONBLOCK == 0 {
				t.Errorf("flags %#x, %v: blocking", flags, err)
			}
			Send(client, []byte("hi"))
			if got := receive(t, int(c.Res), 2); string(got) != "hi" {
				t.Errorf("%q", got)
			}
			ok(t, Close(int(c.Res)))
		}
		r.SQE().PrepCancel(1, 2)
		all := completions(t, r, 2)
		expect(t, "cancelled", all[1], 1, failed(syscall.ECANCELED), false)
		expect(t, "cancel", all[2], 2, 0, false)
	})
}

// Ten times what the buffers hold comes through them, then EOF.
func TestRecvMultishot(t *testing.T) {
	needs(t, RecvMultishot)
	eachKernel(t, func(t *testing.T, r *Ring) {
		b := newBufRing(t, r, BufRingOptions{Group: 7, Entries: 4, Size: 100})
		client, server := tcpPair(t)
		r.SQE().PrepRecvMultishot(server, b.Group(), 1)
		message := pattern(4000)
		for at := 0; at < len(message); {
			n := min(150, len(message)-at)
			Send(client, message[at:at+n])
			for n > 0 {
				c := completion(t, r)
				expect(t, "recv", c, 1, c.Res, true)
				data, _, done := b.Take(&c, c.BufferID(), int(c.Res))
				if !c.HasBuffer() || !done || !bytes.Equal(data, message[at:at+int(c.Res)]) {
					t.Fatalf("bytes %d to %d: buffer %v, done %v, other bytes", at, at+int(c.Res), c.HasBuffer(), done)
				}
				at, n = at+len(data), n-len(data)
				b.Recycle(c.BufferID())
			}
		}
		ok(t, ShutdownWrite(client))
		expect(t, "EOF", completion(t, r), 1, 0, false)
	})
}

// ENOBUFS ends a multishot recv; nothing is lost when it is prepared again.
func TestRecvMultishotWithoutBuffers(t *testing.T) {
	needs(t, RecvMultishot)
	eachKernel(t, func(t *testing.T, r *Ring) {
		b := newBufRing(t, r, BufRingOptions{Group: 1, Entries: 2, Size: 4})
		client, server := tcpPair(t)
		r.SQE().PrepRecvMultishot(server, b.Group(), 1)
		Send(client, []byte("0123456789"))
		var got []byte
		var bids []uint16
		for range 2 {
			c := completion(t, r)
			expect(t, "recv", c, 1, 4, true)
			if len(bids) == 0 && !c.SocketNonEmpty() {
				t.Error("more is not announced")
			}
			bids = append(bids, c.BufferID())
			got = append(got, b.Buffer(c.BufferID())[:c.Res]...)
		}
		expect(t, "no buffer", completion(t, r), 1, failed(syscall.ENOBUFS), false)
		for _, bid := range bids {
			b.Recycle(bid)
		}
		quiet(t, r, "not prepared again")
		r.SQE().PrepRecvMultishot(server, b.Group(), 2)
		c := completion(t, r)
		expect(t, "recv again", c, 2, 2, true)
		if got = append(got, b.Buffer(c.BufferID())[:c.Res]...); string(got) != "0123456789" {
			t.Errorf("%q", got)
		}
	})
}

func TestRecvBundle(t *testing.T) {
	needs(t, RecvBundle)
	eachKernel(t, func(t *testing.T, r *Ring) {
		b := newBufRing(t, r, BufRingOptions{Group: 1, Entries: 8, Size: 16})
		client, server := tcpPair(t)
		message := pattern(50)
		Send(client, message)
		arrived(t, server, len(message))
		s := r.SQE()
		s.PrepRecvMultishot(server, b.Group(), 1)
		s.Bundle()
		var got []byte
		most := 0
		for len(got) < len(message) {
			c := completion(t, r)
			expect(t, "bundle", c, 1, c.Res, true)
			var buffers int
			got, buffers = takeAll(b, &c, got, b.Recycle)
			most = max(most, buffers)
		}
		if most < 2 || !bytes.Equal(got, message) {
			t.Errorf("%d buffers at most, %x", most, got)
		}
	})
}

func TestRecvIncremental(t *testing.T) {
	needs(t, Incremental)
	eachKernel(t, func(t *testing.T, r *Ring) {
		b := newBufRing(t, r, BufRingOptions{Group: 1, Entries: 2, Size: 10, Incremental: true})
		client, server := tcpPair(t)
		r.SQE().PrepRecvMultishot(server, b.Group(), 1)
		for _, piece := range []struct {
			octets string
			more   bool
		}{{"abcd", true}, {"efg", true}, {"hij", false}, {"kl", true}} {
			Send(client, []byte(piece.octets))
			c := completion(t, r)
			expect(t, "recv", c, 1, int32(len(piece.octets)), true)
			data, _, done := b.Take(&c, c.BufferID(), int(c.Res))
			if string(data) != piece.octets || c.BufferMore() != piece.more || done == piece.more {
				t.Errorf("%q, more %v, done %v; want %q, %v", data, c.BufferMore(), done, piece.octets, piece.more)
			}
		}
		if whole := b.Buffer(0); string(whole) != "abcdefghij" {
			t.Errorf("the first buffer holds %q", whole)
		}
	})
}

// takeAll appends what c brought to got, and counts the buffers.
func takeAll(b *BufRing, c *CQE, got []byte, done func(bid uint16)) ([]byte, int) {
	n := 0
	for bid, left := c.BufferID(), int(c.Res); left > 0; n++ {
		data, next, through := b.Take(c, bid, left)
		got = append(got, data...)
		if through {
			done(bid)
		}
		bid, left = next, left-len(data)
	}
	return got, n
}

// Pieces of all sizes, in all ways, with buffers that come back out of order:
// what arrives is what was sent.
func TestRecvRandomly(t *testing.T) {
	for _, way := range []struct {
		name        string
		needs       Features
		bundle, inc bool
	}{
		{"multishot", RecvMultishot, false, false},
		{"bundle", RecvBundle, true, false},
		{"incremental", Incremental, false, true},
		{"both", RecvBundle | Incremental, true, true},
	} {
		t.Run("way="+way.name, func(t *testing.T) {
			needs(t, way.needs)
			r := newRing(t, RingOptions{})
			b := newBufRing(t, r, BufRingOptions{Group: 1, Entries: 8, Size: 64, Incremental: way.inc})
			client, server := tcpPair(t)
			rng := rand.New(rand.NewPCG(1, 2))
			message, got := pattern(100_000), []byte(nil)
			arm := func() {
				s := r.SQE()
				s.PrepRecvMultishot(server, b.Group(), 1)
				if way.bundle {
					s.Bundle()
				}
			}
			arm()
			var kept []uint16
			for sent := 0; len(got) < len(message); {
				if n := min(rng.IntN(600), len(message)-sent); n > 0 {
					if n, errno := Send(client, message[sent:sent+n]); errno == 0 {
						sent += n
					}
				}
				c := completion(t, r)
				if c.Res <= 0 && (c.Errno() != syscall.ENOBUFS || c.More()) {
					t.Fatalf("%d, %v after %d bytes", c.Res, c.Errno(), len(got))
				}
				got, _ = takeAll(b, &c, got, func(bid uint16) { kept = append(kept, bid) })
				rng.Shuffle(len(kept), func(i, j int) { kept[i], kept[j] = kept[j], kept[i] })
				for len(kept) > 0 && (!c.More() || rng.IntN(3) > 0) {
					b.Recycle(kept[0])
					kept = kept[1:]
				}
				if !c.More() {
					arm()
				}
			}
			if !bytes.Equal(got, message) {
				t.Error("other bytes, or another order")
			}
		})
	}
}

func TestBufRingRefuses(t *testing.T) {
	needs(t, ProvidedBuffers)
	r := newRing(t, RingOptions{})
	for _, opt := range []BufRingOptions{{Entries: 0, Size: 1}, {Entries: 3, Size: 1}, {Entries: 1 << 16, Size: 1}, {Entries: 2, Size: 0}} {
		if _, err := r.NewBufRing(opt); err == nil {
			t.Errorf("%+v was taken", opt)
		}
	}
	newBufRing(t, r, BufRingOptions{Group: 1, Entries: 1, Size: 1})
	if _, err := r.NewBufRing(BufRingOptions{Group: 1, Entries: 1, Size: 1}); err == nil {
		t.Error("a group was made twice")
	}
}
