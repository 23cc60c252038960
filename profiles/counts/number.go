package counts

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"wsbench/profiles/internal/capture"
)

// maxCount bounds a single number of a capture: beyond it a counter has
// overflowed (perf's scaling has done so), or the file is no capture.
const maxCount = 1e17

// fields splits at blanks and tabs only: no-break spaces group digits in some
// locales.
func fields(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\t' })
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isDigits reports whether s is a whole number.
func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// parseCount reads a whole number of at most maxCount.
func parseCount(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || !isDigits(s) || n > maxCount {
		return 0, fmt.Errorf("%s is not a count", capture.Excerpt(s))
	}
	return n, nil
}

// parseDecimal reads a number of at most most, whose point a locale may write
// as a comma.
func parseDecimal(s string, most float64) (float64, error) {
	text := strings.Replace(s, ",", ".", 1)
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || !isDecimal(text) || v > most {
		return 0, fmt.Errorf("%s is not a number up to %g", capture.Excerpt(s), most)
	}
	return v, nil
}

// parseTime reads a decimal number of a unit of time.ParseDuration, whose point
// a locale may write as a comma.
func parseTime(s, unit string) (time.Duration, error) {
	text := strings.Replace(s, ",", ".", 1)
	d, err := time.ParseDuration(text + unit)
	if err != nil || !isDecimal(text) {
		return 0, fmt.Errorf("%s is not a time", capture.Excerpt(s))
	}
	return d, nil
}

// isDecimal reports whether s is digits with at most one point among them.
func isDecimal(s string) bool {
	whole, part, _ := strings.Cut(s, ".")
	return s != "" && s != "." && strings.Trim(whole+part, "0123456789") == ""
}

// parseGrouped reads a number as a locale may print it. Every separator that
// three digits follow groups, except where point is true: then the last
// separator is the decimal one.
func parseGrouped(s string, point bool) (float64, error) {
	digits, last := ungroup(s)
	if digits == "" {
		return 0, fmt.Errorf("%s is not a number", capture.Excerpt(s))
	}
	decimals := 0
	if last >= 0 && (point || len(digits)-last != 3) {
		decimals = len(digits) - last
	}
	v, err := strconv.ParseFloat(digits[:len(digits)-decimals]+"."+digits[len(digits)-decimals:], 64)
	if err != nil || v > maxCount {
		return 0, fmt.Errorf("%s is more than can be counted; the counter has overflowed", capture.Excerpt(s))
	}
	return v, nil
}

// separators are what locales put between digits.
var separators = strings.NewReplacer(",", ".", "'", ".", "’", ".", "\u00a0", ".", "\u202f", ".", "\u066c", ".", "\xa0", ".")

// ungroup returns the digits of s, and how many of them stand before the last
// separator, -1 without one; no digits where s is not a number.
func ungroup(s string) (digits string, last int) {
	s, last = separators.Replace(s), -1
	var b strings.Builder
	for i := range len(s) {
		switch {
		case isDigit(s[i]):
			b.WriteByte(s[i])
		case s[i] == '.' && i > 0 && i < len(s)-1 && last < b.Len():
			last = b.Len()
		default:
			return "", -1
		}
	}
	return b.String(), last
}

// isNumber reports whether parseGrouped could read s.
func isNumber(s string) bool {
	digits, _ := ungroup(s)
	return digits != ""
}
