package results

import (
	"math"
	"testing"
)

// inBlocks returns the samples of servers, by block and server; 0 is none.
func inBlocks(servers []Server, values [][]float64) (list []Sample) {
	c := EchoCase(10, 20, 1)
	for i, block := range values {
		for j, v := range block {
			if v > 0 {
				name := Name{Base: "Echo", Keys: append(servers[j].Keys(), c.Keys()...)}
				list = append(list, Sample{Name: name, Block: i + 1, Round: i + 1, Epoch: i + 1, Values: map[string]float64{"cpu-ns/msg": v}})
			}
		}
	}
	return list
}

// Servers are compared with the geometric mean of the reference and its second
// process, or with the one that a block has; the second process with the first.
func TestCompareWithBoth(t *testing.T) {
	ref := Server("server=wsbench/io=epoll")
	other := Server("server=other")
	samples := inBlocks([]Server{ref, ref.Second(), other}, [][]float64{{1, 4, 6}, {0, 4, 12}, {2, 0, 6}, {0, 0, 5}, {8, 2, 0}})
	j := Compare(samples, "cpu-ns/msg", Terms{})
	if len(j.Others) != 1 || j.Others[0].N != 3 || math.Abs(j.Others[0].Ratio-3) > 1e-9 {
		t.Errorf("others: %+v, want 3 blocks of the ratio 3", j.Others)
	}
	if len(j.AA) != 1 || j.AA[0].N != 2 || math.Abs(j.AA[0].Ratio-1) > 1e-9 { // of 4 and 1/4
		t.Errorf("A/A: %+v, want 2 blocks of the ratio 1", j.AA)
	}
	if own := Ratios(samples, "cpu-ns/msg", other, ref, EchoCase(10, 20, 1)); len(own) != 2 || own[0] != 6 || own[1] != 3 {
		t.Errorf("ratios to one server: %v", own)
	}
}
