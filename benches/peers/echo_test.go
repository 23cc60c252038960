package peers

import (
	"fmt"
	"testing"
)

// BenchmarkEcho echoes what a client sends at once: one message, or frames=.
// The package's documentation tells what each library does and does not.
func BenchmarkEcho(b *testing.B) {
	fmt.Print(units)
	for _, s := range append(Servers(), EchoFloor()) {
		for _, c := range Cases(EchoSizes) {
			if s.Takes(c) {
				b.Run(s.Name()+"/"+c.Name(s), func(b *testing.B) { benchEcho(b, s, c) })
			}
		}
	}
}

// units tell benchstat which way is better.
const units = `Unit ns/frame better=lower
Unit reads/msg better=lower
Unit writes/msg better=lower
Unit reads/frame better=lower
Unit writes/frame better=lower
`

func benchEcho(b *testing.B, s Server, c Case) {
	f := c.feed()
	l, err := s.open(f)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(c.Bytes()))
	b.ReportAllocs()
	if err := f.serve(l, b.Loop); err != nil {
		b.Fatal(err)
	}
	all, per := float64(b.N*c.Frames), "msg"
	if c.Frames > 1 {
		per = "frame"
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/all, "ns/frame")
	}
	b.ReportMetric(float64(f.reads)/all, "reads/"+per)
	b.ReportMetric(float64(f.writes)/all, "writes/"+per)
}
