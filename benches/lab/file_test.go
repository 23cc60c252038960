package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/perf/benchfmt"
)

var (
	rawIO = Variant{Server: Own, IO: "raw"}
	case1 = Case{100, 20, 1}
)

func TestFileReadsBack(t *testing.T) {
	var b strings.Builder
	f, err := NewFile(&b, []Fact{{Key: "goos", Value: "linux"}, {Key: "cpu", Value: "Some  CPU\n@ 3 GHz"}, {Key: "absent", Value: ""}})
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]float64{"msg/s": 203456.789, "B/s": 4069135.78, "p50-ns": 480123, "ctxsw/msg": 0.000312345678, "cpu-ns/msg": 4855.5}
	f.Component("wsbench/mask", &benchfmt.Result{Name: []byte("Unmask/impl=avx2"), Iters: 5, Values: []benchfmt.Value{{Value: 1e-9, Unit: "sec/op", OrigValue: 1, OrigUnit: "ns/op"}}})
	f.Note("a note")
	f.Command("wsbench matrix -seed 7")
	f.Block(Block{ID: 1, Round: 1, Case: case1})
	f.LeftOut(rawIO.Name(case1), "noise: much")
	f.Sample(Sample{rawIO, case1, 1, 1000, values})
	f.Block(Block{ID: 2, Round: 1, Case: case1})
	f.Sample(Sample{Variant{Server: "uws"}, case1, 2, 1000, values})
	f.Skip(rawIO.Prefix(), "the server ended:\nexit status 1")
	f.Interrupted("after 2 of 9 turns")
	whole := b.String()

	res, err := Read(strings.NewReader(whole), "bench.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := &Results{
		Config:     map[string]string{"goos": "linux", "cpu": "Some CPU @ 3 GHz", "pkg": ownPackage},
		Components: []ComponentSample{{Pkg: "wsbench/mask", Name: "Unmask", Keys: []Key{{"impl", "avx2"}}, Iters: 5, Values: map[string]float64{"ns/op": 1}}},
		Command:    "wsbench matrix -seed 7",
		Samples: []Sample{
			{rawIO, case1, 1, 1000, map[string]float64{"msg/s": 203457, "B/s": 4069136, "p50-ns": 480123, "ctxsw/msg": 0.000312346, "cpu-ns/msg": 4855.5}},
			{Variant{Server: "uws"}, case1, 2, 1000, map[string]float64{"msg/s": 203457, "B/s": 4069136, "p50-ns": 480123, "ctxsw/msg": 0.000312346, "cpu-ns/msg": 4855.5}},
		},
		LeftOut:     []Reason{{rawIO.Name(case1), "noise: much"}},
		Skipped:     []Reason{{rawIO.Prefix(), "the server ended: exit status 1"}},
		Notes:       []string{"a note"},
		Interrupted: "after 2 of 9 turns",
	}
	if diff := cmp.Diff(want, res); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if strings.Contains(whole, "e+") {
		t.Errorf("numbers with exponents:\n%s", whole)
	}
}

func TestReadToleratesAnUnfinishedLastLine(t *testing.T) {
	var b strings.Builder
	f, _ := NewFile(&b, []Fact{{Key: "goos", Value: "linux"}})
	f.Block(Block{ID: 1, Round: 1, Case: case1})
	for range 3 {
		f.Sample(Sample{rawIO, case1, 1, 1000, map[string]float64{"msg/s": 123456}})
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
	if err != nil || len(res.Components) != 1 || len(res.Warnings) != 1 || !strings.HasPrefix(res.Warnings[0].Error(), "bench.txt:1: ") {
		t.Errorf("%+v, %v", res, err)
	}
}

func TestNames(t *testing.T) {
	for _, v := range []Variant{
		rawIO, {Server: Own, IO: "epoll"}, {Server: Own, IO: "raw", AA: true}, {Server: "uws"}, {Server: "uws-2", AA: true},
	} {
		for _, c := range []Case{{1, 0, 1}, {500, 16384, 16}} {
			got, gotCase, ok := parseName(v.Name(c))
			if !ok || got.key() != v.key() || gotCase != c {
				t.Errorf("%s reads back as %+v %v %v", v.Name(c), got, gotCase, ok)
			}
		}
	}
	if got, want := rawIO.Name(case1), "BenchmarkEcho/server=wsbench/io=raw/conns=100/size=20/depth=1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	for _, name := range []string{"Unmask/impl=avx2", "Echo", "Echo/server=x/conns=some/size=1/depth=1"} {
		if _, _, ok := parseName(name); ok {
			t.Errorf("%q was taken for an echo sample", name)
		}
	}
}

func TestWithAA(t *testing.T) {
	a, b := Variant{Server: "a"}, Variant{Server: "b"}
	for _, tt := range []struct {
		list []Variant
		twin Variant
	}{
		{[]Variant{a, b}, a},
		{[]Variant{a, {Server: Own, IO: "epoll"}, rawIO}, rawIO},
	} {
		got := WithAA(tt.list)
		last := got[len(got)-1]
		if !last.AA || last.Server != tt.twin.Server || last.IO != tt.twin.IO || len(got) != len(tt.list)+1 {
			t.Errorf("%+v got the A/A process %+v", tt.list, last)
		}
	}
	if WithAA(nil) != nil {
		t.Error("nothing got an A/A process")
	}
}

func TestCheckName(t *testing.T) {
	for _, name := range []string{"", "wsbench", "epoll", "x-aa", "a b", "a/b", "a=b"} {
		if CheckName(name) == nil {
			t.Errorf("%q was accepted", name)
		}
	}
	if err := CheckName("uWS_1.2"); err != nil {
		t.Error(err)
	}
}

func TestParseCases(t *testing.T) {
	got, err := ParseCases("100/20, 10/1024/16", 2)
	if diff := cmp.Diff([]Case{{100, 20, 2}, {10, 1024, 16}}, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	got, err = ParseCases("100/20, large", 2)
	if diff := cmp.Diff([]Case{{100, 20, 2}, {3, 64 << 10, 1}, {3, 1 << 20, 1}, {3, 16 << 20, 1}}, got); diff != "" || err != nil {
		t.Errorf("large: %v %s", err, diff)
	}
	for _, s := range []string{"", "100", "100/", "0/20", "1/-1", "1/2/0", "1/2/3/4", "a/b", "1/2,1/2", "large,large", "larger", "large/2", "3/1048576/1,large"} {
		if _, err := ParseCases(s, 1); err == nil {
			t.Errorf("%q was accepted", s)
		}
	}
}

func TestCreateFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	at := time.Date(2026, 11, 20, 16, 26, 30, 0, time.UTC)
	for i, dir := range []string{"", "", filepath.Join("results", "mine"), "elsewhere"} {
		got, err := CreateFolder(dir, at)
		if err != nil {
			t.Fatal(err)
		}
		if want := filepath.Join("results", "20261120T162630Z") + []string{"", "-2"}[min(i, 1)]; i < 2 && got != want {
			t.Errorf("folder %q, want %q", got, want)
		}
	}
	if link, err := os.Readlink(filepath.Join("results", Latest)); err != nil || link != "mine" {
		t.Errorf("latest points to %q (%v), want mine", link, err)
	}
	if _, err := os.Lstat(Latest); err == nil {
		t.Error("a folder elsewhere got a link beside it")
	}
	os.Remove(filepath.Join("results", Latest))
	os.Mkdir(filepath.Join("results", Latest), 0o777)
	if _, err := CreateFolder("", at); err == nil {
		t.Error("a folder called latest was replaced")
	}
	os.WriteFile(filepath.Join("elsewhere", BenchFile), []byte("old"), 0o666)
	if _, err := CreateFolder("elsewhere", at); err == nil || !strings.Contains(err.Error(), "name another folder") {
		t.Errorf("%v for a folder that holds results", err)
	}
}
