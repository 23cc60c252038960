package results

import (
	"math"
	"testing"
)

// blocksOf returns a sample for each value, in blocks from first.
func blocksOf(first int, values ...float64) (list []Sample) {
	for i, v := range values {
		list = append(list, Sample{Block: first + i, Values: map[string]float64{"ns/op": v}})
	}
	return list
}

func TestSaved(t *testing.T) {
	cheap := blocksOf(1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 1000)
	costly := blocksOf(1, 110, 121, 129, 140, 150, 161, 169, 180, 190) // the last block has none
	s := Saved(costly, cheap, "ns/op")
	if s.N != 9 || s.Value < 99 || s.Value > 101 || !s.HasCI || s.Interval.Lo < 98 || s.Interval.Hi > 102 || s.Interval.Level < SavingLevel {
		t.Errorf("%+v", s)
	}
	if s := Saved(nil, cheap, "ns/op"); s.N != 0 || !math.IsNaN(s.Value) || s.HasCI {
		t.Errorf("of one side: %+v", s)
	}
	half := Saved(blocksOf(1, 60, 70, 80, 90, 100, 110, 120, 130, 140), cheap, "ns/op")
	share, iv, ok := half.Share(s)
	if !ok || math.Abs(share-0.5) > 0.01 || !(iv.Lo < 0.5 && iv.Hi > 0.5 && iv.Lo > 0.45 && iv.Hi < 0.55) || iv.Level != Confidence {
		t.Errorf("%v %+v %v", share, iv, ok)
	}
	noise := Saved(blocksOf(1, 9, 21, 28, 42, 49, 61, 68, 82, 89), cheap, "ns/op")
	if share, iv, ok := half.Share(noise); ok {
		t.Errorf("a share of nothing: %v %+v", share, iv)
	}
}
