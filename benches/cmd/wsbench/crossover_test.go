package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"wsbench/benches/lab"
	"wsbench/benches/micro"
	"wsbench/benches/stat"
	"wsbench/mask"
)

func TestCrossoverText(t *testing.T) {
	var out bytes.Buffer
	if err := runCrossover([]string{"-quick", "-seed", "7", "-sets", "fresh"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, at := range mask.Thresholds() {
		if want := at.Kernel.String() + " over " + at.Over.String(); !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	for _, want := range []string{"of floor", "least it can do"} {
		if mask.Best() != mask.Word && !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if !strings.Contains(out.String(), "seed 7") || !strings.Contains(out.String(), "thresholds that dispatch should use") {
		t.Errorf("no seed or no advice in\n%s", &out)
	}
}

func TestCrossoverBench(t *testing.T) {
	var out bytes.Buffer
	if err := runCrossover([]string{"-quick", "-format", "bench", "-sets", "hot"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, at := range mask.Thresholds() {
		want := "impl=" + at.Kernel.String() + "/size=" + micro.SizeName(at.Align-headSpan/16) + "/align=33/set=fresh"
		if at.Align >= 2*headSpan && strings.Count(out.String(), want) != 15 {
			t.Errorf("the head check's samples: no 15 lines %s", want)
		}
	}
	if want := "impl=floor/"; !strings.Contains(out.String(), want) {
		t.Errorf("no %s", want)
	}
	res, err := lab.Read(&out, "crossover")
	if err != nil || len(res.Warnings) > 0 || len(res.Components) < 2*15*10 {
		t.Errorf("%d samples, %v, %v", len(res.Components), err, res.Warnings)
	}
}

func TestCrossoverVerdicts(t *testing.T) {
	points := func(ratio, noise float64) (list []micro.Point) {
		for size := 16; size < 64; size++ {
			p := micro.Point{Size: size}
			for round := range 9 {
				by := 1 + noise*float64(round-4)
				if size < 32 {
					p.Ratios = append(p.Ratios, by/ratio)
				} else {
					p.Ratios = append(p.Ratios, by*ratio)
				}
			}
			list = append(list, p)
		}
		return list
	}
	r := &crossRun{draws: 20}
	for _, c := range []struct {
		ratio, noise float64
		from         int
		want         string
	}{
		{1.1, 0, 32, "agrees"},
		{1.1, 0, 16, "this CPU would rather use 32 [32,32]: 16 costs 10.0 % [10.0,10.0] between the two"},
		{1.1, 0, 48, "this CPU would rather use 32 [32,32]: 48 costs 10.0 % [10.0,10.0] between the two"},
		{1.01, 0, 16, "agrees"},
		{0.9, 0, 16, "this CPU would rather use never"},
		{1, 0.1, 16, "cannot tell ["},
		{1, 0.1, 32, "cannot tell ["},
		{1, 0.0001, 32, "agrees"},
	} {
		got := r.line(0, micro.Hot, points(c.ratio, c.noise), c.from).verdict(c.from)
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%v from %d: %q, want %q", c.ratio, c.from, got, c.want)
		}
		if strings.HasPrefix(got, "cannot") && !strings.HasSuffix(got, "]: more rounds") {
			t.Errorf("%v from %d: %q does not ask for more rounds", c.ratio, c.from, got)
		}
	}
}

func TestCrossCheckVerdicts(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{0.98, 1.5, "agrees"},
		{0.926, 1.111, "cannot tell [0.926,1.111]: more rounds"},
		{0.9, 0.98, "cannot tell [0.900,0.980]: more rounds"},
		{0.9, 0.97, "a higher one"},
	} {
		check := crossCheck{gain: micro.Ratio{Median: (c.lo + c.hi) / 2, Interval: stat.Interval{Lo: c.lo, Hi: c.hi}}, few: "a higher one"}
		if got := check.verdict(); got != c.want {
			t.Errorf("[%v,%v]: %q, want %q", c.lo, c.hi, got, c.want)
		}
	}
}

// A sweep cannot look below what a kernel's assembly can do, and says so.
func TestCrossoverLeast(t *testing.T) {
	for _, c := range []struct {
		kernel mask.Kernel
		from   int
		want   string
	}{
		{mask.SSE2, 16, "agrees; 16 is the least it can do"},
		{mask.AVX2, 32, "agrees"},
		{mask.AVX512, 16, "agrees"},
		{mask.NEON, 16, "agrees; 16 is the least it can do"},
	} {
		s := crossStep{Threshold: mask.Threshold{Kernel: c.kernel, From: c.from}}
		if got := s.verdict(crossLine{}); got != c.want {
			t.Errorf("%v from %d: %q, want %q", c.kernel, c.from, got, c.want)
		}
	}
}

func TestPool(t *testing.T) {
	a := crossLine{points: []micro.Point{{Size: 20, Ratios: []float64{2, 1}}}}
	b := crossLine{points: []micro.Point{{Size: 20, Ratios: []float64{0.5, 4}}}}
	p := pool([]crossLine{a, b})
	if p[0].Size != 20 || p[0].Ratios[0] != 1 || p[0].Ratios[1] < 1.999 || p[0].Ratios[1] > 2.001 {
		t.Errorf("got %v", p)
	}
}
