package micro

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// A fake host: operations take their time on its clock and nowhere else.
type fake struct {
	now   time.Duration
	order []string // names of the functions called, in order
}

func (f *fake) clock() time.Duration { return f.now }

// takes is a function whose operation takes d, and more as the clock goes on:
// drift is the share added each second.
func (f *fake) takes(name string, d time.Duration, drift float64) Func {
	return Func{Name: name, Run: func(n int) error {
		f.order = append(f.order, name)
		slow := 1 + drift*f.now.Seconds()
		f.now += time.Duration(float64(n) * float64(d) * slow)
		return nil
	}}
}

func TestCompareCalibrates(t *testing.T) {
	f := &fake{}
	fns := []Func{f.takes("short", 5, 0), f.takes("long", 3*time.Microsecond, 0), f.takes("longer", time.Millisecond, 0)}
	res, err := Compare(context.Background(), fns, Plan{Rounds: 11, Batch: 100 * time.Microsecond, Clock: f.clock})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{20000, 33, 1} {
		if got := res.Iters[i]; got != want {
			t.Errorf("%s: %d operations per batch, want %d", res.Names[i], got, want)
		}
	}
	for i, want := range []float64{5, 3000, 1e6} {
		if got := res.Time(i).Median; got != want || len(res.Samples[i]) != 11 {
			t.Errorf("%s: %v ns of %d samples, want %v of 11", res.Names[i], got, len(res.Samples[i]), want)
		}
	}
}

// A host that slows down by half within the comparison moves the samples, not
// the ratio.
func TestComparePairs(t *testing.T) {
	f := &fake{}
	fns := []Func{f.takes("a", 10, 20), f.takes("b", 15, 20)}
	res, err := Compare(context.Background(), fns, Plan{Rounds: 101, Seed: 7, Clock: f.clock})
	if err != nil {
		t.Fatal(err)
	}
	if first, last := res.Samples[0][0], res.Samples[0][100]; last < 1.2*first {
		t.Fatalf("from %v to %v ns: the test's host does not drift", first, last)
	}
	r := res.Ratio(0, 1)
	if r.Median < 1.49 || r.Median > 1.51 || r.Interval.Lo < 1.48 || r.Interval.Hi > 1.52 {
		t.Errorf("ratio %v, want 1.5", r)
	}
	if back := res.Ratio(1, 0); !back.Slower(0.3) || back.Slower(0.4) {
		t.Errorf("ratio %v: not slower by 30 to 40 %%", back)
	}
}

func TestCompareOrder(t *testing.T) {
	orders := func(seed uint64) []string {
		f := &fake{}
		fns := []Func{f.takes("a", time.Millisecond, 0), f.takes("b", time.Millisecond, 0), f.takes("c", time.Millisecond, 0)}
		if _, err := Compare(context.Background(), fns, Plan{Rounds: 20, Seed: seed, Clock: f.clock}); err != nil {
			t.Fatal(err)
		}
		return f.order[6:] // without the calibration
	}
	one, again, other := orders(1), orders(1), orders(2)
	if !slices.Equal(one, again) || slices.Equal(one, other) {
		t.Error("the order is not that of the seed")
	}
	firsts := map[string]int{}
	for i := 0; i < len(one); i += 3 {
		round := slices.Sorted(slices.Values(one[i : i+3]))
		if !slices.Equal(round, []string{"a", "b", "c"}) {
			t.Fatalf("round %d runs %v", i/3, one[i:i+3])
		}
		firsts[one[i]]++
	}
	if len(firsts) != 3 {
		t.Errorf("first in a round are %v: not every variant", firsts)
	}
}

func TestCompareBudget(t *testing.T) {
	for _, c := range []struct {
		plan Plan
		want int
	}{
		{Plan{}, MinRounds},
		{Plan{Budget: 1}, MinRounds},
		{Plan{Budget: time.Millisecond, Batch: 10 * time.Microsecond}, 48}, // 2 × 10 µs and their warming up
		{Plan{Budget: time.Hour}, MaxRounds},
		{Plan{Rounds: 12, Budget: time.Hour}, 12},
	} {
		f := &fake{}
		c.plan.Clock = f.clock
		res, err := Compare(context.Background(), []Func{f.takes("a", 10, 0), f.takes("b", 10, 0)}, c.plan)
		if err != nil || res.Rounds() != c.want {
			t.Errorf("%+v: %d rounds, %v; want %d", c.plan, res.Rounds(), err, c.want)
		}
	}
}

func TestCompareFails(t *testing.T) {
	broken := errors.New("connection reset")
	f := &fake{}
	bad := Func{Name: "bad", Run: func(n int) error { return broken }}
	_, err := Compare(context.Background(), []Func{f.takes("good", 10, 0), bad}, Plan{Clock: f.clock})
	if !errors.Is(err, broken) || err.Error() != "bad: connection reset" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Compare(ctx, []Func{f.takes("good", 10, 0)}, Plan{Clock: f.clock}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := Compare(ctx, nil, Plan{}); err == nil {
		t.Error("nothing to compare is no error")
	}
}
