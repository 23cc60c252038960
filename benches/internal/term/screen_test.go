//go:build linux

package term

import (
	"bytes"
	"os"
	"testing"

	"wsbench/benches/internal/pty"
)

func openTTY(t *testing.T, columns int) *os.File {
	t.Helper()
	screen, tty, err := pty.Open(columns, 40)
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	t.Cleanup(func() { tty.Close(); screen.Close() })
	return tty
}

// What is detected on a real terminal, and what the environment and the flag
// make of it.
func TestOfTerminal(t *testing.T) {
	for _, tt := range []struct {
		columns int
		colors  Colors
		env     map[string]string
		want    Screen
	}{
		{120, Auto, nil, Screen{120, true, true, true}},
		{120, Auto, map[string]string{"LANG": "de_DE.UTF-8"}, Screen{120, true, false, true}},
		{120, Auto, map[string]string{"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, Screen{120, true, true, true}},
		{120, Auto, map[string]string{"LC_CTYPE": "C.utf8"}, Screen{120, true, false, true}},
		{120, Auto, map[string]string{"NO_COLOR": "1"}, Screen{120, false, true, true}},
		{120, Auto, map[string]string{"NO_COLOR": ""}, Screen{120, true, true, true}},
		{120, Auto, map[string]string{"TERM": "dumb"}, Screen{120, false, true, false}},
		{120, Always, map[string]string{"NO_COLOR": "1", "TERM": "dumb"}, Screen{120, true, true, false}},
		{120, Never, nil, Screen{120, false, true, true}},
		{120, Auto, map[string]string{"COLUMNS": "72"}, Screen{72, true, true, true}},
		{120, Auto, map[string]string{"COLUMNS": "many"}, Screen{120, true, true, true}},
		{120, Auto, map[string]string{"COLUMNS": "-1"}, Screen{120, true, true, true}},
		{0, Auto, nil, Screen{80, true, true, true}},
		{3, Auto, nil, Screen{leastWidth, true, true, true}},
		{9999, Auto, nil, Screen{mostWidth, true, true, true}},
	} {
		if got := of(openTTY(t, tt.columns), tt.colors, func(k string) string { return tt.env[k] }); got != tt.want {
			t.Errorf("%d columns, %v, %v: %+v, want %+v", tt.columns, tt.colors, tt.env, got, tt.want)
		}
	}
}

func TestOfNoTerminal(t *testing.T) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	none := func(string) string { return "" }
	if got := of(null, Auto, none); got != (Screen{Columns: Width}) {
		t.Errorf("/dev/null: %+v", got)
	}
	if got := of(&bytes.Buffer{}, Always, none); got != (Screen{Columns: Width, Color: true}) {
		t.Errorf("a buffer: %+v", got)
	}
	wide := func(k string) string { return map[string]string{"COLUMNS": "130", "LANG": "C"}[k] }
	if got := of(&bytes.Buffer{}, Auto, wide); got != (Screen{Columns: 130, ASCII: true}) {
		t.Errorf("a buffer: %+v", got)
	}
}

func TestParseColors(t *testing.T) {
	for s, want := range map[string]Colors{"auto": Auto, "always": Always, "never": Never} {
		if got, err := ParseColors(s); got != want || err != nil {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	if _, err := ParseColors("yes"); err == nil {
		t.Error("yes is no error")
	}
}
