package plot

import (
	"math"
	"strconv"
)

// Percentiles are the ticks of a percentile axis, in percent.
var Percentiles = []float64{50, 90, 99, 99.9, 99.99, 99.999}

// PercentileX returns the place of a percentile on an axis of log10(1/(1-q)): each
// further nine takes as much room as the one before.
func PercentileX(percent float64) float64 { return -math.Log10(1 - percent/100) }

// Percentile returns what PercentileX was made of.
func Percentile(x float64) float64 { return 100 * (1 - math.Pow(10, -x)) }

// PercentileAxis returns a percentile axis up to the greatest of the percentiles.
func PercentileAxis(greatest float64) Axis {
	a := Axis{Label: "percentile of messages", Format: func(x float64) string {
		p := Percentile(x)
		return strconv.FormatFloat(math.Round(p*1e4)/1e4, 'f', -1, 64)
	}}
	for _, p := range Percentiles {
		if p <= greatest+1e-9 {
			a.Ticks = append(a.Ticks, PercentileX(p))
		}
	}
	return a
}
