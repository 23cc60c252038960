package conform

import (
	"fmt"
	"strings"
)

// framing returns group 1: one unfragmented message comes back.
func framing() []Case {
	sizes := []int{0, 125, 126, 127, 128, 65535, 65536, 65536}
	one := func(first uint8, unit, name string) func(int) Case {
		return func(i int) Case {
			f := Frame{First: first, Data: Data{unit, sizes[i]}}
			c := Case{Title: fmt.Sprintf("%s of %d bytes", name, sizes[i]), Close: normal, Timer: kill(1)}
			if sizes[i] >= 65535 {
				c.Timer = kill(10)
			}
			if i == 7 {
				f.Chop = 997
				c.Title += ", in pieces of 997"
			}
			c.Steps, c.Want = steps(send(f)), events(echoOf(first, f.Data))
			return c
		}
	}
	return append(
		series("1.1", len(sizes), one(text, "*", "text")),
		series("1.2", len(sizes), one(bin, "\xFE", "binary"))...)
}

// pings returns group 2.
func pings() []Case {
	answered := func(payload string) Case {
		return Case{
			Title: fmt.Sprintf("ping of %d bytes", len(payload)),
			Steps: steps(frame(ping, payload)), Want: events(pongEvent(payload)),
			Close: normal, Timer: gentle(1),
		}
	}
	full := strings.Repeat("\xFE", 125)
	byByte := answered(full)
	byByte.Title += ", byte by byte"
	byByte.Steps, byByte.Timer = chopped(1, byByte.Steps...), gentle(2)
	ten := tenPings()
	tenByByte := ten
	tenByByte.Title += ", byte by byte"
	tenByByte.Steps = chopped(1, ten.Steps...)
	return numbered("2",
		answered(""), answered("Hello, world!"), answered("\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF"), answered(full),
		Case{Title: "ping of 126 bytes", Steps: steps(frame(ping, full+"\xFE")), Close: protocolError, Timer: kill(1)},
		byByte,
		unasked("", "unasked pong"), unasked("unsolicited pong payload", "unasked pong with payload"),
		Case{
			Title: "unasked pong, then a ping",
			Steps: steps(frame(pong, "unsolicited pong payload"), frame(ping, "ping payload")),
			Want:  events(pongEvent("ping payload")), Close: normal, Timer: gentle(1),
		},
		ten, tenByByte,
	)
}

func unasked(payload, title string) Case {
	return Case{Title: title, Steps: steps(frame(pong, payload), closeCode(1000, "")), Close: normal, Timer: gentle(1)}
}

func tenPings() Case {
	c := Case{Title: "ten pings at once", Close: normal, Timer: gentle(3)}
	for i := range 10 {
		payload := fmt.Sprintf("payload-%d", i)
		c.Steps = append(c.Steps, frame(ping, payload))
		c.Want = append(c.Want, pongEvent(payload))
	}
	return c
}

const hello = "Hello, world!"

// refused is a message that may come back, then a frame that must not be
// accepted, then a ping that must not be answered.
func refused(title string, bad Step) Case {
	return Case{
		Title: title, Steps: steps(frame(text, hello), bad, frame(ping, "")),
		Want: events(textEvent(hello)), NonStrict: nothing,
		Close: protocolError, Timer: kill(1),
	}
}

// alone is one frame that must not be accepted.
func alone(title string, bad Step) Case {
	return Case{Title: title, Steps: steps(bad), Close: protocolError, Timer: kill(1)}
}

// reservedBits returns group 3.
func reservedBits() []Case {
	inSync := refused("RSV2 and RSV3, frames one at a time", frame(rsv(text, 3), hello))
	inSync.Steps = synced(inSync.Steps...)
	byByte := refused("RSV1 behind a message, byte by byte", frame(rsv(text, 4), hello))
	byByte.Steps = chopped(1, byByte.Steps...)
	return numbered("3",
		alone("RSV3", frame(rsv(text, 1), hello)),
		refused("RSV2 behind a message", frame(rsv(text, 2), hello)),
		inSync, byByte,
		alone("RSV1 and RSV3, binary", frame(rsv(bin, 5), "\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF")),
		alone("RSV1 and RSV2, binary", frame(rsv(bin, 6), hello)),
		alone("all RSV bits, close frame", frame(rsv(shut, 7), "")),
	)
}

// reservedOpcodes returns group 4.
func reservedOpcodes() []Case {
	five := func(op uint8) []Case {
		title := func(i uint8) string { return fmt.Sprintf("opcode %d", op+i) }
		behind := func(i uint8, payload string) Case {
			return refused(title(i)+" behind a message", frame(fin|(op+i), payload))
		}
		byByte := behind(4, hello)
		byByte.Title += ", byte by byte"
		byByte.Steps = chopped(1, byByte.Steps...)
		return []Case{
			alone(title(0)+", empty", frame(fin|op, "")),
			alone(title(1), frame(fin|(op+1), "reserved opcode payload")),
			behind(2, ""), behind(3, hello), byByte,
		}
	}
	return append(numbered("4.1", five(3)...), numbered("4.2", five(11)...)...)
}
