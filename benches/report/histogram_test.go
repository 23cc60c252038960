package report

import (
	"testing"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

// A histogram has all values, each in the bin that ends at or above it, in few
// rows whatever the range.
func TestHistogramTable(t *testing.T) {
	for name, values := range map[string][]int64{
		"none": nil, "one": {1}, "narrow": {90_000, 100_000, 100_100, 110_000}, "wide": {12, 50_000, 7e9, 599e9}, "same": {5, 5, 5},
	} {
		h := hdrhistogram.New(1, 600e9, 3)
		for _, v := range values {
			h.RecordValue(v)
		}
		table := HistogramTable("histogram", "", h)
		if len(table.Rows) > mostBins || len(values) > 0 && len(table.Rows) == 0 {
			t.Errorf("%s: %d rows", name, len(table.Rows))
		}
		count, last := 0, 0.0
		for i, row := range table.Rows {
			end := row[0].(float64)
			if end <= last {
				t.Errorf("%s: a bin up to %v behind one up to %v", name, end, last)
			}
			want := 0
			for _, v := range values {
				if v := float64(upper(v)); v <= end && v > last {
					want++
				}
			}
			if row[2] != want {
				t.Errorf("%s: %v values up to %v, want %d", name, row[2], end, want)
			}
			if edge := i == 0 || i == len(table.Rows)-1; edge && row[2] == 0 {
				t.Errorf("%s: an empty bin at the end", name)
			}
			count, last = count+row[2].(int), end
		}
		if count != len(values) {
			t.Errorf("%s: %d values, want %d", name, count, len(values))
		}
	}
}

// upper returns the greatest value that a histogram holds for the same as v.
func upper(v int64) int64 {
	h := hdrhistogram.New(1, 600e9, 3)
	h.RecordValue(v)
	return h.Max()
}
