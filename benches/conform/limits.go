package conform

import (
	"fmt"
	"slices"
)

// Patterns of group 9.
const (
	textPattern   = "BAsd7&jh23"
	binaryPattern = "\x00\xFE\x23\xFA\xF0"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// limits returns group 9.
func limits() []Case {
	whole := func(prefix string, first uint8, unit string, timers ...int) []Case {
		sizes := []int{64 * kib, 256 * kib, mib, 4 * mib, 8 * mib, 16 * mib}
		return series(prefix, len(sizes), func(i int) Case {
			return large("", Frame{First: first, Data: Data{unit, sizes[i]}}, timers[i])
		})
	}
	cut := func(prefix string, first uint8, odd string) []Case {
		sizes := []int{64, 256, kib, 4 * kib, 16 * kib, 64 * kib, 256 * kib, mib, 4 * mib}
		return series(prefix, len(sizes), func(i int) Case {
			unit := "*"
			if i == 0 {
				unit = odd
			}
			f := Frame{First: first, Data: Data{unit, 4 * mib}, Each: sizes[i]}
			return large(", in fragments of "+size(sizes[i]), f, 100)
		})
	}
	chop := func(prefix string, first uint8, unit string) []Case {
		return series(prefix, 6, func(i int) Case {
			f := Frame{First: first, Data: Data{unit, mib}, Pieces: Pieces{Size: 64 << i, Pause: lull}}
			return large(", in pieces of "+size(f.Pieces.Size), f, 1000)
		})
	}
	return slices.Concat(
		whole("9.1", text, textPattern, 10, 10, 100, 100, 100, 100), whole("9.2", bin, binaryPattern, 10, 10, 10, 10, 100, 100),
		cut("9.3", text, "*"), cut("9.4", bin, "\xFE"),
		chop("9.5", text, textPattern), chop("9.6", bin, binaryPattern),
		roundTrips("9.7", text, "*"), roundTrips("9.8", bin, "\xFE"),
	)
}

// large returns one message of which Autobahn compares the length of the echo.
func large(how string, f Frame, timer int) Case {
	c := echoes(opName(f.First)+" of "+size(f.Data.N)+how, f, gentle(timer))
	c.LengthOnly = true
	return c
}

// roundTrips returns a thousand messages, each sent upon the echo of the last.
func roundTrips(prefix string, first uint8, unit string) []Case {
	const trips = 1000
	sizes := []int{0, 16, 64, 256, 1024, 4096}
	timers := []int{60, 60, 60, 120, 240, 480}
	return series(prefix, len(sizes), func(i int) Case {
		f := Frame{First: first, Data: Data{unit, sizes[i]}}
		return Case{
			Title: fmt.Sprintf("%d round trips of %s of %s", trips, opName(first), size(sizes[i])),
			Steps: slices.Repeat(steps(send(f), Step{Await: true}), trips),
			Want:  slices.Repeat(events(echoOf(first, f.Data)), trips),
			Close: normal, Timer: gentle(timers[i]), LengthOnly: true,
		}
	})
}

func opName(first uint8) string {
	if first&0x0F == opText {
		return "text"
	}
	return "binary"
}

// size returns n bytes in words.
func size(n int) string {
	switch {
	case n >= mib && n%mib == 0:
		return fmt.Sprintf("%d MiB", n/mib)
	case n >= kib && n%kib == 0:
		return fmt.Sprintf("%d KiB", n/kib)
	}
	return fmt.Sprintf("%d bytes", n)
}
