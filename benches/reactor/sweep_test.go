//go:build linux

package reactor

import (
	"testing"
	"time"

	"wsbench/benches/engine"
	"wsbench/scratch"
)

// counted is a Protocol that counts its pings.
type counted struct{ pings *int }

func (p counted) Process(in []byte, out *engine.Output, most int) (engine.Progress, error) {
	return engine.Progress{Consumed: len(in)}, nil
}
func (p counted) Close(int, string, *engine.Output) {}
func (p counted) Ping(*engine.Output)               { *p.pings++ }
func (p counted) Room() []byte                      { return nil }
func (p counted) Release()                          {}

// firstFake is a descriptor that no socket of a test has.
const firstFake = 1 << 15

// crowded makes a loop with a table of open connections that have no sockets.
func crowded(tb testing.TB, cfg Config, conns int) (d *driven, all []Conn, pings *int) {
	pings = new(int)
	cfg.Idle, cfg.NewProtocol = 16*time.Minute, func(*scratch.Pool) Protocol { return counted{pings} }
	d = drive(tb, cfg)
	all = make([]Conn, conns)
	for i := range all {
		all[i] = Conn{l: d.Loop, fd: firstFake + int32(i), state: open, proto: counted{pings}}
		d.conns.set(all[i].fd, &all[i])
	}
	d.open += conns
	return d, all, pings
}

// However many connections there are, a turn looks at few of them, and pings or
// drops fewer; a sweep goes on with the next turn, which does not wait, and
// comes to each connection once.
func TestSweepInSlices(t *testing.T) {
	surface(t, func(t *testing.T, cfg Config) {
		d, all, pings := crowded(t, cfg, 1_000_000)
		for n := range uint16(2) {
			if turns := d.sweepOnce(pings); turns < len(all)/sliceSlots {
				t.Fatalf("a sweep took %d turns", turns)
			}
			for i := range all {
				if all[i].silent != n+1 {
					t.Fatalf("after sweep %d connection %d was looked at %d times", n+1, i, all[i].silent)
				}
			}
		}

		d, _, pings = crowded(t, cfg, 20_000)
		for n := 1; d.open > 0; n++ {
			pinged, open := *pings, d.open
			d.sweepOnce(pings)
			pinged, ended := *pings-pinged, open-d.open
			if want := map[int]int{9: open}[n]; pinged != want {
				t.Fatalf("sweep %d pinged %d connections, want %d", n, pinged, want)
			}
			if want := map[int]int{17: open}[n]; ended != want {
				t.Fatalf("sweep %d dropped %d connections, want %d", n, ended, want)
			}
		}
	})
}

// sweepOnce sets the clock on and turns the loop until it has swept, without
// letting it wait.
func (d *driven) sweepOnce(pings *int) (turns int) {
	d.t.Helper()
	d.now += d.sweeper.every
	for d.turnOnce(); d.behind; turns++ {
		at, open, pinged := d.sweeper.at, d.open, *pings
		if err := d.RunOnce(-1); err != nil {
			d.t.Fatal(err)
		}
		if n := d.sweeper.at - at; n > sliceSlots {
			d.t.Fatalf("a turn looked at %d connections, want %d at most", n, sliceSlots)
		}
		if n := open - d.open + *pings - pinged; n > sliceSlots/actionSlots {
			d.t.Fatalf("a turn pinged or dropped %d connections, want %d at most", n, sliceSlots/actionSlots)
		}
	}
	return turns
}

// BenchmarkSweep is a turn's part of a sweep.
func BenchmarkSweep(b *testing.B) {
	d, _, _ := crowded(b, Config{}, 1_000_000)
	d.time = nil
	d.sweeper.over = 1 << 15 // no pings
	slots := 0
	for b.Loop() {
		d.sweeper.next = 0
		at := d.sweeper.at
		d.tick()
		slots += max(d.sweeper.at-at, 0)
	}
	b.ReportMetric(float64(slots)/float64(b.N), "conns/op")
}
