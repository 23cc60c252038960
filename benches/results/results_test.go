package results

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const (
	rawIO = Server("server=wsbench/io=raw")
	case1 = Case("conns=100/size=20/depth=1")
)

// named is the name of an echo benchmark.
func named(s Server, c Case) Name { return ParseName("Echo/" + string(s) + "/" + string(c)) }

func TestFileReadsBack(t *testing.T) {
	var b strings.Builder
	f, err := NewWriter(&b, []Fact{{"goos", "linux"}, {"cpu", "Some  CPU\n@ 3 GHz"}, {"absent", ""}})
	if err != nil {
		t.Fatal(err)
	}
	const pkg = "wsbench/benches"
	values := map[string]float64{"msg/s": 203456.789, "B/s": 4069135.78, "p50-ns": 480123, "ctxsw/msg": 0.000312345678, "cpu-ns/msg": 4855.5}
	rounded := map[string]float64{"msg/s": 203457, "B/s": 4069136, "p50-ns": 480123, "ctxsw/msg": 0.000312346, "cpu-ns/msg": 4855.5}
	f.Sample(Sample{Name: ParseName("Unmask/impl=avx2/quick-2"), Pkg: "wsbench/mask", Iters: 5, Values: map[string]float64{"ns/op": 1}})
	f.Note("a note")
	f.Command("wsbench matrix -seed 7")
	f.Source(string(rawIO), Source{Commit: "0123456789abcdef", Modified: "true"})
	f.Source("server=uws", Source{Reason: "built elsewhere"})
	f.Block(Block{1, 1, 1, 1500 * time.Millisecond}, "100/20")
	f.Discarded(Sample{Name: named(rawIO, case1), Iters: 7, Values: map[string]float64{"msg/s": 12.5}}, "noise: much [of it]")
	f.Sample(Sample{Name: named(rawIO, case1), Pkg: pkg, Iters: 1000, Values: values})
	f.Block(Block{2, 1, 3, 2 * time.Second}, "100/20")
	f.Sample(Sample{Name: named("server=uws", case1), Pkg: pkg, Iters: 1000, Values: values})
	f.Block(Block{ID: 3}, "")
	f.Sample(Sample{Name: named("server=uws", case1), Pkg: pkg, Iters: 1000, Values: values})
	if !strings.HasSuffix(b.String()[:strings.LastIndex(b.String(), "\nBenchmark")], "\nBLOCK 3") {
		t.Errorf("a block writes what is not known of it:\n%s", b.String())
	}
	f.Skip("BenchmarkEcho/server=wsbench", "the server ended:\nexit status 1")
	f.Interrupted("after 2 of 9 runs")
	whole := b.String()

	res, err := Read(strings.NewReader(whole), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := &Results{
		Config:  map[string]string{"goos": "linux", "cpu": "Some CPU @ 3 GHz", "pkg": pkg},
		Command: "wsbench matrix -seed 7",
		Samples: []Sample{
			{Name: Name{"Unmask", []KV{{"impl", "avx2"}, {"", "quick"}}, "2"}, Pkg: "wsbench/mask", Iters: 5, Values: map[string]float64{"ns/op": 1}},
			{named(rawIO, case1), pkg, 1, 1, 1, 1500 * time.Millisecond, 1000, rounded},
			{named("server=uws", case1), pkg, 2, 1, 3, 2 * time.Second, 1000, rounded},
			{Name: named("server=uws", case1), Pkg: pkg, Block: 3, Iters: 1000, Values: rounded},
		},
		Discarded:   []Discarded{{Sample{Name: named(rawIO, case1), Iters: 7, Values: map[string]float64{"msg/s": 12.5}}, "noise: much [of it]"}},
		Skipped:     []Reason{{"BenchmarkEcho/server=wsbench", "the server ended: exit status 1"}},
		Notes:       []string{"a note"},
		Sources:     []NamedSource{{string(rawIO), Source{Commit: "0123456789abcdef", Modified: "true"}}, {"server=uws", Source{Reason: "built elsewhere"}}},
		Interrupted: "after 2 of 9 runs",
	}
	if diff := cmp.Diff(want, res); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	var again strings.Builder
	if err := Write(&again, res); err != nil {
		t.Fatal(err)
	}
	back, err := Read(strings.NewReader(again.String()), "bench.txt")
	if diff := cmp.Diff(res, back); diff != "" || err != nil {
		t.Errorf("written again it reads as (-want +got):\n%s%v", diff, err)
	}
	if strings.Contains(whole, "e+") {
		t.Errorf("numbers with exponents:\n%s", whole)
	}
	if n := strings.Count(whole, "Unit msg/s better=higher\n"); n != 1 {
		t.Errorf("%d lines declare msg/s:\n%s", n, whole)
	}
}

// What a server wrote is in the file without control characters.
func TestFileHasNoControlCharacters(t *testing.T) {
	var b strings.Builder
	f, err := NewWriter(&b, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Skip("BenchmarkEcho/server=x", "ended: \x1b[2J\a\nred"); err != nil || b.String() != "\nSKIP BenchmarkEcho/server=x: ended: ?[2J? red\n" {
		t.Errorf("%q, %v", &b, err)
	}
}

func TestReadToleratesAnUnfinishedLastLine(t *testing.T) {
	var b strings.Builder
	f, _ := NewWriter(&b, []Fact{{"goos", "linux"}})
	f.Block(Block{ID: 1}, "100/20")
	for range 3 {
		f.Sample(Sample{Name: named(rawIO, case1), Iters: 1000, Values: map[string]float64{"msg/s": 123456}})
	}
	whole := b.String()
	for cut := len(whole) - 1; cut > len(whole)-40; cut-- {
		res, err := Read(strings.NewReader(whole[:cut]), "bench.txt")
		if err != nil || len(res.Samples) != 2 || len(res.Warnings) != 1 {
			t.Fatalf("cut at %d: %d samples, warnings %v, %v", cut, len(res.Samples), res.Warnings, err)
		}
	}
}

func TestReadNamesTheLineItCannotRead(t *testing.T) {
	res, err := Read(strings.NewReader("BenchmarkEcho/x many ns/op\nBenchmarkOther 1 2 ns/op\n"), "bench.txt")
	if err != nil || len(res.Samples) != 1 || len(res.Warnings) != 1 || !strings.HasPrefix(res.Warnings[0].Error(), "bench.txt:1: ") {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestMegabytesAreBytes(t *testing.T) {
	res, _ := Read(strings.NewReader("BenchmarkX 1 2 ns/op 3.5 MB/s\n"), "x")
	if v := res.Samples[0].Values; v["B/s"] != 3.5e6 || v["ns/op"] != 2 || len(v) != 2 {
		t.Error(v)
	}
}

func TestNames(t *testing.T) {
	for _, s := range []string{
		"BenchmarkEcho/server=wsbench/io=raw/conns=100/size=20/depth=1", "BenchmarkUnmask/impl=avx2/size=16KiB-2",
		"BenchmarkConns/server=a/conns=9000", "BenchmarkPlain", "BenchmarkPlain-2", "BenchmarkX/word/key=v",
	} {
		if got := ParseName(s).String(); got != s {
			t.Errorf("%q reads back as %q", s, got)
		}
	}
	n := ParseName("BenchmarkEcho/server=wsbench/io=raw/conns=100/size=20/depth=1")
	if n.Server() != rawIO || n.Case() != case1 || n.Value("io") != "raw" || n.Value("none") != "" || n.Case().Int("size") != 20 {
		t.Errorf("%v: %v %v", n, n.Server(), n.Case())
	}
}

func TestServers(t *testing.T) {
	for s, label := range map[Server]string{
		"server=wsbench/io=epoll":               "epoll",
		"server=wsbench/io=epoll-aa":            "epoll A/A",
		"server=mine":                           "mine",
		"server=mine-aa":                        "mine A/A",
		"server=uws-2":                          "uws-2",
		"server=a/io=net":                       "a",
		"server=wsbench/io=net/buffers=conn":    "net buffers=conn",
		"server=wsbench/io=net/observer=strace": "net + strace",
		"server=wsbench/io=net-aa/observer=x":   "net A/A + x",
	} {
		if got := s.Label(); got != label {
			t.Errorf("%s is called %q, want %q", s, got, label)
		}
		if s.First().AA() || !s.Second().AA() || s.Second().First() != s.First() {
			t.Errorf("%s: first %s, second %s", s, s.First(), s.Second())
		}
	}
	if s := Server("server=a/observer=x/io=net"); s.Unobserved() != "server=a/io=net" {
		t.Error(s.Unobserved())
	}
}

func TestCases(t *testing.T) {
	for c, want := range map[Case]string{
		case1: "100/20", "conns=1/size=0/depth=16": "1/0/16", "conns=9000": "9000", "conns=1/size=2/depth=1/rate=50": "1/2/rate=50", "": "",
	} {
		if got := c.String(); got != want {
			t.Errorf("%q is %q, want %q", string(c), got, want)
		}
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"", "wsbench", "x-aa", "a b", "a/b", "a=b"} {
		if CheckName(name) == nil {
			t.Errorf("%q was accepted", name)
		}
	}
	if err := CheckName("uWS_1.2"); err != nil {
		t.Error(err)
	}
}

func TestUnits(t *testing.T) {
	seen := map[string]bool{}
	for _, u := range Units {
		if u.Name == "" || u.Meaning == "" || seen[u.Name] || u.Better != "" && u.Better != "higher" && u.Better != "lower" {
			t.Errorf("%+v", u)
		}
		seen[u.Name] = true
	}
	for name, kind := range map[string]Kind{
		"cpu-ns/msg": Time, "ns/frame": Time, "p75-ns": Time, "B/frame": Bytes, "held-B": Bytes, "handshakes/s": Rate, "reads/msg": Count, "flat-share": Ratio,
	} {
		if got := UnitOf(name).Kind; got != kind {
			t.Errorf("%s is of kind %d, want %d", name, got, kind)
		}
	}
}

func TestGroups(t *testing.T) {
	res, _ := Read(strings.NewReader(`BenchmarkEcho/server=b/conns=2/size=9/depth=1 1 5 msg/s 2 odd
BenchmarkEcho/server=wsbench/io=raw/conns=2/size=9/depth=1 1 8 msg/s
BenchmarkEcho/server=b/conns=2/size=9/depth=1 1 7 msg/s
BenchmarkEcho/server=b/conns=2/size=1/depth=1 1 7 msg/s
BenchmarkOther 1 7 ns/op
`), "x")
	echo := res.Of("Echo")
	groups := Groups(echo)
	if len(echo) != 4 || len(groups) != 3 {
		t.Fatalf("%d samples in %d groups", len(echo), len(groups))
	}
	g := Find(groups, "server=b", "conns=2/size=9/depth=1")
	if diff := cmp.Diff([]float64{5, 7}, g.Values("msg/s")); diff != "" || g.Median("msg/s") != 6 || len(g.Units()) != 2 || g.Units()[0].Name != "msg/s" {
		t.Errorf("%+v", g)
	}
	if diff := cmp.Diff([]Server{rawIO, "server=b"}, Servers(echo)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]Case{"conns=2/size=1/depth=1", "conns=2/size=9/depth=1"}, Cases(echo)); diff != "" {
		t.Error(diff)
	}
	if Find(groups, "server=c", "") != nil {
		t.Error("a server that is not there has a group")
	}
}

func TestCaseString(t *testing.T) {
	for c, want := range map[Case]string{
		"conns=1/size=2/depth=1": "1/2", "conns=1/size=2/depth=3/op=text": "1/2/3/op=text",
		"conns=512/size=5/depth=16/op=text/profile=echo-ws/mtu=1500": "echo-ws/512/mtu=1500",
	} {
		if got := c.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
