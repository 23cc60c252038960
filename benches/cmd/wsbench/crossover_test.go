package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"wsbench/benches/lab"
	"wsbench/benches/lab/micro"
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
	if !strings.Contains(out.String(), "seed 7") || !strings.Contains(out.String(), "thresholds that dispatch should use") {
		t.Errorf("no seed or no advice in\n%s", &out)
	}
}

func TestCrossoverBench(t *testing.T) {
	var out bytes.Buffer
	if err := runCrossover([]string{"-quick", "-format", "bench", "-sets", "hot"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	res, err := lab.Read(&out, "crossover")
	if err != nil || len(res.Warnings) > 0 || res.Components < 2*15*10 {
		t.Errorf("%d samples, %v, %v", res.Components, err, res.Warnings)
	}
}

func TestCrossoverVerdicts(t *testing.T) {
	points := func(ratio float64) (list []micro.Point) {
		for size := 16; size < 64; size++ {
			p := micro.Point{Size: size}
			for range 9 {
				if size < 32 {
					p.Ratios = append(p.Ratios, 1/ratio)
				} else {
					p.Ratios = append(p.Ratios, ratio)
				}
			}
			list = append(list, p)
		}
		return list
	}
	r := &crossRun{draws: 20}
	for _, c := range []struct {
		ratio float64
		from  int
		want  string
	}{
		{1.1, 32, "agrees"},
		{1.1, 16, "this CPU would rather use 32 [32,32]: 16 costs 10.0 % between the two"},
		{1.1, 48, "this CPU would rather use 32 [32,32]: 48 costs 10.0 % between the two"},
		{1.01, 16, "agrees"},
		{0.9, 16, "this CPU would rather use"},
	} {
		got := r.line(0, micro.Hot, points(c.ratio)).verdict(c.from)
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%v from %d: %q, want %q", c.ratio, c.from, got, c.want)
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
