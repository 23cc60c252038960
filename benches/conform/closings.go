package conform

import (
	"fmt"
	"slices"
	"strings"
)

// Endings of group 7.
var (
	answered    = Closing{By: Us, Codes: []int{1000}, Clean: true, CodeFails: true}
	rejected    = Closing{By: Us, Codes: []int{1002}, CodeFails: true}
	badReason   = Closing{By: Us, Codes: []int{1002, 1007}, CodeFails: true}
	undefined   = Closing{By: Us, Codes: []int{1000, 1002}}
	normalClose = closeCode(1000, "")
)

// closings returns group 7: we close first.
func closings() []Case {
	return slices.Concat(
		numbered("7.1", aroundClose()...),
		numbered("7.3",
			ends("empty close frame", answered, closing(literal(""))),
			ends("close frame of one byte", rejected, closing(literal("a"))),
			ends("close frame with a code", answered, normalClose),
			ends("close frame with a reason", answered, closeCode(1000, "Hello World!")),
			ends("close frame of 125 bytes", answered, closeCode(1000, strings.Repeat("*", 123))),
			ends("close frame of 126 bytes", rejected, closeCode(1000, strings.Repeat("*", 124))),
		),
		numbered("7.5", ends("close reason not UTF-8", badReason, closeCode(1000, surrogate))),
		codes("7.7", "valid close code", echoedCode, 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999),
		codes("7.9", "invalid close code", func(int) Closing { return rejected }, 0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999),
		undefinedCodes(),
	)
}

// aroundClose returns 7.1: what is sent before and behind the close frame.
func aroundClose() []Case {
	const greeting = "Hello World!"
	echoed := ends("close frame behind a message", answered, frame(text, greeting))
	echoed.Want = events(textEvent(greeting))
	// Autobahn's own list leaves the first message out, which defeats it.
	large := Data{textPattern, 256 << 10}
	crossing := ends("close frame and ping behind 256 KiB and a message", normal,
		send(Frame{First: text, Data: large}), frame(text, greeting), normalClose, frame(ping, ""))
	crossing.Want = events(echoOf(text, large), textEvent(greeting))
	crossing.Informational = true
	return []Case{
		echoed,
		ends("two close frames", answered, normalClose, frame(shut, "")),
		ends("ping behind the close frame", answered, normalClose, frame(ping, "")),
		ends("message behind the close frame", answered, normalClose, frame(text, greeting)),
		ends("close frame between two fragments", answered, frame(opText, "fragment1"), normalClose, frame(last, "fragment2")),
		crossing,
	}
}

// codes returns one case for each close code.
func codes(prefix, title string, ending func(code int) Closing, list ...int) []Case {
	return series(prefix, len(list), func(i int) Case {
		return ends(fmt.Sprintf("%s %d", title, list[i]), ending(list[i]), closeCode(list[i], ""))
	})
}

func echoedCode(code int) Closing {
	c := answered
	if code != 1000 {
		c.Codes = []int{1000, code}
	}
	return c
}

func undefinedCodes() []Case {
	list := codes("7.13", "undefined close code", func(int) Closing { return undefined }, 5000, 65535)
	for i := range list {
		list[i].Informational = true
	}
	return list
}
