package results

import (
	"bytes"
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
	mine := someHistogram(5000, 7000)
	k.Add(named(rawIO, case1).String(), mine)
	k.Add(named(rawIO.Second(), case1).String(), someHistogram(1))
	if err := k.Save(); err != nil {
		t.Fatal(err)
	}
	k.Add(named(rawIO, case1).String(), someHistogram(9000))
	k.Add(named(rawIO, case1).String(), nil)
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
	if l := list[0]; l.Name.Server() != rawIO || l.Name.Case() != case1 || l.Hist.TotalCount() != 3 || l.Hist.ValueAtQuantile(100) < 8990 {
		t.Errorf("%v: %d", l.Name, l.Hist.TotalCount())
	}
	if !list[1].Name.Server().AA() || list[1].Hist.TotalCount() != 1 {
		t.Errorf("%+v", list[1].Name)
	}
	if left, _ := filepath.Glob(path + ".*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
	if tag := "Tag=" + strings.TrimPrefix(named(rawIO, case1).String(), "Benchmark") + ","; !bytes.Contains(b, []byte(tag)) {
		t.Errorf("no %s in\n%s", tag, b)
	}
}

func TestReadHistogramsNamesTheLineItCannotRead(t *testing.T) {
	var good bytes.Buffer
	k := NewHistograms("", time.Unix(1, 0))
	k.Add(named(rawIO, case1).String(), someHistogram(3))
	if err := k.write(&good); err != nil {
		t.Fatal(err)
	}
	text := "Tag=Echo\nTag=Other/x=1,1,1,1,HISTF\n" + good.String() + good.String()[:good.Len()-20] + "\n"
	list, warnings, err := ReadHistograms(strings.NewReader(text), "f.hlog")
	if err != nil || len(list) != 1 || len(warnings) != 3 || !strings.HasPrefix(warnings[0].Error(), "f.hlog:1: ") {
		t.Errorf("%d histograms, %v, %v", len(list), warnings, err)
	}
}

func TestOpenReadsHistogramsBeside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, BenchFile)
	os.WriteFile(path, []byte("BenchmarkX 1 2 ns/op\n"), 0o666)
	if res, err := Open(path); err != nil || len(res.Latencies) != 0 || len(res.Warnings) != 0 {
		t.Errorf("%v, %v", res, err)
	}
	os.WriteFile(filepath.Join(dir, HistogramFile), []byte("Tag=Echo,x\n"), 0o666)
	if res, err := Open(path); err != nil || len(res.Warnings) != 1 {
		t.Errorf("%+v, %v", res, err)
	}
	if _, err := Open(dir + "/none"); !os.IsNotExist(err) {
		t.Error(err)
	}
}

func FuzzReadHistograms(f *testing.F) {
	var good bytes.Buffer
	k := NewHistograms("", time.Unix(1, 0))
	k.Add(named(rawIO, case1).String(), someHistogram(3))
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
