package echo

import (
	"strings"
	"testing"
	"time"

	"wsbench/benches/engine"
	"wsbench/scratch"
)

// A longer spin has no fewer iterations, and any spin has one.
func TestSpinGrows(t *testing.T) {
	if spinOf(0) != 0 {
		t.Error("no spin has iterations")
	}
	for _, each := range []float64{0.3, 1.3, 7, 1000} {
		last := spin(0)
		for d := time.Duration(1); d <= MaxSpin; d += 1 + d/3 {
			n := spinAt(d, each)
			if n < 1 || n < last {
				t.Errorf("%d iterations for %v, after %d", n, d, last)
			}
			if took := float64(n) * each; took > float64(d)+max(each, float64(d)/1000) {
				t.Errorf("%v: %d iterations of %v ns", d, n, each)
			}
			last = n
		}
	}
	if each := iterationTime(); each <= 0 {
		t.Errorf("an iteration takes %v ns", each)
	}
}

// The loops' own engines are used where nothing is burnt.
func TestNoSpin(t *testing.T) {
	for _, io := range []IO{Epoll, Uring} {
		if options(io).protocols() != nil {
			t.Errorf("%s: connections have another protocol than the engine", io)
		}
	}
}

func TestSpinAllocatesNothing(t *testing.T) {
	for _, io := range []IO{Epoll, Raw} {
		o := options(io)
		o.Spin = 10
		var pool scratch.Pool
		p := o.protocols()(&pool)
		sent := frame(bin, strings.Repeat("m", 200))
		in, out := make([]byte, len(sent)), engine.NewOutput(o.Write, &pool)
		if n := testing.AllocsPerRun(100, func() {
			copy(in, sent)
			if got, err := p.Process(in, out, 0); err != nil || got.Frames != 1 {
				t.Fatalf("%s: %+v, %v", io, got, err)
			}
		}); n > 0 {
			t.Errorf("%s: %v allocations per message", io, n)
		}
	}
}

func TestSpinning(t *testing.T) {
	for _, io := range []IO{Epoll, Uring, Net, Raw} {
		t.Run(string(io), func(t *testing.T) {
			o := options(io)
			o.Spin = 100
			s, _ := serve(t, o)
			c := connect(t, s)
			for _, n := range []int{0, 5, 70_000} {
				p := strings.Repeat("m", n)
				c.write(frame(bin, p))
				if io == Raw {
					p = masked(p)
				}
				c.want(bin, p)
			}
			if !strings.Contains(s.String(), " spin=100") {
				t.Errorf("%s", s)
			}
		})
	}
	o := options(Epoll)
	for _, d := range []time.Duration{-1, MaxSpin + 1} {
		if o.Spin = d; o.Validate() == nil {
			t.Errorf("a spin of %v is taken", d)
		}
	}
}
