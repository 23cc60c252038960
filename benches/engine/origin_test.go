package engine

import (
	"strings"
	"testing"
)

func TestOrigins(t *testing.T) {
	const none = "none" // no Origin header
	for _, c := range []struct {
		list, origin, host string
		want               bool
	}{
		{"", "http://evil.example", "a", true},
		{"", "null", "a", true},
		{"https://a.example", none, "b", true},
		{"same", none, "b", true},
		{"https://a.example", "https://a.example", "b", true},
		{"https://a.example", "HTTPS://A.Example", "b", true},
		{"HTTPS://A.Example", "https://a.example", "b", true},
		{" https://a.example , http://b:81", "http://b:81", "b", true},
		{"https://a.example:443", "https://a.example", "b", true},
		{"https://a.example", "https://a.example:443", "b", true},
		{"http://a.example", "http://a.example:80", "b", true},
		{"http://[::1]:81", "http://[::1]:81", "b", true},
		{"app://local", "app://local", "b", true},
		{"null", "null", "b", true},
		{"https://a.example", "http://a.example", "a.example", false},
		{"https://a.example", "https://a.example:80", "b", false},
		{"https://a.example", "https://a.example:4431", "b", false},
		{"https://a.example", "https://a.example.evil", "b", false},
		{"https://a.example", "https://evil.a.example", "b", false},
		{"https://a.example", "https://a.example/", "b", false},
		{"https://a.example", "a.example", "b", false},
		{"https://k.example", "https://\u212A.example", "b", false},
		{"https://a.example", "", "b", false},
		{"https://a.example", "null", "b", false},
		{"https://a.example", "https://b", "b", false},
		{"same", "http://b:9001", "b:9001", true},
		{"same", "https://B:9001", "b:9001", true},
		{"same", "http://b", "b:80", true},
		{"same", "http://b:80", "b", true},
		{"same", "https://b", "b:443", true},
		{"same", "http://[::1]:81", "[::1]:81", true},
		{"same,https://a.example", "https://a.example", "b", true},
		{"same", "http://b", "b:443", false},
		{"same", "https://b", "b:80", false},
		{"same", "http://b", "b:9001", false},
		{"same", "http://b:9001", "b", false},
		{"same", "http://b@c", "c", false},
		{"same", "b", "b", false},
		{"same", "null", "null", false},
		{"same", "http://", "", false},
		{"same", "", "", false},
	} {
		o, err := ParseOrigins(c.list)
		if err != nil {
			t.Errorf("%q: %v", c.list, err)
			continue
		}
		origin := []byte(c.origin)
		if c.origin == none {
			origin = nil
		} else if c.origin == "" {
			origin = []byte{}
		}
		if got := o.Allow(origin, []byte(c.host)); got != c.want {
			t.Errorf("list %q, origin %q, host %q: %v", c.list, c.origin, c.host, got)
		}
		if again, err := ParseOrigins(o.String()); err != nil || again.String() != o.String() {
			t.Errorf("%q is read as %q, %v", o, again, err)
		}
	}
}

func TestParseOriginsRefuses(t *testing.T) {
	for _, list := range []string{
		"a.example", "*", "https://*.example", "https://a.example/", "https://a.example/path", "https://a?q", "https://u@a",
		"https://", "https://a:", "https://a:x", "//a", "https://a b", "https://ä.example", "https://a,", ",", " ", "same;null",
	} {
		if o, err := ParseOrigins(list); err == nil || !strings.Contains(err.Error(), "want scheme://host") || o.String() != "" {
			t.Errorf("%q: %q, %v", list, o, err)
		}
	}
}
