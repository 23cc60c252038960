package flame_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/pprof/profile"

	"wsbench/profiles/attribution"
	"wsbench/profiles/flame"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s: %s", file, d)
	}
}

const small = `runtime.goexit;main.main;wsbench/mask.Unmask 30
runtime.goexit;main.main;syscall.Syscall;do_syscall_64_[k];tcp_sendmsg_[k] 50
runtime.goexit;main.main;a<b>&"c" 10
runtime.goexit;main.main 5
runtime.mcall;runtime.schedule 5
`

func TestGolden(t *testing.T) {
	r := attribution.Default()
	golden(t, "testdata/small.svg", draw(t, unfold(t, small), flame.Options{
		Title: "Small & simple", Unit: "ns/msg", Per: 100e6 / 7500, Group: r.Component, Groups: r.Names(),
	}))
	golden(t, "testdata/plain.svg", draw(t, unfold(t, small), flame.Options{}))
}

// checkLayout wants every frame within the one that called it, and none over
// another.
func checkLayout(t *testing.T, list []drawn) {
	t.Helper()
	if len(list) == 0 || list[0].row != 0 || list[0].x != 0 || list[0].end != 100_000 {
		t.Fatalf("the first of %d frames is not the whole", len(list))
	}
	rows := map[int][]drawn{}
	for _, f := range list {
		rows[f.row] = append(rows[f.row], f)
	}
	for row, fs := range rows {
		slices.SortFunc(fs, func(a, b drawn) int { return a.x - b.x })
		for i, f := range fs {
			if f.end <= f.x || i > 0 && f.x < fs[i-1].end {
				t.Errorf("row %d: %q lies over its neighbour: %d to %d", row, f.name, f.x, f.end)
			}
			within := func(p drawn) bool { return p.x <= f.x && f.end <= p.end }
			if row > 0 && slices.IndexFunc(rows[row-1], within) < 0 {
				t.Errorf("row %d: %q is below none, or wider than it", row, f.name)
			}
			if f.title == "" || f.value == "" {
				t.Errorf("row %d: %q has no title or no value", row, f.name)
			}
		}
	}
}

func TestLayout(t *testing.T) {
	for _, name := range []string{"wsbench-epoll-200-16384", "wsbench-net-100-20", "gorilla-200-16384", "gobwas-200-16384"} {
		p := unfold(t, capture(t, name))
		for _, least := range []float64{0.01, 0.1, 5} {
			svg := draw(t, p, flame.Options{MinPercent: least})
			checkLayout(t, frames(t, svg, "fg"))
			if len(svg) > 300<<10 {
				t.Errorf("%s with frames of %v %% takes %d bytes", name, least, len(svg))
			}
		}
	}
}

// Fractions that do not add up to their sum's last digit overlap nothing.
func TestFractions(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 200 {
		var b strings.Builder
		for range 40 {
			fmt.Fprintf(&b, "a%d;b%d;c%d;d%d %d\n", rnd.IntN(3), rnd.IntN(3), rnd.IntN(3), rnd.IntN(3), 1+rnd.IntN(1000))
		}
		checkLayout(t, frames(t, draw(t, unfold(t, b.String()), flame.Options{Per: 1 + 1e6*rnd.Float64(), MinPercent: 0.001}), "fg"))
	}
}

// Twenty thousand stacks without anything in common are a file of the usual
// size, and say what they leave out.
func TestMany(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	for i := range 20_000 {
		b.WriteString("main.main")
		for range 5 + rnd.IntN(20) {
			fmt.Fprintf(&b, ";example.com/a/long/way/to/package.(*Type%d).Method%d", rnd.IntN(3), rnd.IntN(3))
		}
		fmt.Fprintf(&b, ";f%d 1\n", i)
	}
	svg := draw(t, unfold(t, b.String()), flame.Options{MinPercent: 1e-6})
	list := frames(t, svg, "fg")
	checkLayout(t, list)
	if len(svg) > 400<<10 || len(list) < 500 || !strings.Contains(svg, ", merged or omitted: ") {
		t.Errorf("%d frames in %d bytes", len(list), len(svg))
	}
}

// The same profile is the same file, in whatever order its samples are.
func TestDeterministic(t *testing.T) {
	p := unfold(t, capture(t, "gws-100-20"))
	r := attribution.Default()
	o := flame.Options{Group: r.Component} // colours of groups that nobody listed, too
	want := draw(t, p, o)
	slices.Reverse(p.Sample)
	if got := draw(t, p, o); got != want {
		t.Error("another order of samples is another file")
	}
}

// What is too small is merged into one frame, counted, and said.
func TestMerged(t *testing.T) {
	var b strings.Builder
	b.WriteString("main;big 900\n")
	for i := range 100 {
		fmt.Fprintf(&b, "main;small%d;leaf 1\n", i)
	}
	svg := draw(t, unfold(t, b.String()), flame.Options{MinPercent: 1})
	list := frames(t, svg, "fg")
	if len(list) != 4 || !strings.HasPrefix(list[3].title, "200 small frames\n100 ms, 10.00 %") || list[3].name != "" {
		t.Errorf("frames are %+v", list)
	}
	if !strings.Contains(svg, "Frames below 1 %, merged or omitted: 200.") {
		t.Error("the graph does not say what was merged")
	}
}

func TestTitles(t *testing.T) {
	list := frames(t, draw(t, unfold(t, small), flame.Options{Per: 100e6 / 7500, Unit: "ns/msg"}), "fg")
	at := slices.IndexFunc(list, func(f drawn) bool { return f.name == "tcp_sendmsg_[k]" })
	if at < 0 {
		t.Fatalf("no tcp_sendmsg in %+v", list)
	}
	f := list[at]
	if f.title != "tcp_sendmsg_[k]\n3750 ns/msg, 50.00 %\nkernel" || f.value != "3750" || !strings.Contains(f.class, "fg-k") {
		t.Errorf("tcp_sendmsg is %+v", f)
	}
	if !slices.ContainsFunc(list, func(f drawn) bool { return f.name == `a<b>&"c"` && !strings.Contains(f.class, "fg-k") }) {
		t.Error("a name with marks of XML is not itself")
	}
}

// A stack of any depth is drawn as far as a page goes.
func TestDeep(t *testing.T) {
	svg := draw(t, unfold(t, strings.Repeat("f;", 20_000)+"leaf 3\n"), flame.Options{})
	if list := frames(t, svg, "fg"); len(list) != 256 || !strings.Contains(svg, "Stacks cut after 255 frames: 1.") {
		t.Errorf("%d rows", len(list))
	}
}

func TestErrors(t *testing.T) {
	good := unfold(t, small)
	negative := unfold(t, small)
	negative.Sample[0].Value[1] = -1
	for _, tt := range []struct {
		p    *profile.Profile
		o    flame.Options
		want string
	}{
		{nil, flame.Options{}, "no profile"},
		{&profile.Profile{}, flame.Options{}, "no sample type"},
		{unfold(t, ""), flame.Options{}, "holds no cpu"},
		{negative, flame.Options{}, "below 0"},
		{good, flame.Options{Per: -1}, "divided"},
		{good, flame.Options{MinPercent: 101}, "101"},
	} {
		err := flame.SVG(&bytes.Buffer{}, tt.p, tt.o)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v; want %q", tt.o, err, tt.want)
		}
	}
	if err := flame.Diff(&bytes.Buffer{}, negative, good, flame.Options{}); err == nil || !strings.Contains(err.Error(), "below 0") {
		t.Errorf("a difference compared: %v", err)
	}
	if err := flame.SVG(full{}, good, flame.Options{}); err == nil {
		t.Error("a full disk is not noticed")
	}
}

// full is a disk.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

// No script, nothing from elsewhere, and all styles below the class fg.
func TestSelfContained(t *testing.T) {
	svg := draw(t, unfold(t, capture(t, "gorilla-100-20")), flame.Options{})
	body := strings.Replace(svg, `xmlns="http://www.w3.org/2000/svg"`, "", 1)
	for _, bad := range []string{"<script", "http:", "https:", "url(", "@import", "<foreignObject", " id="} {
		if strings.Contains(body, bad) {
			t.Errorf("the file holds %s", bad)
		}
	}
	_, style, _ := strings.Cut(svg, "<style>\n")
	style, _, _ = strings.Cut(style, "</style>")
	for line := range strings.Lines(style) {
		if !strings.HasPrefix(line, ".fg") && !strings.HasPrefix(line, "@media") && line != "}\n" {
			t.Errorf("not below the class fg: %s", line)
		}
	}
	if !strings.Contains(svg, "prefers-color-scheme:dark") {
		t.Error("no colours for the dark")
	}
}

// Whatever functions are called, the file is well-formed and they are in it.
func FuzzNames(f *testing.F) {
	f.Add("main.main", "a<b>")
	f.Add("]]>&amp;\x00\xff\n\t", `"'`)
	f.Add("", "_[k]")
	f.Add("operator new(unsigned long)", strings.Repeat("x", 5000))
	f.Fuzz(func(t *testing.T, a, b string) {
		p := unfold(t, "x;y 1\nx;z 2\n")
		p.Sample[0].Location[0].Line[0].Function.Name = a
		p.Sample[1].Location[0].Line[0].Function.Name = b
		svg := draw(t, p, flame.Options{Title: a + b, Unit: b, Group: func(s []flame.Frame) string { return s[0].Name }})
		if list := frames(t, svg, "fg"); len(list) < 3 || len(list) > 4 {
			t.Errorf("%d frames", len(list))
		}
		var out bytes.Buffer
		if err := flame.Diff(&out, p, p, flame.Options{Title: a}); err != nil {
			t.Fatal(err)
		}
		frames(t, out.String(), "fg")
	})
}
