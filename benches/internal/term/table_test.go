package term

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files")

var sgrPattern = regexp.MustCompile("\x1b\\[[0-9;]*m")

// everything is a page with all that there is.
func everything(s Screen) string {
	p := s.Page()
	p.Text(Strong, "", "a heading")
	p.Text(Bad, "warning: ", "a text that is longer than the screen is wide goes on below, its lines after the first indented, so that what begins a text is seen at once")
	scale := RatioScale(0.62, 1.07)
	t := &Table{Columns: []Column{
		{Head: "server"}, {Head: "ns", Align: Right}, {Head: "msg/s", Align: Right, Drop: 1}, {Head: "share of\nthe time", Drop: 2, Least: 8, Most: 24},
		{Least: 12, Most: 30, Drop: 3, Name: "interval as drawn"}, {Head: "verdict", Least: 14}, {Head: "never used"},
	}, Axis: map[int]Picture{4: scale}}
	t.Row("plain", "12.5", "1,000", Bar{Value: 0.5, Full: 1}, Span{Scale: scale, Blank: true})
	t.Row("漢字 é e\u0301", "1234", "20", Bar{Value: 0.8, Lo: 0.7, Hi: 0.95, Full: 1}, Span{Scale: scale, Lo: 0.62, Value: 0.65, Hi: 0.7, Style: Bad}, Cell{Text: "slower", Style: Bad})
	t.Gap()
	t.Row("µs", "0.001", "3", Bar{Value: 1.5, Full: 1}, Span{Scale: scale, Lo: 0.97, Value: 1.01, Hi: 1.07}, "no difference above 7 %, with many words")
	t.Row("none", "-", "", Bar{Value: 0.001, Full: 1}, Span{Scale: scale, Lo: 1.03, Value: 1.04, Hi: 1.05, Style: Good}, Cell{Text: "faster", Style: Good})
	p.Table(t)
	p.Item(Strong, "name       ", "an item's lines all begin in the same column, however many words there are in it, behind its name")
	p.Line("a command to copy is never folded: %s", strings.Repeat("x", 40))
	return p.String()
}

func TestGolden(t *testing.T) {
	for _, columns := range []int{60, 80, 100, 140} {
		for name, s := range map[string]Screen{"": {Columns: columns}, "-color": {Columns: columns, Color: true}, "-ascii": {Columns: columns, ASCII: true}} {
			got := everything(s)
			for line := range strings.Lines(got) {
				line = strings.TrimRight(sgrPattern.ReplaceAllString(line, ""), "\n")
				if n := Columns(line); n > columns && !strings.HasPrefix(line, "a command") {
					t.Errorf("%d columns: a line of %d: %s", columns, n, line)
				}
			}
			golden := filepath.Join("testdata", fmt.Sprintf("%d%s.txt", columns, name))
			if *update {
				os.MkdirAll("testdata", 0o777)
				os.WriteFile(golden, []byte(got), 0o666)
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s: -want +got (go test -update writes it):\n%s", golden, diff)
			}
		}
	}
}

// Colours are added to the text, and are all that they add.
func TestColorAddsOnly(t *testing.T) {
	plain, colored := everything(Screen{}), everything(Screen{Color: true})
	if plain == colored || sgrPattern.ReplaceAllString(colored, "") != plain {
		t.Error("colours change the text")
	}
	if strings.ContainsRune(plain, '\x1b') {
		t.Error("a control character without colours")
	}
	for _, style := range sgrPattern.FindAllString(colored, -1) {
		if !strings.Contains("\x1b[0m\x1b[1m\x1b[2m\x1b[31m\x1b[32m\x1b[35m", style) {
			t.Errorf("%q is not one of the 16 colours that can be read on black and on white", style)
		}
	}
}

// What a table has no room for is told, and folded cells keep every word.
func TestTableLosesNothing(t *testing.T) {
	words := strings.Fields("one two three four five six seven eight nine ten eleven twelve thirteen")
	tab := &Table{Columns: []Column{{Head: "a"}, {Head: "less\nimportant", Drop: 1}, {Head: "b"}}}
	tab.Row("x", strings.Repeat("y", 30), strings.Join(words, " "))
	p := Screen{Columns: 40}.Page()
	p.Table(tab)
	for _, want := range append(words, "not shown in 40 columns: less important") {
		if !strings.Contains(p.String(), want) {
			t.Errorf("no %q in\n%s", want, p.String())
		}
	}
}

func TestTableEdges(t *testing.T) {
	for name, tab := range map[string]*Table{
		"nothing": {}, "no rows": {Columns: []Column{{Head: "a"}}},
		"blank": func() *Table { tab := &Table{Columns: []Column{{}, {}}}; tab.Row(); tab.Gap(); tab.Gap(); return tab }(),
	} {
		p := Screen{}.Page()
		p.Table(tab) // does not panic
		if strings.TrimSpace(p.String()) != "" {
			t.Errorf("%s: %q", name, p.String())
		}
	}
}
