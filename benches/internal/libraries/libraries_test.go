package libraries

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]string{"ws,gorilla": "gorilla,ws", "all": strings.Join(Names(), ",")} {
		if got, err := Parse(s); err != nil || !slices.Equal(got, strings.Split(want, ",")) {
			t.Errorf("%s: %q, %v; want %s", s, got, err, want)
		}
	}
	for s, want := range map[string]string{
		"gorila": `"gorila" is not one of all, gorilla, coder`, "": `"" is not one of`, "ws,ws": "twice", "all,ws": "twice",
	} {
		if _, err := Parse(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", s, err, want)
		}
	}
}
