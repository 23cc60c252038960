package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"wsbench/benches/micro"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/benches/stat"
	"wsbench/mask"
)

func TestCrossoverText(t *testing.T) {
	out := called(t, crossoverExperiment, "-quick -seed 7 -sets fresh").String()
	for _, at := range mask.Thresholds() {
		if want := at.Kernel.String() + " over " + at.Over.String(); !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	for _, want := range []string{"of floor", "least it can do"} {
		if mask.Best() != mask.Word && !strings.Contains(strings.Join(strings.Fields(out), " "), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if !strings.Contains(out, "seed 7") || !strings.Contains(out, "thresholds that dispatch should use") {
		t.Errorf("no seed or no advice in\n%s", out)
	}
}

func TestCrossoverBench(t *testing.T) {
	out := called(t, crossoverExperiment, "-quick -format bench -sets hot")
	for _, at := range mask.Thresholds() {
		want := "impl=" + at.Kernel.String() + "/size=" + strconv.Itoa(at.Align-headSpan/16) + "/align=33/set=fresh"
		if at.Align >= 2*headSpan && strings.Count(out.String(), want) != 15 {
			t.Errorf("the head check's samples: no 15 lines %s", want)
		}
	}
	if want := "impl=floor/"; !strings.Contains(out.String(), want) {
		t.Errorf("no %s", want)
	}
	res, err := results.Read(out, "crossover")
	if err != nil || len(res.Warnings) > 0 || len(res.Samples) < 2*15*10 {
		t.Errorf("%d samples, %v, %v", len(res.Samples), err, res.Warnings)
	}
	for _, list := range readCrossed(res.Samples).sweeps {
		if len(list) != 2 || list[0].align != 0 || list[1].align != 1 || list[0].set != "hot" || len(list[0].points) != len(list[1].points) || len(list[0].points[0].Ratios) != 15 {
			t.Errorf("read back: %d sweeps of %s, %+v", len(list), list[0].kernel, list[0])
		}
	}
}

// crossTable is the table of an ID in the view of results.
func crossTable(t *testing.T, r *results.Results, id string) (table report.Table) {
	t.Helper()
	d := crossDocument(r)
	for _, b := range d.Sections[0].Blocks {
		if b, ok := b.(report.Table); ok && b.ID == id {
			table.Columns, table.Rows = b.Columns, append(table.Rows, b.Rows...)
		}
	}
	return table
}

// cellsOf is the cells of a row, by key.
func cellsOf(t report.Table, row int) map[string]any {
	cells := map[string]any{}
	for i, c := range t.Columns {
		cells[c.Key] = t.Rows[row][i]
	}
	return cells
}

// swept is samples of a kernel over word, from a size on: it is slower by ratio
// below 32 bytes, and faster by it from there on.
func swept(kernel mask.Kernel, from int, ratio, noise float64) (samples []results.Sample) {
	block := 1
	for size := from; size <= micro.SweepEnd; size++ {
		if size == 64 {
			size = micro.SweepEnd
		}
		res := &micro.Result{Pkg: "wsbench/mask", Bytes: []int{size, size}, Iters: []int{1, 1}, Samples: make([][]float64, 2)}
		for _, k := range []mask.Kernel{kernel, mask.Word} {
			res.Names = append(res.Names, fmt.Sprintf("Unmask/impl=%v/size=%d/align=0/set=fresh", k, size))
		}
		for round := range micro.MinRounds {
			by := 1 + noise*float64(round-4)
			if size < 32 {
				by /= ratio
			} else {
				by *= ratio
			}
			res.Samples[0], res.Samples[1] = append(res.Samples[0], 100), append(res.Samples[1], 100*by)
		}
		samples = append(samples, res.Lines(block)...)
		block += micro.MinRounds
	}
	return samples
}

func TestCrossoverVerdicts(t *testing.T) {
	for _, c := range []struct {
		ratio, noise    float64
		from            int
		verdict, advice string
		cost            float64
	}{
		{1.1, 0, 32, "agrees", "", 0},
		{1.1, 0, 20, "disagrees", "this CPU would rather use 32", 0.1},
		{1.01, 0, 20, "agrees", "", 0.01},
		{0.8, 0, 20, "disagrees", "this CPU would rather use never", 0.11},
		{1, 0.1, 20, "cannot tell", "more rounds would tell", 0},
		{1, 0.1, 32, "cannot tell", "more rounds would tell", 0},
		{1, 0.0001, 32, "agrees", "", 0},
	} {
		samples := swept(mask.AVX2, c.from, c.ratio, c.noise)
		for _, id := range []string{"thresholds", "conditions"} {
			got := cellsOf(crossTable(t, &results.Results{Samples: samples}, id), 0)
			verdict, cost := got["verdict"].(report.Styled).Text, got["cost"].(report.Estimate)
			if verdict != c.verdict || id == "thresholds" && got["advice"] != c.advice || got["in_use_bytes"] != c.from {
				t.Errorf("%s: %v from %d: %q, %q, want %q, %q", id, c.ratio, c.from, verdict, got["advice"], c.verdict, c.advice)
			}
			if d := cost.Value - c.cost; d > 0.02 || d < -0.02 || cost.Interval.Lo > cost.Value || cost.Interval.Hi < cost.Value {
				t.Errorf("%s: %v from %d: cost %v in %v, want %v", id, c.ratio, c.from, cost.Value, cost.Interval, c.cost)
			}
		}
	}
}

// Neither a sweep that was interrupted is judged, nor its kernel.
func TestCrossoverInterrupted(t *testing.T) {
	whole := swept(mask.SSE2, 16, 1.1, 0)
	part := swept(mask.AVX2, 16, 1.1, 0)[:20*micro.MinRounds]
	for i := range part {
		part[i].Block += whole[len(whole)-1].Block
	}
	for i, tt := range []struct {
		samples                []results.Sample
		conditions, thresholds int
	}{
		{append(whole, part...), 1, 1},
		{whole, 1, 0}, // other conditions may be missing
	} {
		r := &results.Results{Samples: tt.samples, Interrupted: "after 9 of 99 comparisons"}
		conditions, thresholds := crossTable(t, r, "conditions"), crossTable(t, r, "thresholds")
		if len(conditions.Rows) != tt.conditions || len(thresholds.Rows) != tt.thresholds || conditions.Rows[0][0] != "sse2" {
			t.Errorf("%d: conditions %v, thresholds %v", i, conditions.Rows, thresholds.Rows)
		}
	}
}

func TestCrossCheckVerdicts(t *testing.T) {
	for _, c := range []struct {
		lo, hi          float64
		verdict, advice string
	}{
		{0.98, 1.5, "agrees", ""},
		{0.926, 1.111, "cannot tell", "more rounds would tell"},
		{0.9, 0.98, "cannot tell", "more rounds would tell"},
		{0.9, 0.97, "disagrees", "a higher one"},
	} {
		gain := micro.Estimate{Median: (c.lo + c.hi) / 2, Interval: stat.Interval{Lo: c.lo, Hi: c.hi}}
		got := cellsOf(checkTable([]crossCheck{{gain: gain, disagrees: "a higher one"}}), 0)
		if verdict := got["verdict"].(report.Styled).Text; verdict != c.verdict || got["advice"] != c.advice {
			t.Errorf("[%v,%v]: %q, %q, want %q, %q", c.lo, c.hi, verdict, got["advice"], c.verdict, c.advice)
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
		{mask.SSE2, 16, "16 is the least it can do"},
		{mask.AVX2, 32, ""},
		{mask.AVX512, 16, ""},
		{mask.NEON, 16, "16 is the least it can do"},
	} {
		if got := cellsOf(crossTable(t, &results.Results{Samples: swept(c.kernel, c.from, 1, 0.0001)}, "thresholds"), 0)["advice"]; got != c.want {
			t.Errorf("%v from %d: %q, want %q", c.kernel, c.from, got, c.want)
		}
	}
}
