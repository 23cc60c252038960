package attribution

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// A Unit is a unit of the benchmark lines and which way is better; "" where
// neither is.
type Unit struct{ Name, Better string }

// Units are those of WriteBench: CPU time of the component for a message, and
// its percentage of the server's CPU time.
var Units = []Unit{{"cpu-ns/msg", "lower"}, {"cpu-percent", ""}}

// WriteBench writes a benchmark line for each share, those of nothing too:
//
//	BenchmarkAttribution/<base>/component=parse 500000 310.2 cpu-ns/msg 4.1 cpu-percent
//
// base is the part of the name that the run has, such as
// server=wsbench/io=epoll/conns=200/size=16384/depth=1; messages are those
// that the server echoed while it was sampled, and cpu its CPU time for one,
// in ns, measured without an observer.
func WriteBench(w io.Writer, base string, shares []Share, cpu float64, messages int64) error {
	var sum float64
	for _, s := range shares {
		sum += s.Percent
	}
	switch {
	case sum == 0:
		return fmt.Errorf("attribution of %s: the profile holds no samples", base)
	case messages <= 0 || !(cpu > 0):
		return fmt.Errorf("attribution of %s: %d messages of %v ns; want more than none", base, messages, cpu)
	case base == "" || strings.ContainsAny(base, " \t\r\n"):
		return fmt.Errorf("attribution: %q is no name of a benchmark; want key=value/key=value", base)
	}
	var b strings.Builder
	for _, s := range shares {
		fmt.Fprintf(&b, "BenchmarkAttribution/%s/component=%s %d %s cpu-ns/msg %s cpu-percent\n",
			base, s.Component, messages, decimal(cpu*s.Percent/100), decimal(s.Percent))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// decimal writes three places without exponent.
func decimal(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".")
}
