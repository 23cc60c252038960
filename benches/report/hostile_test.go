package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wsbench/benches/internal/term"
)

const hostile = `cpu: <script>alert(1)</script> & "co"
commit: "><img src=x onerror=alert(1)>
seed: 7'; rm -rf ~

NOTE </style><script>alert(2)</script>
DISCARDED BenchmarkEcho/server=<b>/conns=1/size=1/depth=1: "because" </p>
SKIP <svg/onload=alert(3)>: <!--
BLOCK 1 round=1 case=1/1/1
BenchmarkEcho/server=<script>alert(4)</script>/conns=1/size=1/depth=1 10 5 msg/s 3 p50-ns
BenchmarkEcho/server=]]>&amp;/conns=1/size=1/depth=1 10 6 msg/s NaN p50-ns +Inf cpu-ns/msg -7 ctxsw/msg
BenchmarkConns/server="onload=x/conns=5 1 100 B/conn 0 cpu-ns/open
Benchmark<i>'$(id)/a=../../etc/b=<u>/size=1KiB 1 5 ns/op
Benchmark<i>'$(id)/a=../../etc/b=<u>/size=2KiB 1 0 ns/op
BenchmarkX/size=1e999999999 1 5 <script>
BenchmarkX/-/=/==/size= 1 5 ns/op
`

func TestHostileNamesAreText(t *testing.T) {
	profile := Section{Title: "<b>t", Blocks: []Block{
		Table{Title: "<i>", Note: "<script>", Columns: []Column{{Head: "<"}, {Head: "share", Draw: Bars}}, Rows: [][]any{{"<a>", 50.0}, {"short"}, nil}},
		Shell{Lines: []Line{{"", "a && b < c"}}},
		Drawing{SVG: []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><text href="https://x.example/">&lt;b&gt;</text><style>rect{fill:red}</style></svg>`)},
		Drawing{Title: "<u>", SVG: []byte(`<svg><script>alert(5)</script></svg>`)},
	}}
	p := Of("report", parsed(t, hostile), "bench.txt", profile)
	page := render(t, p)
	for _, bad := range []string{"<script>alert", "<img", "<svg/", "alert(5)", "x.example", "$(id)' ", "rm -rf ~</code>"} {
		if strings.Contains(page, bad) {
			t.Errorf("%q is on the page", bad)
		}
	}
	if !strings.Contains(page, "rect{fill:red}") || !strings.Contains(page, "&lt;b&gt;</text>") {
		t.Error("the flame graph's own style and text are gone")
	}
	for _, plot := range p.plots() {
		if plot.Name != filepath.Base(plot.Name) || strings.HasPrefix(plot.Name, ".") || len(plot.Name) > 120 {
			t.Errorf("file name %q", plot.Name)
		}
		if err := balanced(string(plot.SVG)); err != nil {
			t.Errorf("%s: %v", plot.Name, err)
		}
	}
}

func TestInline(t *testing.T) {
	for in, want := range map[string]string{
		`<?xml version="1.0"?><!DOCTYPE svg><svg viewBox="0 0 1 1" xmlns="x"><!-- c --><g fill="red" transform="scale(2)"><title>a &lt; b</title></g></svg>`: `<svg viewBox="0 0 1 1"><g fill="red" transform="scale(2)"><title>a &lt; b</title></g></svg>`,
		`<svg onload="x()"><rect style="fill:red" fill="url(http://x)" stroke="\75rl(http://x)" href="javascript:x()" y="1"/>t</svg>`:                        `<svg><rect y="1"></rect>t</svg>`,
		`<svg><style>rect{fill:red}</style></svg>`: `<svg><style>rect{fill:red}</style></svg>`,
	} {
		if got, err := inline([]byte(in)); err != nil || got != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
	for _, in := range []string{
		`<svg><script>x()</script></svg>`, `<svg><foreignObject><b>x</b></foreignObject></svg>`, `<svg><a href="http://x"/></svg>`, `<svg><image href="http://x"/></svg>`,
		`<svg><title><img src="x"/></title></svg>`, `<svg><style>@import "http://x"</style></svg>`, `<svg><style>rect{fill:u<!-- -->rl(http://x)}</style></svg>`, `<svg><style>rect{fill:u<![CDATA[rl(http://x)}]]></style></svg>`,
	} {
		if got, err := inline([]byte(in)); err == nil {
			t.Errorf("%q became %q", in, got)
		}
	}
	for _, in := range []string{"", "text", "<p></p>", "<svg><g></svg>", "<svg>"} {
		if got, err := inline([]byte(in)); err == nil {
			t.Errorf("%q became %q", in, got)
		}
	}
}

// The drawings of package flame can be part of a page.
func TestInlineFlameGraphs(t *testing.T) {
	files, _ := filepath.Glob("../../profiles/flame/testdata/*.svg")
	for _, file := range files {
		svg, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := inline(svg); err != nil || strings.Count(got, "<title>") != strings.Count(string(svg), "<title>") {
			t.Errorf("%s: %v", file, err)
		}
	}
	if len(files) == 0 {
		t.Error("no flame graphs")
	}
}

// Whatever a file holds, its page is sound.
func FuzzPage(f *testing.F) {
	f.Add([]byte(hostile))
	f.Add([]byte("BenchmarkEcho/server=a/conns=9223372036854775807/size=9223372036854775807/depth=1 1 1e308 msg/s\nBenchmarkEcho/server=b-aa/conns=1/size=0/depth=1 1 -1 msg/s\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 2000 {
			return // more of the same, and slow
		}
		p := Of("report", parsed(t, string(b)), "bench.txt")
		render(t, p)
		p.plots()
		for _, format := range Formats {
			if err := Write(&bytes.Buffer{}, p, format, term.Screen{}); err != nil {
				t.Error(err)
			}
		}
	})
}

func FuzzInline(f *testing.F) {
	f.Add([]byte(`<svg><g onclick="x">&lt;</g></svg>`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := inline(b)
		if err != nil {
			return
		}
		if err := balanced(s); err != nil {
			t.Error(err)
		}
		if strings.Contains(s, "<script") {
			t.Error(s)
		}
	})
}
