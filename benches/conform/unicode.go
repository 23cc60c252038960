package conform

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Texts of group 6: greek and mixed are valid; surrogate and above, a code
// point over U+10FFFF, are not from byte 12 on.
const (
	greek     = "κ\u1F79σμε" // the second letter by its code point of 3 bytes
	mixed     = "Hello-µ@ßöäüàá-UTF-8!!"
	edited    = "edited"
	surrogate = greek + "\xED\xA0\x80" + edited
	above     = greek + "\xF4\x90\x80\x80" + edited
)

// unicode returns group 6.
func unicode() []Case {
	texts := func(title, whole string, s ...Step) Case { return passes(title, events(textEvent(whole)), s...) }
	const middle = "middle frame payload"
	return slices.Concat(
		numbered("6.1",
			texts("empty text", "", frame(text, "")),
			texts("three empty fragments", "", frame(opText, ""), frame(more, ""), frame(last, "")),
			texts("three fragments, the middle one not empty", middle, frame(opText, ""), frame(more, middle), frame(last, "")),
		),
		numbered("6.2",
			texts("text", mixed, frame(text, mixed)),
			texts("text cut between code points", mixed, frame(opText, mixed[:15]), frame(last, mixed[15:])),
			texts("text in fragments of a byte", mixed, byBytes(mixed)),
			texts("Greek in fragments of a byte", greek, byBytes(greek)),
		),
		numbered("6.3",
			notText("surrogate", frame(text, surrogate)),
			notText("surrogate in fragments of a byte", byBytes(surrogate)),
		),
		numbered("6.4", failFast()...),
		sequences(),
	)
}

func byBytes(s string) Step { return send(Frame{First: text, Data: literal(s), Each: 1}) }

// failFast returns 6.4: what part 2 makes invalid is refused before part 3.
func failFast() []Case {
	held := func(first, second int) []Step {
		begin := send(Frame{First: opText, Data: literal(above), Hold: len(above) - first})
		rest := Step{More: len(above) - first - second}
		return steps(begin, wait("A"), Step{More: second}, due("B"), rest, frame(last, ""))
	}
	list := []Case{
		notText("invalid in the second of three fragments",
			frame(opText, greek), wait("A"), frame(more, above[11:15]), due("B"), frame(last, edited)),
		notText("invalid in the second of three fragments, within a code point",
			frame(opText, above[:12]), wait("A"), frame(more, above[12:13]), due("B"), frame(last, above[13:])),
		notText("invalid in the second part of a frame", held(11, 4)...),
		notText("invalid in the second part of a frame, within a code point", held(12, 1)...),
	}
	elapsed := func(tag string) Event { return Event{Elapsed, literal(tag)} }
	for i := range list {
		list[i].Want = events(elapsed("A"))
		list[i].NonStrict = [][]Event{{elapsed("A"), elapsed("B")}}
	}
	return list
}

// sequences returns 6.5 to 6.23: each payload one message.
func sequences() (list []Case) {
	for i, g := range unicodeGroups {
		payloads := strings.Fields(g.payloads)
		prefix := fmt.Sprintf("6.%d", 5+i)
		list = append(list, series(prefix, len(payloads), func(i int) Case {
			return sequence(g.title, unhex(payloads[i]))
		})...)
	}
	return list
}

func sequence(title, payload string) Case {
	c := Case{Title: title, Steps: steps(frame(text, payload)), Timer: kill(0.5)}
	if utf8.ValidString(payload) {
		c.Want, c.Close = events(textEvent(payload)), normal
	} else {
		c.Title += ", invalid"
		c.Close = invalidData
	}
	return c
}

// prefixes returns every prefix of s in hexadecimal.
func prefixes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%x ", s[:i+1])
	}
	return b.String()
}

// nonCharacters returns the last two code points of every plane, in
// hexadecimal.
func nonCharacters() string {
	var b strings.Builder
	for plane := range rune(17) {
		fmt.Fprintf(&b, "%x %x ", string(plane<<16|0xFFFE), string(plane<<16|0xFFFF))
	}
	return b.String()
}

// lonely returns each byte from first to last, followed by a space.
func lonely(first, last int) string { return eachByte(first, last, "20") + " " }

// eachByte returns each byte from first to last, followed by behind.
func eachByte(first, last int, behind string) string {
	var b strings.Builder
	for i := first; i <= last; i++ {
		fmt.Fprintf(&b, "%02x%s", i, behind)
	}
	return b.String()
}

const truncated = "c0 e080 f08080 f8808080 fc80808080 df efbf f7bfbf fbbfbfbf fdbfbfbfbf"

// unicodeGroups are 6.5 to 6.23, payloads in hexadecimal.
var unicodeGroups = []struct{ title, payloads string }{
	{"valid sequences", "68656c6c6f24776f726c64 68656c6c6fc2a2776f726c64 68656c6c6fe282ac776f726c64 68656c6c6ff0a4ada2776f726c64 cebae1bdb9cf83cebcceb5"},
	{"prefix of a text", prefixes(greek)},
	{"first sequence of a length", "00 c280 e0a080 f0908080"},
	{"first sequence of 5 or 6 bytes", "f888808080 fc8480808080"},
	{"last sequence of a length", "7f dfbf efbfbf f48fbfbf"},
	{"last sequence of 4, 5 or 6 bytes", "f7bfbfbf fbbfbfbfbf fdbfbfbfbfbf"},
	{"other boundaries", "ed9fbf ee8080 efbfbd f48fbfbf f4908080"},
	{"continuation bytes alone", "80 bf 80bf 80bf80 80bf80bf 80bf80bf80 80bf80bf80bf " + eachByte(0x80, 0xBE, "")},
	{"first bytes alone", lonely(0xC0, 0xDE) + lonely(0xE0, 0xEE) + lonely(0xF0, 0xF6) + lonely(0xF8, 0xFA) + lonely(0xFC, 0xFC)},
	{"last byte missing", truncated},
	{"last bytes missing", strings.ReplaceAll(truncated, " ", "")},
	{"impossible bytes", "fe ff fefeffff"},
	{"overlong solidus", "c0af e080af f08080af f8808080af fc80808080af"},
	{"longest overlong sequence", "c1bf e09fbf f08fbfbf f887bfbfbf fc83bfbfbfbf"},
	{"overlong NUL", "c080 e08080 f0808080 f880808080 fc8080808080"},
	{"surrogate", "eda080 edadbf edae80 edafbf edb080 edbe80 edbfbf"},
	{"pair of surrogates", "eda080edb080 eda080edbfbf edadbfedb080 edadbfedbfbf edae80edb080 edae80edbfbf edafbfedb080 edafbfedbfbf"},
	{"non-character", nonCharacters()},
	{"special", "efbfb9 efbfba efbfbb efbfbc efbfbd efbfbe efbfbf"},
}
