//go:build linux

package reactor

import (
	"math"
	"testing"
	"time"

	"wsbench/benches/engine"
	"wsbench/parse"
	"wsbench/scratch"
)

// A silent peer that answers pings stays, however buffers are kept and
// whether or not it has begun a message; one that does not is dropped, in time.
func TestIdlePings(t *testing.T) {
	for _, buffers := range []scratch.Kind{scratch.Shared, scratch.PerConn, scratch.Pooled} {
		t.Run(buffers.String(), func(t *testing.T) {
			surface(t, func(t *testing.T, cfg Config) {
				const sweep = time.Minute
				cfg.Idle, cfg.Buffers = 16*sweep, buffers
				s := &script{message: func(c *Conn, _ parse.Opcode, _ []byte) { c.Echo() }}
				d := drive(t, s.prepare(t, cfg))
				whole, _ := d.connect(s)
				half, _ := d.connect(s)
				message := frame(parse.Text, "in two parts")
				half.send(message[:8])
				for range 4 {
					for range 8 {
						d.pass(sweep)
					}
					d.pass(sweep)
					for _, c := range []*client{whole, half} {
						d.take(c, 2)
						c.wantFrame(parse.Ping, "")
					}
					before := d.count.Bytes
					whole.send(frame(parse.Pong, ""))
					half.send(append(message[8:], message[:8]...))
					d.until("an answer", func() bool { return d.count.Bytes >= before+6+uint64(len(message)) })
					d.take(half, 2+12)
					half.wantFrame(parse.Text, "in two parts")
				}
				silentFrom := d.now
				for d.open > 0 {
					if d.pass(sweep); d.now > silentFrom+cfg.Idle+sweep {
						t.Fatalf("%v after the last word, %d connections are open", d.now-silentFrom, d.open)
					}
				}
				if silent := d.now - silentFrom; silent < cfg.Idle {
					t.Errorf("dropped after %v, want %v", silent, cfg.Idle)
				}
				s.wantEnd(ErrSilent)
				s.wantEnd(ErrSilent)
			})
		})
	}
}

// A peer that only listens to a steady broadcast is pinged once while it is
// silent, and stays whether it answers that or not: it takes what it is sent.
func TestListenerStays(t *testing.T) {
	for _, answers := range []bool{true, false} {
		surface(t, func(t *testing.T, cfg Config) {
			const sweeps = 100
			cfg.Idle = 16 * time.Minute
			s := &script{}
			d := drive(t, s.prepare(t, cfg))
			c, conn := d.connect(s)
			pings := 0
			for range sweeps {
				d.pass(time.Minute)
				if err := conn.Send(parse.Text, []byte("news")); err != nil {
					t.Fatalf("after %d pings: %v", pings, err)
				}
				d.take(c, 6)
				n := d.pings(c)
				if pings += n; n > 0 && answers {
					before := d.count.Bytes
					c.send(frame(parse.Pong, ""))
					d.until("the pong", func() bool { return d.count.Bytes > before })
				}
			}
			want := 1
			if answers {
				want = sweeps / 9
			}
			if pings != want {
				t.Errorf("answering %v: pinged %d times, want %d", answers, pings, want)
			}
		})
	}
}

// A peer that does not take what it is sent is pinged behind that, once, and
// stays for Config.Idle from when it last took something.
func TestFullIsPinged(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Idle, cfg.MaxQueue = 16*time.Minute, 1<<20
		s := &script{drained: func(*Conn) {}}
		d := drive(t, s.prepare(t, cfg))
		c, conn := d.connect(s)
		c.SetReadBuffer(256 << 10)
		payload := make([]byte, 60_000)
		sent := 0
		fill := func() {
			for idle := 0; idle < 3; idle++ {
				for conn.Send(parse.Binary, payload) == nil {
					sent++
					idle = 0
				}
				d.pass(0)
			}
		}
		fill()
		for range 15 {
			d.pass(time.Minute)
		}
		queued := conn.Buffered()
		d.until("something is taken", func() bool {
			d.take(c, len(c.buf)+1)
			return conn.Buffered() < queued
		})
		fill()
		for range 16 {
			if d.pass(time.Minute); d.open == 0 {
				t.Fatal("dropped although it has taken something")
			}
		}
		queued = conn.Buffered()
		d.until("the rest is taken", func() bool {
			d.take(c, len(c.buf)+1)
			return conn.Buffered() == 0
		})
		d.take(c, sent*(len(payload)+4)+2)
		if n := d.pings(c); n != 1 {
			t.Errorf("pinged %d times, want once", n)
		}
		fill()
		for range 17 {
			d.pass(time.Minute)
		}
		s.wantEnd(ErrSilent)
	})
}

// Bounds hold to within a sweep of Config.Idle, and a turn, however different
// they are, and however long.
func TestBoundsOfAnyLength(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Idle, cfg.Linger, cfg.Handshake = 30*time.Minute, 20*time.Millisecond, 5*time.Hour
		s := &script{}
		d := drive(t, s.prepare(t, cfg))
		d.connect(s)
		_, closing := d.connect(s)
		dial(t, d.addr)
		d.until("three connections", func() bool { return d.open == 3 })
		began := d.now
		closing.Close(1000, "")
		for _, tt := range []struct{ after, late time.Duration }{{cfg.Linger, 0}, {cfg.Idle, cfg.Idle / idleSweeps}, {cfg.Handshake, 0}} {
			left := d.open
			if d.passTo(began + tt.after - 1); d.open != left {
				t.Errorf("%v after the beginning %d connections are open, want %d", d.now-began, d.open, left)
			}
			if d.passTo(began + tt.after + tt.late); d.open != left-1 {
				t.Errorf("%v after the beginning %d connections are open, want %d", d.now-began, d.open, left-1)
			}
		}
	})
}

// Shutdown bounds all connections, whatever bounds they had, and a later one
// shortens that, never prolongs it.
func TestShutdownBounds(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Linger, cfg.Handshake, cfg.Idle = math.MaxInt64, math.MaxInt64, math.MaxInt64
		s := &script{}
		d := drive(t, s.prepare(t, cfg))
		d.connect(s)
		_, closing := d.connect(s)
		closing.Close(1000, "")
		for _, within := range []time.Duration{math.MaxInt64, 3 * time.Hour, time.Minute, 2 * time.Hour} {
			d.Shutdown(within)
			d.pass(0)
		}
		if d.pass(time.Minute - 1); d.open != 2 {
			t.Errorf("before the end %d connections are open, want 2", d.open)
		}
		d.pass(1)
		d.until("the end", d.Done)
		s.wantEnd(ErrUnclosed)
		s.wantEnd(ErrUnclosed)
	})
}

// Each plain request that is answered begins the time of an opening handshake
// anew.
func TestBoundRenewed(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		cfg.Handshake, cfg.Opening = time.Minute, engine.Opening{Routes: routes}
		d := drive(t, cfg)
		c := dial(t, d.addr)
		for range 3 {
			before := d.count.Bytes
			c.send([]byte(healthz))
			d.until("a request", func() bool { return d.count.Bytes > before })
			if d.pass(cfg.Handshake - 1); d.open != 1 {
				t.Fatal("too early")
			}
		}
		d.pass(1)
		d.until("late ones end", func() bool { return d.open == 0 })
	})
}
