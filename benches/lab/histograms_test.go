package lab

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
)

func someHistogram(values ...int64) *hdrhistogram.Histogram {
	h := hdrhistogram.New(1, int64(10*time.Minute), 3)
	for _, v := range values {
		h.RecordValue(v)
	}
	return h
}

func TestHistogramsAreMergedByBenchmarkAndReadBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), HistogramFile)
	k := NewHistograms(path, time.Unix(1_700_000_000, 0))
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("a file of no histogram: %v", err)
	}
	twin := rawIO
	twin.AA = true
	mine := someHistogram(5000, 7000)
	k.Add(rawIO.Name(case1), mine)
	k.Add(twin.Name(case1), someHistogram(1))
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	k.Add(rawIO.Name(case1), someHistogram(9000))
	k.Add(rawIO.Name(case1), nil)
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	if mine.TotalCount() != 2 {
		t.Error("the caller's histogram has changed")
	}
	b, _ := os.ReadFile(path)
	list, warnings, err := ReadHistograms(bytes.NewReader(b), HistogramFile)
	if err != nil || len(warnings) > 0 || len(list) != 2 {
		t.Fatalf("%d histograms, %v, %v", len(list), warnings, err)
	}
	if l := list[0]; l.Variant.key() != rawIO.key() || l.Case != case1 || l.Hist.TotalCount() != 3 || l.Hist.ValueAtQuantile(100) < 8990 {
		t.Errorf("%v %v: %d", l.Variant, l.Case, l.Hist.TotalCount())
	}
	if !list[1].Variant.AA || list[1].Hist.TotalCount() != 1 {
		t.Errorf("%+v", list[1].Variant)
	}
	if left, _ := filepath.Glob(path + ".*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if tag := "Tag=" + strings.TrimPrefix(rawIO.Name(case1), "Benchmark") + ","; !bytes.Contains(b, []byte(tag)) {
		t.Errorf("no %s in\n%s", tag, b)
	}
}

func TestReadHistogramsNamesTheLineItCannotRead(t *testing.T) {
	var good bytes.Buffer
	k := NewHistograms("", time.Unix(1, 0))
	k.Add(rawIO.Name(case1), someHistogram(3))
	if err := k.write(&good); err != nil {
		t.Fatal(err)
	}
	text := "Tag=Echo\nTag=Other/x=1,1,1,1,HISTF\n" + good.String() + good.String()[:good.Len()-20] + "\n"
	list, warnings, err := ReadHistograms(strings.NewReader(text), "f.hlog")
	if err != nil || len(list) != 1 || len(warnings) != 3 || !strings.HasPrefix(warnings[0].Error(), "f.hlog:1: ") {
		t.Errorf("%d histograms, %v, %v", len(list), warnings, err)
	}
}

// What is left out is not in the histograms, and they are saved after each
// round, so that a session that is killed has those of its whole rounds.
func TestRunnerKeepsHistogramsOfSamplesOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), HistogramFile)
	s := &script{doubt: map[int]string{2: "noise"}, stop: 8}
	s.plan = Plan{Variants: []Variant{rawIO}, Cases: []Case{case1}, Rounds: 9, Seed: 7}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.end = cancel
	d := &diary{}
	r := &Runner{Plan: s.plan, Exec: s, Journal: d, Watch: &witness{t: t, diary: d, exec: s}, Now: s.Now, Keep: NewHistograms(path, s.now)}
	tally, _ := r.Run(ctx)
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list, _, err := ReadHistograms(f, path)
	if err != nil || len(list) != 1 || list[0].Hist.TotalCount() != int64(tally.Samples) || list[0].Hist.Min() != 1 {
		t.Fatalf("%v, %d histograms, %d samples", err, len(list), tally.Samples)
	}
	if got := list[0].Hist.TotalCount(); tally.LeftOut != 1 || got != 6 {
		t.Errorf("%d latencies of 7 turns of which one was left out and is not repeated", got)
	}
}

func TestOpenReadsHistogramsBeside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, BenchFile)
	os.WriteFile(path, []byte("BenchmarkX 1 2 ns/op\n"), 0o666)
	if res, list, err := Open(path); err != nil || len(list) != 0 || len(res.Warnings) != 0 {
		t.Errorf("%v, %v, %v", res, list, err)
	}
	os.WriteFile(filepath.Join(dir, HistogramFile), []byte("Tag=Echo,x\n"), 0o666)
	if res, _, err := Open(path); err != nil || len(res.Warnings) != 1 {
		t.Errorf("%+v, %v", res, err)
	}
	if _, _, err := Open(dir + "/none"); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func FuzzReadHistograms(f *testing.F) {
	var good bytes.Buffer
	k := NewHistograms("", time.Unix(1, 0))
	k.Add(rawIO.Name(case1), someHistogram(3))
	k.write(&good)
	f.Add(good.Bytes())
	f.Add([]byte("Tag=Echo/server=a/conns=1/size=1/depth=1,0,0,0,HISTFAAAAEV42pNpmSzM\n"))
	f.Add([]byte("Tag=,,,,\nTag=\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		list, _, err := ReadHistograms(bytes.NewReader(b), "f")
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range list {
			l.Hist.ValueAtPercentile(99)
		}
	})
}
