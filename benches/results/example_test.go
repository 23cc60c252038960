package results_test

import (
	"bytes"
	"fmt"
	"os"

	"wsbench/benches/results"
)

// A file has a line per sample; medians and comparisons are made when it is
// read.
func Example() {
	var file bytes.Buffer
	w, err := results.NewWriter(&file, []results.Fact{{Key: "goos", Value: "linux"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for block := 1; block <= 9; block++ {
		w.Block(results.Block{ID: block, Round: block}, "10/1024")
		for i, server := range []string{"raw", "net"} {
			w.Sample(results.Sample{
				Name:   results.ParseName("Echo/server=wsbench/io=" + server + "/conns=10/size=1024/depth=1"),
				Iters:  1000,
				Values: map[string]float64{"cpu-ns/msg": float64(5000 + 2000*i + 10*block)},
			})
		}
	}
	res, err := results.Read(&file, "bench.txt")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range results.Groups(res.Samples) {
		fmt.Println(g.Name.Server().Label(), g.Name.Case(), g.Median("cpu-ns/msg"))
	}
	for _, c := range results.Compare(res.Samples, "cpu-ns/msg", results.Terms{Margin: results.DefaultMargin}).Others {
		fmt.Printf("%s: %.2f, %v\n", c.Server.Label(), c.Ratio, c.Verdict)
	}
	// Output:
	// raw 10/1024 5050
	// net 10/1024 7050
	// net: 1.40, slower
}

// The name of a benchmark says which server was measured, and under what.
func ExampleParseName() {
	n := results.ParseName("BenchmarkEcho/server=wsbench/io=epoll/conns=200/size=16384/depth=1")
	fmt.Println(n.Server().Label())
	fmt.Println(n.Case())
	fmt.Println(n.Value("conns"))
	// Output:
	// epoll
	// 200/16384
	// 200
}

// A unit has a direction, and a kind that says how its values are written.
func ExampleUnitOf() {
	u := results.UnitOf("cpu-ns/msg")
	fmt.Fprintln(os.Stdout, u.Name, u.Better, u.Kind == results.Time)
	// Output: cpu-ns/msg lower true
}
