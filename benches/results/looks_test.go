package results

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wsbench/benches/stat"
)

// drawnPairs returns n pairs without epochs.
func drawnPairs(rng *rand.Rand, n int, ratio, spread float64) (list []Pair) {
	for i := range n {
		list = append(list, Pair{ratio * math.Exp(spread*rng.NormFloat64()), i + 1, i + 1, i + 1})
	}
	return list
}

// drawnStarts returns pairs without a difference, two of each epoch, which have a shift
// of their own in common.
func drawnStarts(rng *rand.Rand, epochs int) (list []Pair) {
	for e := range epochs {
		two := drawnPairs(rng, 2, math.Exp(0.1*rng.NormFloat64()), 0.1)
		for i := range two {
			two[i].Epoch, two[i].Block = e+1, 2*e+i+1
		}
		list = append(list, two...)
	}
	return list
}

// looksOf returns looks before the end at doubling shares of n blocks.
func looksOf(n int) (list []Look) {
	for _, share := range stat.Doubling(5)[:4] {
		list = append(list, Look{Block: int(share * float64(n)), Share: share})
	}
	return list
}

// Of families without a difference that are judged while they are measured, at most about 5 % have one
// that is ever called different.
func TestLooksFalseAlarms(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	const families = 2000
	alarms, early := 0, 0
	for range families {
		sets := make([][]Pair, 5)
		for i := range sets {
			sets[i] = drawnStarts(rng, 40)
		}
		for _, d := range (Terms{Looks: looksOf(80)}).judge(sets, "lower") {
			if d.Verdict.Kind != Undecided {
				alarms++
				if d.Share < 1 {
					early++
				}
				break
			}
		}
	}
	if share := float64(alarms) / families; share > 0.06 || share < 0.03 || early == 0 {
		t.Errorf("%d of %d families have a false alarm, %d of them before the end", alarms, families, early)
	}
}

// What a look decided stays: later pairs change neither interval nor verdict, which
// agree with each other. What gains no pair any more is judged as it was.
func TestLooksDecide(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	looks := looksOf(160)
	sets := [][]Pair{drawnPairs(rng, 160, 1.5, 0.02), drawnPairs(rng, 160, 1.004, 0.2), drawnPairs(rng, 160, 1, 0.002), drawnPairs(rng, 15, 1.02, 0.04)}
	list := Terms{Margin: 0.02, Looks: looks}.judge(sets, "lower")
	for i, want := range []struct {
		kind Finding
		n    int
	}{{Slower, 20}, {Undecided, 160}, {Equivalent, 20}, {Undecided, 15}} {
		d := list[i]
		if d.Verdict.Kind != want.kind || d.N != want.n || d.HasCI && d.Interval.Excludes(1) != (want.kind == Slower) {
			t.Errorf("comparison %d: %+v, want %+v", i, d, want)
		}
	}
	if d := list[0]; d.Look != 2 || d.Share != 0.125 || d.Interval.Level <= 1-0.05/4 {
		t.Errorf("%+v", d)
	}
	for i := range sets[0][20:] {
		sets[0][20+i].Ratio = 0.5
	}
	if again := (Terms{Margin: 0.02, Looks: looks}).judge(sets, "lower"); again[0] != list[0] {
		t.Errorf("later pairs: %+v, want %+v", again[0], list[0])
	}
	once := Terms{Margin: 0.02}.judge(sets[:1], "lower")[0]
	if once.Look != 1 || once.Share != 1 || once.N != 160 {
		t.Errorf("without looks: %+v", once)
	}
}

// Looks are in the file, at their places; lines that say nothing sensible have no
// effect.
func TestLooksInFiles(t *testing.T) {
	res := &Results{Config: map[string]string{}, Looks: []Look{{2, 0.125}, {4, 0.25}}}
	for i := range 5 {
		res.Samples = append(res.Samples, Sample{Name: Name{Base: "Echo"}, Block: i + 1, Iters: 1, Values: map[string]float64{"msg/s": 1}})
	}
	var b bytes.Buffer
	if err := Write(&b, res); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	got, err := Read(&b, "")
	if err != nil || !cmp.Equal(got.Looks, res.Looks) || len(got.Warnings) > 0 {
		t.Errorf("%v: %v in\n%s", err, got.Looks, text)
	}
	for _, wrong := range []string{"LOOK\n", "LOOK block=x share=1\n", "LOOK block=3 share=NaN\n", "LOOK block=3 share=7\n"} {
		got, err := Read(bytes.NewBufferString(text+wrong), "")
		if err != nil {
			t.Fatal(err)
		}
		set := drawnPairs(rand.New(rand.NewPCG(1, 0)), 36, 1, 0.1)
		for i := range set {
			set[i].Block = i/12*2 + 1
		}
		d := got.Terms().judge([][]Pair{set}, "lower")[0]
		if d.Look != 3 || d.Share != 1 {
			t.Errorf("%q: %+v", wrong, d)
		}
	}
}

// What the hypervisor took is in the file; lines that say nothing sensible are left out.
func TestStealInFiles(t *testing.T) {
	want := []Steal{{1, 0}, {2, 0.0123}}
	var b bytes.Buffer
	if err := Write(&b, &Results{Config: map[string]string{}, Steal: want}); err != nil {
		t.Fatal(err)
	}
	for _, wrong := range []string{"", "STEAL\n", "STEAL epoch=3\n", "STEAL epoch=3 share=NaN\n", "STEAL epoch=3 share=-0.1\n"} {
		got, err := Read(bytes.NewBufferString(b.String()+wrong), "")
		if err != nil || !cmp.Equal(got.Steal, want) || len(got.Warnings) > 0 {
			t.Errorf("%q: %v, %+v", wrong, err, got.Steal)
		}
	}
}

// With a limit, a comparison is decided where that is, too: what differs by about the
// limit is measured to the end, and found there as Terms without looks find it.
func TestLooksLimits(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	terms := Terms{Margin: 0.02, Limits: []float64{0.03}, Looks: looksOf(160)}
	sets := [][]Pair{drawnPairs(rng, 160, 1.06, 0.05), drawnPairs(rng, 160, 1.5, 0.02), drawnPairs(rng, 160, 1.03, 0.1)}
	without := Terms{Margin: 0.02, Looks: terms.Looks}.judge(sets, "lower")
	if d := without[0]; d.Verdict.Kind != Slower || d.SlowerBy(0.03, "lower") != Undecided {
		t.Fatalf("an early look decides the limit, too: %+v", d)
	}
	for i, d := range terms.judge(sets, "lower") {
		switch beyond := d.SlowerBy(0.03, "lower"); {
		case d.Decided != (d.Verdict.Kind != Undecided && beyond != Undecided):
			t.Errorf("comparison %d: %+v, slower by 3 %%: %v", i, d, beyond)
		case i < 2 && (d.Verdict.Kind != Slower || beyond != Slower), i < 2 != d.Decided:
			t.Errorf("comparison %d: %+v, slower by 3 %%: %v", i, d, beyond)
		case i == 1 && d.Share == 1 || i == 2 && d.Share < 1:
			t.Errorf("comparison %d is decided after %v of the session", i, d.Share)
		}
	}
	res := &Results{Config: map[string]string{"margin": "1%", "fail-on": "slower:3%"}}
	if got := res.Terms(); got.Margin != 0.01 || len(got.Limits) != 1 || got.Limits[0] != 0.03 {
		t.Errorf("of a file: %+v", got)
	}
}

// Looks at which nothing can be judged, as the servers were started too seldom, spend no
// error. Those at which layouts that take turns were all seen decide early.
func TestLooksFewEpochs(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 0))
	set := drawnPairs(rng, 160, 1.5, 0.02)
	terms := Terms{Margin: 0.02, Looks: looksOf(160)}
	for i := range set {
		set[i].Epoch = i/16 + 1 // ten, one after the other
	}
	once := Terms{Margin: 0.02}.judge([][]Pair{set}, "lower")[0]
	if d := terms.judge([][]Pair{set}, "lower")[0]; d != once || d.Share < 1 {
		t.Errorf("%+v, want %+v", d, once)
	}
	for i := range set {
		set[i].Epoch = i/4%10 + 1 // in turns
	}
	if d := terms.judge([][]Pair{set}, "lower")[0]; d.Share != 0.25 || d.Verdict.Kind != Slower {
		t.Errorf("layouts in turns: %+v, want it decided after a quarter", d)
	}
}

// What was judged while it was measured is judged alike from the file.
func TestWritten(t *testing.T) {
	l, s := Look{7, 0.12345678}, Sample{Name: Name{Base: "Echo"}, Block: 1, Iters: 1, Values: map[string]float64{"cpu-ns/msg": 1234.56789012}}
	var b bytes.Buffer
	if err := Write(&b, &Results{Config: map[string]string{}, Samples: []Sample{s}, Looks: []Look{l}}); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&b, "")
	if err != nil || !cmp.Equal(got.Looks, []Look{l.Written()}) || !cmp.Equal(got.Samples[0].Values, s.Written().Values) {
		t.Errorf("%v: %v, %v; want %v, %v", err, got.Looks, got.Samples[0].Values, l.Written(), s.Written().Values)
	}
}
