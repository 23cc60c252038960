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
	symbol string // of the unit, with the prefix: µs; "": the prefix follows each number
	per    string // what the unit is divided by: /msg
}

// numbersOf fits numbers to values; digits 0 is three.
func numbersOf(u results.Unit, digits int, values ...float64) numbers {
	if digits == 0 {
		digits = 3
	}
	if u.Kind == results.Ratio {
		return numbers{Scaler: benchunit.Scaler{Prec: digits, Factor: 1}}
	}
	base, symbol, per := baseOf(u)
	least, most, whole := extent(values, base)
	least = rounded(least, digits)
	n := numbers{Scaler: benchunit.Scaler{Factor: 1}, per: per}
	if most == 0 && per == "/s" { // s/s would be read as a share
		least = base
	}
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

// baseOf returns what values are multiplied by to be in the base unit, the
// symbol of that, and what it is divided by: of cpu-ns/msg 1e-9, s and /msg.
func baseOf(u results.Unit) (base float64, symbol, per string) {
	if _, divisor, ok := strings.Cut(u.Name, "/"); ok {
		per = "/" + divisor
	}
	switch {
	case u.Kind == results.Time:
		return 1e-9, "s", per
	case u.Name == "B/s":
		return 1, "B/s", ""
	case u.Name == "MB/s":
		return 1e6, "B/s", ""
	case u.Kind == results.Bytes:
		return 1, "B", per
	}
	return 1, "", per
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

// rounded returns v with so many significant digits.
func rounded(v float64, digits int) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits-1, 64), 64)
	if err != nil {
		return v
	}
	return r
}

// decimals returns how many v needs for its significant digits.
func decimals(v float64, digits int) int {
	if !(v > 0) {
		return 0
	}
	return min(max(digits-1-int(math.Floor(math.Log10(rounded(v, digits)))), 0), 9)
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

// full writes v with the unit, but for what that is divided by.
func (n numbers) full(v float64) string {
	if n.symbol == "" {
		return n.number(v)
	}
	return n.number(v) + " " + n.symbol
}

// Number writes one value with three significant digits and its unit, but for
// what that is divided by: 12.3 µs of cpu-ns/msg.
func Number(u results.Unit, v float64) string { return numbersOf(u, 0, v).full(v) }

// Tick writes a round value of an axis: Number without zeros at its end.
func Tick(u results.Unit, v float64) string {
	n := numbersOf(u, 0, v)
	_, fraction, _ := strings.Cut(strconv.FormatFloat(v/n.Factor, 'f', n.Prec, 64), ".")
	n.Prec = len(strings.TrimRight(fraction, "0"))
	return n.full(v)
}

// heading returns the lines above a column: its own, and the unit where figures do
// without it.
func (n numbers) heading(head string, u results.Unit) string {
	if head == "" && u.Name != "" {
		quantity, _, _ := strings.Cut(u.Name, "/")
		if n.symbol == "" {
			return u.Name
		}
		head = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(quantity, "ns"), "B"), "-")
		if head == "cpu" {
			head = "CPU"
		}
	}
	if n.symbol == "" {
		return head
	}
	return strings.TrimPrefix(head+"\n"+n.symbol+n.per, "\n")
}
