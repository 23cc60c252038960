package conform

import "slices"

// paced returns c, and with its frames one at a time.
func paced(c Case) []Case {
	apart := synced(c)
	apart.Title += ", one at a time"
	return []Case{c, apart}
}

// pacedByByte returns c, and with its frames one at a time and byte by byte.
func pacedByByte(c Case) []Case { return append(paced(c), byByte(c)) }

// fragmentation returns group 5.
func fragmentation() []Case {
	const f1, f2, f3, f4, f5 = "fragment1", "fragment2", "fragment3", "fragment4", "fragment5"
	stray := "non-continuation payload"
	begun := fails("two fragments, then one of no message",
		frame(opText, f1), frame(last, f2), frame(more, f3), frame(text, f4))
	begun.Want, begun.NonStrict = events(textEvent(f1+f2)), nothing
	first := steps(frame(more, f1), frame(opText, f2), frame(last, f3))
	second := steps(frame(last, f1), frame(opText, f2), frame(last, f3))

	return numbered("5", slices.Concat(
		[]Case{
			fails("fragmented ping", frame(opPing, f1), frame(last, f2)),
			fails("fragmented pong", frame(opPong, f1), frame(last, f2)),
		},
		pacedByByte(passes("two fragments", events(textEvent(f1+f2)), frame(opText, f1), frame(last, f2))),
		pacedByByte(passes("two fragments, a ping between", events(pongEvent("ping payload"), textEvent(f1+f2)),
			frame(opText, f1), frame(ping, "ping payload"), frame(last, f2))),
		pacedByByte(fails("last fragment of no message", frame(last, stray), frame(text, hello))),
		pacedByByte(fails("fragment of no message", frame(more, stray), frame(text, hello))),
		[]Case{
			begun,
			fails("fragments before each first one, twice", append(first, first...)...),
			fails("last fragments before each first one, twice", append(second, second...)...),
			fails("message within a message", frame(opText, f1), frame(text, f2)),
		},
		paced(passes("five fragments with pings and a pause",
			events(pongEvent("pongme 1!"), pongEvent("pongme 2!"), textEvent(f1+f2+f3+f4+f5)),
			frame(opText, f1), frame(more, f2), frame(ping, "pongme 1!"), wait(""),
			frame(more, f3), frame(more, f4), frame(ping, "pongme 2!"), frame(last, f5))),
	)...)
}

// autoFragmented returns group 10.
func autoFragmented() []Case {
	f := Frame{First: text, Data: Data{"*", 65536}, Each: 1300}
	return numbered("10.1", echoes("text of 65536 bytes in fragments of 1300", f, kill(10)))
}
