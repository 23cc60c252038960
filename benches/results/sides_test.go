package results

import (
	"strings"
	"testing"
)

func sided(name string, block, epoch int, values map[string]float64) Sample {
	return Sample{Name: ParseName(name), Pkg: "p", Block: block, Epoch: epoch, Iters: 1, Values: values}
}

// samplesOfSides returns ten blocks in which new takes 1.1 times what old does,
// an A/A process, and a benchmark that new alone has.
func samplesOfSides() (list []Sample) {
	for i := 1; i <= 10; i++ {
		old := 100 + float64(i)
		list = append(list,
			sided("Echo/server=old/io=epoll/conns=2", i, i, map[string]float64{"cpu-ns/msg": old, "msg/s": 1e6 / old}),
			sided("Echo/server=new/io=net/conns=2", i, i, map[string]float64{"cpu-ns/msg": 1.1 * old, "msg/s": 1e6 / old / 1.1}),
			sided("Echo/server=old/io=epoll-aa/conns=2", i, i, map[string]float64{"cpu-ns/msg": 1.0201 * old}),
			sided("New/server=new/size=20-2", i, i, map[string]float64{"ns/op": 5}))
	}
	return list
}

func TestChanges(t *testing.T) {
	samples := samplesOfSides()
	for unit, ratio := range map[string]float64{"cpu-ns/msg": 1.1 / 1.01, "msg/s": 1 / 1.1} { // the second process has no msg/s
		list := Changes(samples, "old", "new", unit, Terms{Margin: 0.02})
		if len(list) != 1 {
			t.Fatalf("%+v", list)
		}
		c := list[0]
		if c.Name.String() != "BenchmarkEcho/conns=2" || len(c.A) != 10 || len(c.B) != 10 || c.N != 10 {
			t.Errorf("%+v", c)
		}
		if c.Verdict.Kind != Slower || c.Ratio < ratio-1e-6 || c.Ratio > ratio+1e-6 {
			t.Errorf("%s: ratio %v, %v", unit, c.Ratio, c.Verdict)
		}
		for limit, want := range map[float64]Finding{0.05: Slower, 0.2: Equivalent} {
			if got := c.SlowerBy(limit, c.Unit.Better); got != want {
				t.Errorf("%s slower by %v: %v, want %v", unit, limit, got, want)
			}
		}
	}
	list := Changes(samples, "old", "new", "ns/op", Terms{Margin: 0.02})
	if len(list) != 1 || list[0].Both() || len(list[0].B) != 10 || list[0].Name.String() != "BenchmarkNew/size=20-2" {
		t.Errorf("%+v", list)
	}
	if got := list[0].SlowerBy(0.03, "lower"); got != Undecided {
		t.Errorf("without pairs: %v", got)
	}
}

// The files of two sides have the same names and the same configuration.
func TestWriteSide(t *testing.T) {
	res := &Results{Config: map[string]string{"commit": "x", "dirty": "false", "cpu": "c"}, Samples: samplesOfSides()}
	var old, new strings.Builder
	if err := res.WriteSide(&old, "old"); err != nil {
		t.Fatal(err)
	}
	if err := res.WriteSide(&new, "new"); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]map[string]int{
		old.String(): {"\nBenchmarkEcho/conns=2 ": 10, "BenchmarkNew": 0, "cpu: c": 1, "commit": 0},
		new.String(): {"\nBenchmarkEcho/conns=2 ": 10, "\nBenchmarkNew/size=20-2 ": 10, "cpu: c": 1, "commit": 0},
	} {
		for part, n := range want {
			if got := strings.Count(text, part); got != n {
				t.Errorf("%q is there %d times, want %d:\n%s", part, got, n, text)
			}
		}
	}
}
