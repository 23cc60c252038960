package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"wsbench/benches/lab"
	"wsbench/benches/report/plot"
	"wsbench/benches/stat"
)

// three is v in three significant digits, without an exponent; a whole number
// below a thousand is as it is.
func three(v float64) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) < 1e3 && v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	if err != nil {
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	digits := 2 - int(math.Floor(math.Log10(math.Abs(rounded))))
	return strconv.FormatFloat(v, 'f', min(max(digits, 0), 12), 64)
}

// tick writes the round values of an axis: figure without zeros that tell
// nothing.
func tick(unit string) func(float64) string {
	show := figure(unit)
	return func(v float64) string {
		number, rest, _ := strings.Cut(show(v), " ")
		suffix := strings.TrimLeft(number, "+-.0123456789")
		number = strings.TrimSuffix(number, suffix)
		if strings.Contains(number, ".") {
			number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
		}
		return strings.TrimSpace(number + suffix + " " + rest)
	}
}

// step is one of a unit's prefixes.
type step struct {
	from float64
	name string
}

var (
	times  = []step{{1e9, " s"}, {1e6, " ms"}, {1e3, " µs"}, {0, " ns"}} // of ns
	counts = []step{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}, {0, ""}}
	octets = []step{{1e9, " GB"}, {1e6, " MB"}, {1e3, " kB"}, {0, " B"}}
	rates  = []step{{1e9, " GB/s"}, {1e6, " MB/s"}, {1e3, " kB/s"}, {0, " B/s"}}
)

// figure writes values of a unit as a person reads them; what the unit is
// divided by is left to the heading.
func figure(unit string) func(float64) string {
	switch {
	case strings.HasSuffix(unit, "-ns") || unit == "ns" || strings.HasPrefix(unit, "ns/") || strings.Contains(unit, "-ns/"):
		return prefixed(times)
	case unit == "B/s":
		return prefixed(rates)
	case unit == "B/conn" || unit == "B/op" || strings.HasSuffix(unit, "-B"):
		return prefixed(octets)
	case unit == "msg/s":
		return prefixed(counts)
	}
	return func(v float64) string {
		if math.Abs(v) >= 1e4 {
			return prefixed(counts)(v)
		}
		return three(v)
	}
}

func prefixed(steps []step) func(float64) string {
	return func(v float64) string {
		for _, s := range steps {
			if math.Abs(v) >= s.from*0.9995 && s.from > 0 {
				return three(v/s.from) + s.name
			}
		}
		return three(v) + steps[len(steps)-1].name
	}
}

// estimate is a median, and its interval where the samples are enough.
type estimate struct {
	n      int
	median float64
	iv     stat.Interval
	hasCI  bool
}

func estimated(values []float64) estimate {
	e := estimate{n: len(values), median: stat.Median(values)}
	e.iv, e.hasCI = stat.MedianInterval(values, lab.Confidence)
	return e
}

// span is the error bar of e; nil where there is none.
func (e estimate) span() *plot.Range {
	if !e.hasCI {
		return nil
	}
	return &plot.Range{Lo: e.iv.Lo, Hi: e.iv.Hi}
}

// cells are e for a table: n, median, ends of the interval.
func (e estimate) cells(show func(float64) string) []string {
	if e.n == 0 {
		return []string{"0", "", "", ""}
	}
	if !e.hasCI {
		return []string{fmt.Sprint(e.n), show(e.median), "", ""}
	}
	return []string{fmt.Sprint(e.n), show(e.median), show(e.iv.Lo), show(e.iv.Hi)}
}

// estimateHead names cells.
func estimateHead(what string) []string {
	return []string{"n", what, "from", "to"}
}

// values of a variant's samples under a case, of one unit.
func values(res *lab.Results, v lab.Variant, c lab.Case, unit string) (list []float64) {
	for _, s := range res.Samples {
		if x, ok := s.Values[unit]; ok && s.Case == c && s.Variant.Label() == v.Label() {
			list = append(list, x)
		}
	}
	return list
}

// errorBars says what the error bars are.
const errorBars = "Bars end at the median of the samples, one a block; error bars are its distribution-free interval of 95 % confidence or more. Without one there are fewer than 6 samples."
