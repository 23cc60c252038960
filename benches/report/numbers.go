package report

import (
	"math"
	"strconv"
	"strings"

	"golang.org/x/perf/benchunit"

	"wsbench/benches/results"
)

// numbers writes values of a unit alike: all with one prefix, and with as many
// decimals as the least of them needs for its digits.
type numbers struct {
	benchunit.Scaler
	symbol string // of the unit, with the prefix: µs/msg; "": the prefix follows each number
}

// numbersOf fits numbers to values; digits 0 is the kind's own number.
func numbersOf(u results.Unit, digits int, values ...float64) numbers {
	if u.Kind == results.Ratio {
		if digits == 0 {
			digits = 3
		}
		return numbers{benchunit.Scaler{Prec: digits, Factor: 1}, ""}
	}
	base, symbol := baseOf(u)
	least, most, whole := extent(values, base)
	n := numbers{Scaler: benchunit.Scaler{Factor: 1}}
	if symbol != "" || most >= 1e4 {
		n.Scaler = benchunit.CommonScale([]float64{least}, benchunit.Decimal)
	}
	if n.Factor < 1 && u.Kind != results.Time { // no thousandths of a byte or count
		n.Factor, n.Prefix = 1, ""
	}
	n.Prec = decimals(least/n.Factor, digits)
	if whole && math.Abs(n.Factor/base-1) < 1e-9 {
		n.Prec = 0
	}
	if symbol != "" {
		n.symbol, n.Prefix = n.Prefix+symbol, ""
	}
	n.Factor /= base
	return n
}

// baseOf returns what values are multiplied by to be in the base unit, and the
// symbol of that: of cpu-ns/msg 1e-9 and s/msg.
func baseOf(u results.Unit) (base float64, symbol string) {
	_, per, divided := strings.Cut(u.Name, "/")
	if divided {
		per = "/" + per
	}
	switch {
	case u.Kind == results.Time:
		return 1e-9, "s" + per
	case u.Kind == results.Bytes || u.Name == "B/s":
		return 1, "B" + per
	case u.Name == "MB/s":
		return 1e6, "B" + per
	}
	return 1, ""
}

// farBelow is how much smaller than the greatest a value may be and still decide
// the prefix.
const farBelow = 1e5

// extent returns the least and the greatest of values in the base unit, signs,
// zeros and what is far less than the greatest apart, and whether all are whole.
func extent(values []float64, base float64) (least, most float64, whole bool) {
	whole = true
	for _, v := range values {
		if v = math.Abs(v) * base; !math.IsInf(v, 0) && v > most {
			most = v
		}
	}
	least = most
	for _, v := range values {
		whole = whole && v == math.Trunc(v)
		if v = math.Abs(v) * base; v > most/farBelow && v < least {
			least = v
		}
	}
	return least, most, whole
}

// decimals returns how many v needs for its significant digits.
func decimals(v float64, digits int) int {
	if digits == 0 {
		digits = 3
	}
	if !(v > 0) {
		return 0
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits-1, 64), 64)
	if err != nil {
		return 0
	}
	return min(max(digits-1-int(math.Floor(math.Log10(rounded))), 0), 9)
}

// number writes v without the unit; "-" where it is no number.
func (n numbers) number(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "-"
	case v == 0:
		return "0"
	}
	return n.Format(v)
}

// full writes v with the unit.
func (n numbers) full(v float64) string {
	if n.symbol == "" {
		return n.number(v)
	}
	return n.number(v) + " " + n.symbol
}

// Number writes one value of a unit with three significant digits and the unit.
func Number(u results.Unit, v float64) string { return numbersOf(u, 0, v).full(v) }

// Tick writes a round value of an axis: Number without zeros at its end.
func Tick(u results.Unit, v float64) string {
	n := numbersOf(u, 0, v)
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v/n.Factor, 'f', n.Prec, 64), 64)
	if err == nil {
		_, fraction, _ := strings.Cut(strconv.FormatFloat(rounded, 'f', -1, 64), ".")
		n.Prec = len(fraction)
	}
	return n.full(v)
}

// heading is the lines above a column: its own, and the unit where figures do
// without it.
func (n numbers) heading(head string, u results.Unit) string {
	if head == "" && u.Name != "" {
		quantity, _, _ := strings.Cut(u.Name, "/")
		if n.symbol == "" {
			return u.Name
		}
		head = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(quantity, "ns"), "B"), "-")
	}
	return strings.TrimPrefix(strings.TrimSuffix(head+"\n"+n.symbol, "\n"), "\n")
}
