package parse

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func TestValidCloseCode(t *testing.T) {
	valid := func(code int) bool { // section 7.4 and the IANA registry
		switch code {
		case 1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014:
			return true
		}
		return code >= 3000 && code < 5000
	}
	for code := -1; code <= 1<<16; code++ {
		if got := ValidCloseCode(code); got != valid(code) {
			t.Errorf("ValidCloseCode(%d) = %v", code, got)
		}
	}
}

func TestParseClose(t *testing.T) {
	for _, c := range []struct {
		payload string
		code    int
		reason  string
		err     error
	}{
		{"", 0, "", nil},
		{"\x03", 0, "", ErrCloseShort},
		{"\x03\xE8", 1000, "", nil},
		{"\x03\xE8bye κόσμε", 1000, "bye κόσμε", nil},
		{"\x03\xE8\xCE", 1000, "\xCE", ErrCloseReason},
		{"\x03\xEC", 1004, "", ErrCloseCode},
		{"\x03\xED", 1005, "", ErrCloseCode},
		{"\x03\xEE", 1006, "", ErrCloseCode},
		{"\x03\xF4", 1012, "", nil},
		{"\x03\xF6", 1014, "", nil},
		{"\x03\xF7", 1015, "", ErrCloseCode},
		{"\x03\xF8", 1016, "", ErrCloseCode},
		{"\x0B\xB7", 2999, "", ErrCloseCode},
		{"\x0B\xB8", 3000, "", nil},
		{"\x13\x87", 4999, "", nil},
		{"\x13\x88", 5000, "", ErrCloseCode},
		{"\xFF\xFF\xFF", 65535, "\xFF", ErrCloseCode}, // the code comes first
		{"\x00\x00", 0, "", ErrCloseCode},
	} {
		code, reason, err := ParseClose([]byte(c.payload))
		if code != c.code || string(reason) != c.reason || err != c.err {
			t.Errorf("ParseClose(%q) = %d, %q, %v; want %d, %q, %v", c.payload, code, reason, err, c.code, c.reason, c.err)
		}
	}
}

func TestAppendClose(t *testing.T) {
	x := func(n int) string { return strings.Repeat("x", n) }
	for _, c := range []struct{ reason, want string }{
		{"", ""},
		{"bye", "bye"},
		{x(123), x(123)},
		{x(124), x(123)},
		{x(121) + "é", x(121) + "é"},
		{x(122) + "é", x(122)},
		{x(121) + "€", x(121)},
		{x(120) + "€", x(120) + "€"},
		{x(120) + "𤭢", x(120)},
		{x(119) + "𤭢", x(119) + "𤭢"},
		{strings.Repeat("𤭢", 40), strings.Repeat("𤭢", 30)},
		{strings.Repeat("\x80", 130), ""}, // not UTF-8 at all
	} {
		got := AppendClose([]byte("before"), CloseGoingAway, c.reason)
		if diff := cmp.Diff("before\x03\xE9"+c.want, string(got)); diff != "" {
			t.Errorf("reason %q: %s", c.reason, diff)
		}
		code, reason, err := ParseClose(got[len("before"):])
		if code != CloseGoingAway || err != nil || len(reason) > MaxControl-2 || !utf8.Valid(reason) {
			t.Errorf("reason %q is read back as %d, %q, %v", c.reason, code, reason, err)
		}
	}
}
