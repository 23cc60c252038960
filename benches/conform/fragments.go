package conform

// pace is how the frames of a case follow each other.
var paces = []struct {
	title string
	apply func(...Step) []Step
}{
	{"", steps},
	{", one at a time", synced},
	{", byte by byte", func(s ...Step) []Step { return chopped(1, s...) }},
}

// paced is c in the first n paces.
func paced(c Case, n int) (list []Case) {
	for _, p := range paces[:n] {
		d := c
		d.Title += p.title
		d.Steps = p.apply(c.Steps...)
		list = append(list, d)
	}
	return list
}

// fragmentation returns group 5.
func fragmentation() []Case {
	const f1, f2, f3, f4, f5 = "fragment1", "fragment2", "fragment3", "fragment4", "fragment5"
	stray := "non-continuation payload"
	fails := func(title string, s ...Step) Case {
		return Case{Title: title, Steps: s, Close: protocolError, Timer: kill(1)}
	}
	passes := func(title string, want []Event, s ...Step) Case {
		return Case{Title: title, Steps: s, Want: want, Close: normal, Timer: gentle(1)}
	}
	begun := fails("two fragments, then one of no message",
		frame(opText, f1), frame(last, f2), frame(more, f3), frame(text, f4))
	begun.Want, begun.NonStrict = events(textEvent(f1+f2)), nothing
	first := steps(frame(more, f1), frame(opText, f2), frame(last, f3))
	second := steps(frame(last, f1), frame(opText, f2), frame(last, f3))

	var list []Case
	add := func(c ...Case) { list = append(list, c...) }
	add(fails("fragmented ping", frame(opPing, f1), frame(last, f2)),
		fails("fragmented pong", frame(opPong, f1), frame(last, f2)))
	add(paced(passes("two fragments", events(textEvent(f1+f2)), frame(opText, f1), frame(last, f2)), 3)...)
	add(paced(passes("two fragments, a ping between", events(pongEvent("ping payload"), textEvent(f1+f2)),
		frame(opText, f1), frame(ping, "ping payload"), frame(last, f2)), 3)...)
	add(paced(fails("last fragment of no message", frame(last, stray), frame(text, hello)), 3)...)
	add(paced(fails("fragment of no message", frame(more, stray), frame(text, hello)), 3)...)
	add(begun,
		fails("fragments before each first one, twice", append(first, first...)...),
		fails("last fragments before each first one, twice", append(second, second...)...),
		fails("message within a message", frame(opText, f1), frame(text, f2)))
	add(paced(passes("five fragments with pings and a pause",
		events(pongEvent("pongme 1!"), pongEvent("pongme 2!"), textEvent(f1+f2+f3+f4+f5)),
		frame(opText, f1), frame(more, f2), frame(ping, "pongme 1!"), wait(""),
		frame(more, f3), frame(more, f4), frame(ping, "pongme 2!"), frame(last, f5)), 2)...)
	return numbered("5", list...)
}

// autoFragmented returns group 10.
func autoFragmented() []Case {
	d := Data{"*", 65536}
	return numbered("10.1", Case{
		Title: "text of 65536 bytes in fragments of 1300",
		Steps: steps(send(Frame{First: text, Data: d, Each: 1300})),
		Want:  events(echoOf(text, d)), Close: normal, Timer: kill(10),
	})
}
