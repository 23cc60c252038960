package report

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"wsbench/benches/internal/term"
	"wsbench/benches/results"
)

// echoes returns results of raw and others whose CPU time is a multiple of raw's, by
// server and case, over so many blocks.
func echoes(blocks int, servers map[string][]float64) *results.Results {
	r := &results.Results{Config: results.FactsOf(nil)}
	sizes := []int{20, 1024, 4096, 16384, 65536}
	for b := range blocks {
		for name, factors := range servers {
			for i, f := range factors {
				cpu := 1000 * f * (1 + 0.004*math.Sin(float64(b*(i+3))))
				r.Samples = append(r.Samples, results.Sample{Name: results.ParseName(fmt.Sprintf("Echo/server=%s/conns=10/size=%d/depth=1", name, sizes[i])), Block: b + 1, Iters: 1, Values: map[string]float64{"cpu-ns/msg": cpu, "msg/s": 1e9 / cpu}})
			}
		}
	}
	slices.SortStableFunc(r.Samples, func(x, y results.Sample) int {
		return strings.Compare(string(x.Name.Server()), string(y.Name.Server()))
	})
	return r
}

// The answer says what verdicts carry, and no more.
func TestAnswer(t *testing.T) {
	for _, tt := range []struct {
		blocks  int
		servers map[string][]float64
		want    string
	}{
		{30, map[string][]float64{"a": {1, 1}, "b": {1.2, 1.36}, "c": {1, 1}}, "b takes about 20 to 36 % more CPU per message than a; c is within 2 % of a by CPU per message."},
		{30, map[string][]float64{"a": {1}, "b": {0.8}, "c": {2.5}}, "c takes about 150 % more CPU per message than a; b takes about 20 % less CPU per message than a."},
		{30, map[string][]float64{"a": {1, 1, 1}, "b": {1.05, 1.1, 1}}, "b takes about 5 to 10 % more CPU per message than a in 2 of 3 cases and is within 2 % of a in 1."},
		{3, map[string][]float64{"a": {1, 1}, "b": {1.2, 1.36}}, "Nothing is decided about CPU per message."},
		{30, map[string][]float64{"a": {1}}, ""},
	} {
		if got := newView(echoes(tt.blocks, tt.servers)).answer(); got != tt.want {
			t.Errorf("%v in %d blocks: %q, want %q", tt.servers, tt.blocks, got, tt.want)
		}
	}
}

// What is equal in some cases says by what, where nothing before it does.
func TestAnswerOfSomeCases(t *testing.T) {
	b := &tallied{name: "b"}
	b.add(results.Verdict{Kind: results.Equivalent, Percent: 2}, 1)
	b.add(results.Verdict{Kind: results.Undecided, Percent: 5, Times: math.Inf(1)}, 1.03)
	got := newView(&results.Results{}).sentences([]*tallied{b}, "CPU per message", "a", "cases")
	if want := []string{"b is within 2 % of a by CPU per message in 1 of 2 cases and is undecided in 1."}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Of two sides each kind of measurement has its own sentence, also where nothing is decided.
func TestAnswerOfSides(t *testing.T) {
	r := echoes(30, map[string][]float64{"a": {1}, "b": {1.2}})
	r.Config[SideA], r.Config[SideB] = "a", "b"
	for block := range 3 {
		for i, name := range []string{"a", "b"} {
			r.Samples = append(r.Samples, results.Sample{Name: results.ParseName("Accept/server=" + name + "/rate=100/request=http"), Block: block + 1, Iters: 1, Values: map[string]float64{"cpu-ns/req": float64(100 + block*i)}})
		}
	}
	want := "b takes about 20 % more CPU per message than a. Nothing is decided about CPU per request."
	if got := newView(r).answer(); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Sizes that are undecided are no sizes at which the kernel's TLS pays.
func TestPaysFrom(t *testing.T) {
	const s, f, e, u = results.Slower, results.Faster, results.Equivalent, results.Undecided
	for _, tt := range []struct {
		found []results.Finding // by size: 1 KiB, 2 KiB and so on
		want  string
	}{
		{[]results.Finding{s, u, f, f}, "pays from 3KiB on"},
		{[]results.Finding{s, u, f, u}, "pays from 3KiB on where that is decided: at 1 of the larger sizes it is not"},
		{[]results.Finding{f, s, u, u}, "is undecided at the 2 largest of 4 sizes, and pays from none below on"},
		{[]results.Finding{f, f, e}, "pays from no size on"},
		{[]results.Finding{u, u}, "is undecided at every size"},
	} {
		var list []taxed
		for i, kind := range tt.found {
			d := taxed{}
			d.Case, d.Verdict.Kind = results.EchoCase(1, (i+1)<<10, 1), kind
			list = append(list, d)
		}
		if got := paysFrom(list); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.found, got, tt.want)
		}
	}
}

// The answer is the first thing in every form of a document.
func TestAnswerComesFirst(t *testing.T) {
	d := Of("matrix", echoes(30, map[string][]float64{"a": {1}, "b": {1.5}}), "")
	for format, before := range map[string]string{"text": "", "markdown": "# "} {
		var out strings.Builder
		if err := Write(&out, d, format, term.Screen{Columns: 60}); err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("*", "", "\\", "", "\n", " ").Replace(out.String())
		if at := strings.Index(text, "b takes about 50 %"); at < 0 || !strings.HasPrefix(text, before) || at > len(before)+len(d.Title)+3 {
			t.Errorf("%s begins with %.90q", format, text)
		}
	}
	page := render(t, d)
	answer, table := strings.Index(page, `class="answer">b takes about 50 %`), strings.Index(page, "<table")
	if answer < 0 || table < answer || strings.Index(page, `id="matrix"`) < answer {
		t.Errorf("the page has its answer at %d, its first table at %d", answer, table)
	}
}

// Curves are drawn from four points on.
func TestLeastCurve(t *testing.T) {
	for n, want := range map[int]bool{3: false, 4: true} {
		ones := slices.Repeat([]float64{1}, n)
		d := Of("matrix", echoes(6, map[string][]float64{"a": ones, "b": ones}), "")
		if got := strings.Contains(render(t, d), `id="curves"`); got != want {
			t.Errorf("%d sizes: curves %v", n, got)
		}
	}
}
