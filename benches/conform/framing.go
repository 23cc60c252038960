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
			title, timer := fmt.Sprintf("%s of %d bytes", name, sizes[i]), kill(1)
			if sizes[i] >= 65535 {
				timer = kill(10)
			}
			if i == 7 {
				f.Pieces = Pieces{Size: 997, Pause: lull}
				title += ", in pieces of 997"
			}
			return echoes(title, f, timer)
		}
	}
	return append(
		series("1.1", len(sizes), one(text, "*", "text")),
		series("1.2", len(sizes), one(bin, "\xFE", "binary"))...)
}

// pings returns group 2.
func pings() []Case {
	answered := func(payload string) Case {
		return passes(fmt.Sprintf("ping of %d bytes", len(payload)), events(pongEvent(payload)), frame(ping, payload))
	}
	full := strings.Repeat("\xFE", 125)
	fullByByte := byByte(answered(full))
	fullByByte.Timer = gentle(2)
	const unsolicited = "unsolicited pong payload"
	unasked := func(title, payload string) Case {
		return passes(title, nil, frame(pong, payload), closeCode(1000, ""))
	}
	return numbered("2",
		answered(""), answered("Hello, world!"), answered("\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF"), answered(full),
		fails("ping of 126 bytes", frame(ping, full+"\xFE")), fullByByte,
		unasked("unasked pong", ""), unasked("unasked pong with payload", unsolicited),
		passes("unasked pong, then a ping", events(pongEvent("ping payload")), frame(pong, unsolicited), frame(ping, "ping payload")),
		tenPings(), byByte(tenPings()),
	)
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

// refused returns a message that may come back, then a frame that must not be
// accepted, then a ping that must not be answered.
func refused(title string, bad Step) Case {
	return behindMessage(fails(title, bad, frame(ping, "")))
}

// behindMessage returns c, whose connection must fail, with a message before
// it, which may come back.
func behindMessage(c Case) Case {
	c.Steps = append(steps(frame(text, hello)), c.Steps...)
	c.Want, c.NonStrict = events(textEvent(hello)), nothing
	return c
}

// reservedBits returns group 3.
func reservedBits() []Case {
	return numbered("3",
		fails("RSV3", frame(rsv(text, 1), hello)),
		refused("RSV2 behind a message", frame(rsv(text, 2), hello)),
		synced(refused("RSV2 and RSV3, frames one at a time", frame(rsv(text, 3), hello))),
		byByte(refused("RSV1 behind a message", frame(rsv(text, 4), hello))),
		fails("RSV1 and RSV3, binary", frame(rsv(bin, 5), "\x00\xFF\xFE\xFD\xFC\xFB\x00\xFF")),
		fails("RSV1 and RSV2, binary", frame(rsv(bin, 6), hello)),
		fails("all RSV bits, close frame", frame(rsv(shut, 7), "")),
	)
}

// reservedOpcodes returns group 4.
func reservedOpcodes() []Case {
	five := func(op uint8) []Case {
		title := func(i uint8) string { return fmt.Sprintf("opcode %d", op+i) }
		behind := func(i uint8, payload string) Case {
			return refused(title(i)+" behind a message", frame(fin|(op+i), payload))
		}
		return []Case{
			fails(title(0)+", empty", frame(fin|op, "")),
			fails(title(1), frame(fin|(op+1), "reserved opcode payload")),
			behind(2, ""), behind(3, hello), byByte(behind(4, hello)),
		}
	}
	return append(numbered("4.1", five(3)...), numbered("4.2", five(11)...)...)
}
