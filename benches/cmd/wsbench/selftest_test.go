package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wsbench/benches/lab"
	"wsbench/benches/results"
	"wsbench/benches/selftest"
)

// A recorded session is judged again from its folder, which stays as it is.
func TestSelftestFolder(t *testing.T) {
	dir := t.TempDir()
	writeSelftest(t, filepath.Join(dir, results.BenchFile))
	writeLive(t, filepath.Join(dir, "live-1", results.BenchFile))
	show := func(args ...string) string {
		t.Helper()
		var out bytes.Buffer
		if err := run(append(append([]string{"selftest", "-sessions", "8"}, args...), dir), &out, io.Discard); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	doc := show("-format", "json")
	if err := checkDocument("selftest", []byte(doc), "skipped[].", "warnings[]"); err != nil {
		t.Error(err)
	}
	if show("-format", "json") != doc {
		t.Error("the labels are not drawn from the file's seed")
	}
	text := show()
	for _, want := range []string{"too few sub-sessions", "to say: 8, want 200", "CPUs' time 0.025", "what was injected", "autocorrelation", "up to, 2 %", "whole sessions, live"} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), want) {
			t.Errorf("there is no %q in\n%s", want, text)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 2 {
		t.Errorf("files %v", files)
	}
	if err := run([]string{"selftest", filepath.Join("..", "..", "report", "testdata", "whole")}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "results of wsbench selftest are wanted") {
		t.Errorf("other results: %v", err)
	}
}

// writeLive writes the file of a live session, in which the slow server is found.
func writeLive(t *testing.T, path string) {
	t.Helper()
	c := results.EchoCase(2, 20, 1)
	res := &results.Results{Config: map[string]string{}}
	list := liveServers(lab.OwnServer("wsbench", "epoll"), []results.Case{c}, map[results.Case]float64{c: 5000})
	for round := range 40 {
		for i, s := range list {
			v := 5000 * (1 + float64((7*round+13*i)%11)/1000)
			if s.Case != "" {
				v *= 1.1
			}
			res.Samples = append(res.Samples, results.Sample{Name: results.Name{Base: "Echo", Keys: append(s.Key.Keys(), c.Keys()...)},
				Block: round + 1, Round: round + 1, Epoch: round/2 + 1, At: time.Duration(round) * 6 * time.Second, Iters: 1, Values: map[string]float64{"cpu-ns/msg": v}})
		}
	}
	if got := judgeLive(res); !got.in || !got.found || got.alarm || got.took != 39*6*time.Second {
		t.Errorf("%+v", got)
	}
	var out bytes.Buffer
	if err := errors.Join(results.Write(&out, res), os.Mkdir(filepath.Dir(path), 0o777), os.WriteFile(path, out.Bytes(), 0o666)); err != nil {
		t.Fatal(err)
	}
}

// A live session has ten comparisons, whatever the cases; one is with a slow server.
func TestLiveServers(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		var cases []results.Case
		cpu := map[results.Case]float64{}
		for i := range n {
			cases = append(cases, results.EchoCase(1, i, 1))
			cpu[cases[i]] = 1000
		}
		compared, slow := 0, 0
		for _, s := range liveServers(lab.OwnServer("wsbench", "raw"), cases, cpu)[2:] {
			switch {
			case s.Case == "":
				compared += n
			default:
				compared++
			}
			if s.Key.Value("spin") != "" {
				slow++
			}
		}
		if compared != selftest.Family || slow != 1 {
			t.Errorf("%d cases: %d comparisons, %d slow servers", n, compared, slow)
		}
	}
}

// writeSelftest writes the file of a session of six minutes under one case.
func writeSelftest(t *testing.T, path string) {
	t.Helper()
	c := results.EchoCase(2, 20, 1)
	list := selftestServers(lab.OwnServer("wsbench", "epoll"), []results.Case{c}, map[results.Case]float64{c: 5000})
	res := &results.Results{Config: map[string]string{"seed": "7", "margin": "2%"}, Command: "wsbench selftest",
		Steal: []results.Steal{{Epoch: 1, Share: 0.01}, {Epoch: 2, Share: 0.04}}}
	for round := range 60 {
		for i, s := range list {
			v := 5000 * (1 + float64((7*round+13*i)%11)/1000)
			res.Samples = append(res.Samples, results.Sample{Name: results.Name{Base: "Echo", Keys: append(s.Key.Keys(), c.Keys()...)},
				Block: round + 1, Round: round + 1, Epoch: round/6 + 1, At: time.Duration(round) * 6 * time.Second, Iters: 1,
				Values: map[string]float64{"cpu-ns/msg": v, "msg/s": 1e9 / v, "wait-share": 0.01}})
		}
	}
	var out bytes.Buffer
	if err := results.Write(&out, res); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
}

// There are ten identical servers beside the reference, or fewer under more
// cases, and four slow ones for each case, under which alone they run.
func TestSelftestServers(t *testing.T) {
	for n, want := range map[int]int{1: 11 + 4, 2: 6 + 8, 5: 3 + 20} {
		var cases []results.Case
		cpu := map[results.Case]float64{}
		for i := range n {
			cases = append(cases, results.EchoCase(1, i, 1))
			cpu[cases[i]] = 1000 * float64(1+i)
		}
		list := selftestServers(lab.OwnServer("wsbench", "raw"), cases, cpu)
		if len(list) != want {
			t.Errorf("%d cases: %d servers, want %d", n, len(list), want)
		}
		seen := map[results.Server]bool{}
		for _, s := range list {
			if seen[s.Key] {
				t.Errorf("%s is there twice", s.Key)
			}
			seen[s.Key] = true
			spin := s.Key.Value("spin")
			if (spin == "") != (s.Case == "") || spin != "" && !strings.HasSuffix(strings.Join(s.Argv, " "), "-io raw -spin "+spin) || !s.Masked {
				t.Errorf("%+v", s)
			}
		}
		if last := list[len(list)-1]; last.Case != cases[n-1] || last.Key.Value("spin") != fmt.Sprint(100*n) {
			t.Errorf("the last server is %+v", last)
		}
	}
}

// A live session that fails, or that is interrupted, costs nothing of the record.
func TestSelftestLiveFails(t *testing.T) {
	for _, interrupted := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "bench.txt")
		writeSelftest(t, path)
		res, err := results.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(filepath.Dir(path), "live-1", "bench.txt"), 0o777); err != nil { // in the way
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		if interrupted {
			stop()
		}
		var said bytes.Buffer
		c := &call{path: path, stderr: &said}
		c.session.Margin = "2%"
		k := results.EchoCase(2, 20, 1)
		c.session.Plan.Cases = []results.Case{k}
		b := &selfTest{live: 1, sessions: 2, time: time.Second, reference: lab.OwnServer("wsbench", "epoll"), cpu: map[results.Case]float64{k: 5000}}
		err = b.conclude(ctx, c, res)
		stop()
		if told := strings.Contains(said.String(), "wsbench selftest "+filepath.Dir(path)); err == nil || told != interrupted || len(b.simulations) > 0 == interrupted {
			t.Errorf("interrupted %v: %v, %d judged, said %q", interrupted, err, len(b.simulations), said.String())
		}
	}
}
