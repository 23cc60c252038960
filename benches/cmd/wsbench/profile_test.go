//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/benches/explain"
	"wsbench/benches/internal/waiting"
)

// needTools skips without the tools of the observers, or the right to use them.
func needTools(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"perf", "strace", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	if out, err := exec.Command("perf", "record", "-o", "/dev/null", "-e", "sched:sched_switch", "-e", "cpu-clock", "true").CombinedOutput(); err != nil {
		t.Skipf("perf may not record here: %s", bytes.TrimSpace(out))
	}
}

// onceWithoutRace skips under the race detector, which TestProfileLeavesAFolder
// gives the same goroutines to watch.
func onceWithoutRace(t *testing.T) {
	t.Helper()
	if raced {
		t.Skip("a session takes three times as long under the race detector: TestProfileLeavesAFolder stands for the others")
	}
}

// profileOutput runs wsbench profile, which must succeed and leave nothing
// running.
func profileOutput(t *testing.T, args ...string) []byte {
	t.Helper()
	mark := fmt.Sprintf("profile-%s-%d", t.Name(), os.Getpid())
	cmd := exec.Command("wsbench", append([]string{"profile"}, args...)...)
	cmd.Env = append(os.Environ(), markKey+"="+mark)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left running: %q", left)
	}
	return out
}

// profiledJSON is what the tests read of a profile's document.
type profiledJSON struct {
	Answer   string
	Skipped  []struct{ Name, Reason string }
	Subjects []struct {
		CPU    float64 `json:"cpu_ns_per_msg"`
		Folder string  `json:"folder"`
	}
	Attribution []attributed
	Calls       []struct {
		Call  string
		Count *float64 `json:"calls_per_msg"`
		Wall  *float64 `json:"wall_ns_per_msg"`
	}
	Observers   []struct{ By string }
	Differences []struct{ A, B string }
	Changes     []struct{ Of, Name string }
}

type attributed struct {
	Component string
	CPU       float64 `json:"cpu_ns_per_msg"`
}

// call returns how often a call was called per message, and its time; 0 of what
// is not known.
func (d *profiledJSON) call(name string) (count, wall float64) {
	for _, c := range d.Calls {
		if c.Call == name && c.Count != nil {
			count = *c.Count
		}
		if c.Call == name && c.Wall != nil {
			wall = *c.Wall
		}
	}
	return count, wall
}

// Every observer's pass leaves its files, its lines and its rows; the folder
// can be analysed again.
func TestProfileLeavesAFolder(t *testing.T) {
	needTools(t)
	dir := filepath.Join(t.TempDir(), "run")
	out := profileOutput(t, "-cases", "4/2000", "-rounds", "1", "-for", "300ms", "-noise", "off", "-hz", "1999", "-o", dir, "-format", "json")
	if err := checkDocument("profile", out, "sources[].", "discarded[].", "skipped[].", "notes[]", "warnings[]", "medians[].", "comparisons[].", "noise_floor[].", "pooled[].", "samples[].", "latency[].", "idle_samples[].", "idle[].", "microbenchmarks[].", "differences[].", "changes[].", "observers[]."); err != nil {
		t.Error(err)
	}
	var doc profiledJSON
	if err := json.Unmarshal(out, &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.Skipped) > 0 || len(doc.Subjects) != 1 {
		t.Fatalf("skipped %v, %d subjects", doc.Skipped, len(doc.Subjects))
	}
	if !strings.HasPrefix(doc.Answer, "epoll 4/2000 takes ") || !strings.Contains(doc.Answer, ", by perf record.") {
		t.Errorf("the answer is %q", doc.Answer)
	}
	s := doc.Subjects[0]
	sum := 0.0
	for _, c := range doc.Attribution {
		sum += c.CPU
	}
	if s.CPU <= 0 || sum < 0.99*s.CPU || sum > 1.01*s.CPU {
		t.Errorf("components are %.0f ns together, the server took %.0f", sum, s.CPU)
	}
	for _, want := range []string{"recvfrom", "sendto"} {
		if count, wall := doc.call(want); count < 0.9 || count > 1.5 || wall <= 0 {
			t.Errorf("%s: %v calls of %v ns: %+v", want, count, wall, doc.Calls)
		}
	}
	for _, name := range []string{"bench.txt", "profile.bench", "captures.jsonl", "report.html", s.Folder + "/flame.svg", s.Folder + "/offcpu.svg", s.Folder + "/tables.txt", s.Folder + "/offcpu.pb.gz"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	checkProfiles(t, filepath.Join(dir, s.Folder))
	checkProfileBench(t, filepath.Join(dir, "profile.bench"))
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	if err != nil || !bytes.Contains(page, []byte("kernel-tcp-send")) || !bytes.Contains(page, []byte("What the observers cost")) && len(doc.Observers) > 0 {
		t.Errorf("the page: %v, %d bytes", err, len(page))
	}
}

// checkProfiles reads the profiles of a subject as go tool pprof does.
func checkProfiles(t *testing.T, dir string) {
	t.Helper()
	for file, labels := range map[string][]string{"cpu.pb.gz": {"component", "comm"}, "both.pb.gz": {"source"}, "go.pb.gz": nil} {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Error(err)
			continue
		}
		p, err := profile.ParseData(b)
		if err != nil || len(p.Sample) == 0 {
			t.Errorf("%s: %v", file, err)
			continue
		}
		for _, l := range labels {
			if len(p.Sample[0].Label[l]) == 0 {
				t.Errorf("%s has no label %s", file, l)
			}
		}
	}
	out, err := exec.Command("go", "tool", "pprof", "-top", filepath.Join(dir, "cpu.pb.gz")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "tcp_") {
		t.Errorf("go tool pprof: %v\n%.600s", err, out)
	}
}

func checkProfileBench(t *testing.T, path string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"component=kernel-tcp-receive ", "call=sendto ", " ctxsw/msg", " EAGAIN/msg", " frames/wait", "Unit cpu-ns/msg better=lower"} {
		if !strings.Contains(string(b), want) {
			t.Errorf("no %q in %s", want, path)
		}
	}
	if err := checkBench("Attribution/", 5, b); err != nil {
		t.Error(err)
	}
}

// Two sets of flags are compared function by function, and pprof shows the
// difference.
func TestProfileAB(t *testing.T) {
	needTools(t)
	onceWithoutRace(t)
	var dir string
	var out []byte
	for try := 1; out == nil; try++ { // a busy host has runs discarded, of all rounds even
		dir = filepath.Join(t.TempDir(), fmt.Sprint("ab", try))
		cmd := exec.Command("wsbench", "profile", "ab", "-cases", "4/2000", "-rounds", "3", "-for", "200ms", "-noise", "off", "-o", dir, "-format", "json", "batch=-flush batch", "-flush=frame")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		b, err := cmd.Output()
		switch busy := cmd.ProcessState.ExitCode() == int(statusUndecided); {
		case err == nil:
			out = b
		case !busy:
			t.Fatalf("%v\n%s", err, &errs)
		case try == 5:
			t.Skip("this host was too busy for one round of two servers, five times")
		}
	}
	if err := checkDocument("profile ab", out, "sources[].", "discarded[].", "skipped[].", "notes[]", "warnings[]", "medians[].", "comparisons[].", "noise_floor[].", "pooled[].", "samples[].", "latency[].", "idle_samples[].", "idle[].", "microbenchmarks[].", "calls[].", "observers[].", "events[].", "differences[].", "changes[]."); err != nil {
		t.Error(err)
	}
	var doc profiledJSON
	if err := json.Unmarshal(out, &doc); err != nil || len(doc.Differences) != 1 {
		t.Fatalf("%d differences, %v", len(doc.Differences), err)
	}
	d := doc.Differences[0]
	if !strings.HasPrefix(d.A, "server=batch/") || !strings.HasPrefix(d.B, "server=B/") || len(doc.Changes) == 0 || doc.Changes[0].Of != "total" {
		t.Errorf("%+v against %+v", d.B, d.A)
	}
	files, err := explain.Views(dir, "cpu")
	if err != nil || len(files) != 2 || !strings.Contains(files[0], "batch-") {
		t.Fatalf("%q, %v", files, err)
	}
	view := wsbench(t, "profile", "view", dir)
	url := view.line(`^wsbench profile view: (http://127\.0\.0\.1:\d+)/ shows .* and `)[1]
	if page := string(fetch(t, url+"/top")); !strings.Contains(page, "tcp_") {
		t.Errorf("pprof's page: %.500s", page)
	}
	if page := string(fetch(t, url+"/flamegraph")); !strings.Contains(page, "tcp_sendmsg") {
		t.Errorf("pprof's flame graph: %d bytes", len(page))
	}
}

// A session that is told to stop keeps what it has captured, and nothing it
// started stays.
func TestProfileInterrupted(t *testing.T) {
	needTools(t)
	dir := filepath.Join(t.TempDir(), "cut")
	mark := fmt.Sprint("profile-interrupted-", os.Getpid())
	cmd := matrixCommand(mark, "profile -cases 2/100 -rounds 5000 -for 200ms -noise off -with perf-record -o "+dir)
	var text bytes.Buffer
	cmd.Stdout, cmd.Stderr = &text, &text
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	list := filepath.Join(dir, "captures.jsonl")
	waiting.For(t, "two captures are listed", func() bool {
		b, _ := os.ReadFile(list)
		return bytes.Count(b, []byte("\n")) >= 2
	})
	cmd.Process.Signal(os.Interrupt)
	if err := cmd.Wait(); err == nil || !strings.Contains(text.String(), "CPU time by component") || !strings.Contains(text.String(), "warning: interrupted after ") || !strings.Contains(text.String(), "profile: interrupted after ") {
		t.Errorf("%v\n%.3000s", err, &text)
	}
	if _, err := os.Stat(filepath.Join(dir, "report.html")); err != nil {
		t.Error(err)
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left running: %q", left)
	}
}

// A server that fails is an error, as in wsbench matrix; what was captured of
// the others is shown.
func TestProfileOfAFailingServer(t *testing.T) {
	needTools(t)
	onceWithoutRace(t)
	cmd := exec.Command("wsbench", "profile", "-keep-going", "-server", "dead=false {port}", "-with", "strace",
		"-cases", "2/100", "-rounds", "1", "-for", "100ms", "-noise", "off", "-o", filepath.Join(t.TempDir(), "run"))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, _ := cmd.Output()
	if cmd.ProcessState.ExitCode() != int(statusFailed) || !strings.Contains(errs.String(), "of the servers or their cases failed") || !bytes.Contains(out, []byte("System calls")) {
		t.Errorf("%v: %s\n%s", cmd.ProcessState, &errs, out)
	}
}

// Another server, whose shell stays its parent and which serves no profiles,
// is observed too: the server, not the shell.
func TestProfileOfAnotherServer(t *testing.T) {
	needTools(t)
	onceWithoutRace(t)
	dir := filepath.Join(t.TempDir(), "run")
	out := profileOutput(t, "-io", "none", "-server", "mine=wsbench echo -io net -addr 127.0.0.1:{port}; true", "-with", "perf-record,strace,pprof",
		"-cases", "2/100", "-rounds", "1", "-for", "200ms", "-noise", "off", "-o", dir, "-format", "json")
	var doc profiledJSON
	if err := json.Unmarshal(out, &doc); err != nil || len(doc.Subjects) != 1 {
		t.Fatalf("%d subjects, %v", len(doc.Subjects), err)
	}
	if count, _ := doc.call("write"); count <= 0.5 {
		t.Errorf("calls %+v", doc.Calls)
	}
	if !slices.ContainsFunc(doc.Attribution, func(c attributed) bool { return c.Component == "kernel-tcp-send" && c.CPU > 0 }) {
		t.Errorf("attribution %+v", doc.Attribution)
	}
	if len(doc.Skipped) != 1 || !strings.Contains(doc.Skipped[0].Name, "observer=pprof") || !strings.Contains(doc.Skipped[0].Reason, "net/http/pprof") {
		t.Errorf("skipped %+v", doc.Skipped)
	}
}
