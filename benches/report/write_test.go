package report

import (
	"bytes"
	"encoding/json"
	"flag"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/report/plot"
	"wsbench/benches/results"
	"wsbench/benches/stat"
)

var rewrite = flag.Bool("rewrite", false, "write the renderers' outputs into testdata/document")

// everyBlock has a block of each kind, and text that tries to be more than text.
func everyBlock() Document {
	ratios := []Column{
		{Key: "case", Head: "case", Group: true},
		{Key: "server.name", Head: "server"},
		{Key: "p50_ns", Head: "p50", Unit: results.Unit{Name: "p50-ns", Kind: results.Time}, Drop: 1},
		{Key: "msg_per_s", Unit: results.Unit{Name: "msg/s", Kind: results.Rate}},
		{Key: "ratio", Head: "ratio\nto net", Unit: results.Unit{Name: "ratio", Kind: results.Ratio}, Bounds: "interval", Draw: Spans},
		{Head: "verdict"},
		{Key: "verdict", In: JSON},
		{Key: "values", In: JSON},
	}
	interval := &stat.Interval{Lo: 1.1, Hi: 1.4, Level: 0.95}
	bars := plot.Bars{Title: "msg/s", Format: func(v float64) string { return "1" }, Groups: []plot.Group{{Bars: []plot.Bar{{Label: "net", Value: 1}}}}}
	return Document{
		Command: "matrix", Title: "Echo <b>matrix</b>",
		Facts: []results.Fact{{Key: "cpu", Value: "AMD"}, {Key: "kernel", Value: "6.18"}, {Key: "server-cpu", Value: "0"}, {Key: "seed", Value: "7"}, {Key: "none"}},
		Sections: []Section{
			{Blocks: []Block{
				Note("an *open* loop | <script>alert(1)</script>\x1b[31m"),
				Warning("the generator was slow"),
			}},
			{Title: "Servers by case", Blocks: []Block{
				Table{ID: "medians", Columns: ratios, Note: "first\nsecond", Rows: [][]any{
					{"100/20", "net", 12345.6, 98765.0, nil, nil, "reference", map[string]float64{"p50-ns": 12345.6, "x": math.NaN()}},
					{"100/20", "a|b\n<i>`c`", 9876.5, 123456.0, Estimate{Value: 1.25, Interval: interval, Style: Good}, Styled{"faster", Good}, "faster", nil},
					{"100/4096", "net", math.Inf(1), math.NaN(), Estimate{Value: 0.99, N: 3}, "too few", "underpowered"},
				}},
				Paragraph{Style: Faint, Text: "Ratios are of neighbours.", In: HTML | Markdown},
			}},
			{Title: "Bytes", Blocks: []Block{
				Table{ID: "functions", Title: "By function", Columns: []Column{
					{Key: "function", Head: "function", Least: 10}, {Key: "calls", Head: "calls"},
					{Key: "bytes_per_conn", Unit: results.Unit{Name: "B/conn", Kind: results.Bytes}, Draw: Bars},
				}, Rows: [][]any{{"read", 12, 2048.0}, {"write", 3, Estimate{Value: 1500, Interval: &stat.Interval{Lo: 1000, Hi: 1900, Level: 1}}}}},
				Table{ID: "functions", Columns: []Column{{Key: "function", Head: "function"}}, Rows: [][]any{{"close"}}, In: JSON},
				Table{ID: "skipped", Columns: []Column{{Key: "name"}}},
				Values{Title: "Window", List: []Value{
					{Key: "conns", Name: "connections", Cell: 100},
					{Key: "latency_ns.p50", Name: "p50", Unit: results.Unit{Name: "p50-ns", Kind: results.Time}, Cell: 12345.6},
					{Key: "command_line", Cell: "wsbench <x>"},
				}},
				Figure{Title: "Throughput", Note: "one plot", Commands: []string{"wsbench matrix"}, Plots: []Plot{{"msg/s", bars.Draw()}, {"msg/s", bars.Draw()}},
					Numbers: &Table{ID: "throughput", Columns: []Column{{Key: "v", Head: "v"}}, Rows: [][]any{{1}}, In: HTML | JSON}},
				Drawing{Title: "flame", File: "flame.svg", SVG: []byte(`<svg xmlns="http://www.w3.org/2000/svg"><text onclick="x()">kept</text></svg>`)},
				Drawing{Title: "refused", SVG: []byte(`<svg><script>alert(1)</script></svg>`)},
				Drawing{Title: "broken", SVG: []byte(`<svg>`)},
				Shell{Title: "Commands", Lines: []Line{{"samples", "results/x/bench.txt"}, {"", "go tool benchstat -col /io 'bench.txt'"}}},
			}},
		},
	}
}

// The outputs of every renderer are those on record (-rewrite makes them).
func TestRenderers(t *testing.T) {
	for _, o := range []struct {
		file, format string
		screen       term.Screen
	}{
		{"wide.txt", "text", term.Screen{Columns: 140}},
		{"narrow.txt", "text", term.Screen{Columns: 48}},
		{"ascii.txt", "text", term.Screen{Columns: 80, ASCII: true}},
		{"color.txt", "text", term.Screen{Columns: 80, Color: true}},
		{"page.html", "html", term.Screen{}},
		{"document.json", "json", term.Screen{}},
		{"document.md", "markdown", term.Screen{}},
	} {
		var out bytes.Buffer
		if err := Write(&out, everyBlock(), o.format, o.screen); err != nil {
			t.Fatal(o.file, err)
		}
		got := out.Bytes()
		if o.format == "html" { // less the style and the script
			got = got[bytes.Index(got, []byte("</style>")):bytes.LastIndex(got, []byte("<script>"))]
		}
		path := filepath.Join("testdata", "document", o.file)
		if *rewrite {
			if err := writeRecord(path, got); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is\n%s\nwant\n%s", o.file, got, want)
		}
	}
}

func writeRecord(path string, b []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o666)
}

// What a file says is text in every format: it runs nothing, ends no cell and
// moves no cursor.
func TestHostileText(t *testing.T) {
	for _, format := range Formats {
		var b bytes.Buffer
		if err := Write(&b, everyBlock(), format, term.Screen{}); err != nil {
			t.Fatal(format, err)
		}
		out := b.String()
		if strings.ContainsAny(out, "\x1b\x07") {
			t.Errorf("%s: control characters in\n%s", format, out)
		}
		switch format {
		case "html":
			if strings.Contains(out, "alert(1)</script>") || strings.Contains(out, "onclick") || strings.Contains(out, "<i>`") {
				t.Errorf("html runs what a file says:\n%s", out)
			}
		case "json":
			var doc map[string]any
			if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
				t.Errorf("json: %v", err)
			}
		case "markdown":
			for line := range strings.Lines(out) {
				if cells := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|"); strings.Contains(line, "faster") && cells != 8 || strings.Contains(line, "<") && !strings.Contains(line, `\<`) {
					t.Errorf("markdown: %q", line)
				}
			}
		}
	}
	if err := Write(&bytes.Buffer{}, Document{}, "xml", term.Screen{}); err == nil || !strings.Contains(err.Error(), "xml") {
		t.Errorf("an unknown format: %v", err)
	}
}

// A table of an ID without rows is an empty list, and an empty document has its
// head.
func TestEmptyDocument(t *testing.T) {
	for _, format := range Formats {
		var b bytes.Buffer
		if err := Write(&b, Document{Command: "matrix"}, format, term.Screen{}); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

func TestNumbers(t *testing.T) {
	ns, size, count := results.Unit{Name: "cpu-ns/msg", Kind: results.Time}, results.Unit{Name: "B/conn", Kind: results.Bytes}, results.Unit{Name: "ctxsw/msg"}
	rate, ratio := results.Unit{Name: "msg/s", Kind: results.Rate}, results.Unit{Name: "ratio", Kind: results.Ratio}
	for _, c := range []struct {
		unit          results.Unit
		values        []float64
		heading, want string
	}{
		{ns, []float64{812, 4310}, "CPU\nns/msg", "812 4310"},
		{ns, []float64{1812, 43100.4}, "CPU\nµs/msg", "1.81 43.10"},
		{ns, []float64{0.35, 12}, "CPU\nns/msg", "0.350 12.000"},
		{ns, []float64{0, 2e9}, "CPU\ns/msg", "0 2.00"},
		{ns, nil, "CPU\ns/msg", ""},
		{size, []float64{20, 100}, "B/conn", "20 100"},
		{size, []float64{2048, 1500000}, "kB/conn", "2.05 1500.00"},
		{size, []float64{0.5}, "B/conn", "0.500"},
		{results.Unit{Name: "rss-B", Kind: results.Bytes}, []float64{15.5e6}, "rss\nMB", "15.5"},
		{results.Unit{Name: "B/s", Kind: results.Rate}, []float64{1.5e9}, "GB/s", "1.50"},
		{rate, []float64{98765, 1234567}, "msg/s", "98.8k 1234.6k"},
		{rate, []float64{812, 9310}, "msg/s", "812 9310"},
		{count, []float64{0.0123, 1.5, 0}, "ctxsw/msg", "0.0123 1.5000 0"},
		{count, []float64{3, 17}, "ctxsw/msg", "3 17"},
		{ratio, []float64{1.23456, 0.9}, "ratio", "1.235 0.900"},
		{ratio, []float64{math.NaN(), math.Inf(1)}, "ratio", "- -"},
	} {
		n := numbersOf(c.unit, 0, c.values...)
		var got []string
		for _, v := range c.values {
			got = append(got, n.number(v))
		}
		if h := n.heading("", c.unit); h != c.heading || strings.Join(got, " ") != c.want {
			t.Errorf("%s %v: %q, %q, want %q, %q", c.unit.Name, c.values, h, got, c.heading, c.want)
		}
	}
	for want, got := range map[string]string{
		"12.3 µs": Number(ns, 12345), "2 µs": Tick(ns, 2000), "2.5 µs": Tick(ns, 2500), "0 s": Tick(ns, 0), "100k": Tick(rate, 1e5), "20 B": Tick(size, 20),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
