package term

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Width is the number of columns where there is no terminal to ask.
const Width = 100

// Bounds of the columns that are made use of: below the least, lines may be
// longer than the screen.
const (
	leastWidth = 40
	mostWidth  = 400
)

// Colors is when to use colours.
type Colors int

const (
	Auto   Colors = iota // on a terminal that is not dumb, unless NO_COLOR is set
	Always               // whatever is written to
	Never
)

var colorNames = []string{"auto", "always", "never"}

// ParseColors reads auto, always or never.
func ParseColors(s string) (Colors, error) {
	for i, name := range colorNames {
		if s == name {
			return Colors(i), nil
		}
	}
	return Auto, fmt.Errorf("%q is not one of auto, always and never", s)
}

// Screen is what text is laid out for. The zero value is no terminal: Width
// columns, UTF-8, no colours.
type Screen struct {
	Columns int  // 0: Width
	Color   bool // SGR sequences of the 16 colours
	ASCII   bool // the locale is not UTF-8
	Control bool // a terminal on which lines can be redrawn
}

// Of returns the screen that w writes to. COLUMNS has the last word on its width.
// UTF-8 is what LC_ALL, LC_CTYPE or LANG say, the first that is set; where none
// is, a terminal is taken to have none, and a file to have it.
func Of(w io.Writer, colors Colors) Screen {
	return of(w, colors, os.Getenv)
}

func of(w io.Writer, colors Colors, env func(string) string) Screen {
	terminal := IsTerminal(w)
	capable := terminal && env("TERM") != "dumb"
	return Screen{
		Columns: columns(w, terminal, env("COLUMNS")),
		Color:   colors == Always || colors == Auto && capable && env("NO_COLOR") == "",
		ASCII:   !utf8Locale(env, !terminal),
		Control: capable,
	}
}

// IsTerminal reports whether w is one.
func IsTerminal(w io.Writer) bool {
	fd, ok := descriptor(w)
	if !ok {
		return false
	}
	return isTerminal(fd)
}

func descriptor(w io.Writer) (fd int, ok bool) {
	f, ok := w.(interface{ Fd() uintptr })
	if !ok {
		return 0, false
	}
	return int(f.Fd()), true
}

func columns(w io.Writer, terminal bool, asked string) int {
	if n, err := strconv.Atoi(asked); err == nil && n > 0 {
		return min(max(n, leastWidth), mostWidth)
	}
	if !terminal {
		return Width
	}
	fd, _ := descriptor(w)
	if n := terminalColumns(fd); n > 0 {
		return min(max(n, leastWidth), mostWidth)
	}
	return 80
}

func utf8Locale(env func(string) string, unset bool) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return unset
}

func (s Screen) width() int {
	if s.Columns == 0 {
		return Width
	}
	return s.Columns
}
