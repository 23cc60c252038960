package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/benches/explain"
	"wsbench/benches/internal/term"
	"wsbench/benches/internal/waiting"
	"wsbench/benches/lab"
	"wsbench/benches/report"
	"wsbench/benches/results"
	"wsbench/profiles/attribution"
	"wsbench/syscalls"
)

func TestTLSFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-tls on":                 `-tls: "on" is not one of user, ktls`,
		"-tls user,user":          `-tls: duplicate "user"`,
		"-io raw":                 "-io raw -tls user,ktls: nothing to compare with plain: ",
		"-io net -tls ktls":       "-io net -tls ktls: nothing to compare with plain: tls ktls: -io net is the ordinary server of crypto/tls",
		"-io none":                "-io none: want one of epoll, uring, net",
		"-cases 1/2/x":            "-cases: case",
		"-profile tls-handshake":  "-profile tls-handshake: a plain server has no handshakes",
		"-idle -1":                "-idle -1: want 1 or more, or 0",
		"-handshakes 1us":         "-handshakes 1µs: want 1ms to 1m, or 0",
		"-looks 2":                "there is no flag -looks",
		"-server x='./x {port}'":  "there is no flag -server",
		"-url x=wss://127.0.0.1/": "there is no flag -url",
	} {
		err := run(append([]string{"tls"}, strings.Fields(args)...), io.Discard, io.Discard)
		if err == nil || !strings.Contains(fmt.Sprint(err), want) || exit(err, io.Discard) != 2 {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}

// A short session: all of the servers there are, two sizes, the fields of its document;
// ktls is measured where the kernel has it, and a SKIP line says where not.
func TestTLSSession(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("tls-", os.Getpid())
	cmd := matrixCommand(mark, "tls -cases 2/20,2/4096 -rounds 1 -for 20ms -idle 2 -handshakes 20ms -attribute=false -noise off -seed 1 -format json -o "+dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	absent := append(slices.Collect(maps.Keys(documented("matrix"))), "tls_tax[].ratio_interval.", "tls_tax[].more_interval.", "tls_attribution[].")
	if err := checkDocument("tls", out, absent...); err != nil {
		t.Error(err)
	}
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, s := range res.Samples {
		got[s.Name.Base+" "+strings.ReplaceAll(s.Name.Server().Label(), " tls=", "-")]++
	}
	want := map[string]int{
		"Echo epoll-off": 2, "Echo epoll A/A-off": 2, "Echo epoll-user": 2, "Conns epoll-off": 1, "Conns epoll-user": 1, "Handshake epoll-user": 2,
	}
	var skipped []string
	if syscalls.ProbeTLS() == nil {
		want["Echo epoll-ktls"], want["Conns epoll-ktls"], want["Handshake epoll-ktls"] = 2, 1, 2
	} else {
		skipped = []string{"Echo/server=wsbench/io=epoll/tls=ktls"}
	}
	for _, d := range res.Discarded { // of a busy machine
		got[d.Name.Base+" "+strings.ReplaceAll(d.Name.Server().Label(), " tls=", "-")]++
	}
	for name, n := range want {
		if got[name] < n {
			t.Errorf("%d runs of %s, want %d", got[name], name, n)
		}
	}
	for name := range got {
		if want[name] == 0 {
			t.Errorf("runs of %s", name)
		}
	}
	var named []string
	for _, r := range res.Skipped {
		if name := strings.TrimPrefix(r.Name, "Benchmark"); strings.Contains(name, "tls=") {
			named = append(named, name)
		}
	}
	if !slices.Equal(named, skipped) {
		t.Errorf("skipped %v, want %v", named, skipped)
	}
}

// What a server or the kernel lacks is skipped, and the plans have none of it.
func TestTLSServers(t *testing.T) {
	c, _, err := tlsExperiment.parse(strings.Fields("-io net,epoll -tls user,ktls -idle 0"), io.Discard, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var labels []string
	for _, s := range c.session.Plan.Servers {
		labels = append(labels, s.Key.Label())
	}
	want := []string{"net tls=off", "net tls=user", "epoll tls=off", "epoll tls=user"}
	if syscalls.ProbeTLS() == nil {
		want = append(want, "epoll tls=ktls")
	}
	if want = append(want, "net A/A tls=off"); !slices.Equal(labels, want) {
		t.Errorf("servers %q, want %q", labels, want)
	}
	if skips := c.session.Skips; len(skips) == 0 || !strings.HasSuffix(skips[0].Name, "io=net/tls=ktls") || !strings.Contains(skips[0].Text, "crypto/tls") {
		t.Errorf("skips %v", skips)
	}
	then := c.session.Then
	if len(then) != 1 || then[0].Probe.Base() != "Handshake" || slices.ContainsFunc(then[0].Servers, func(s lab.Server) bool { return s.Key.Value("tls") == "off" }) {
		t.Errorf("afterwards %v", then)
	}
}

// The first signal ends a session with what was measured.
func TestTLSInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	mark := fmt.Sprint("tls-interrupt-", os.Getpid())
	cmd := matrixCommand(mark, "tls -cases 2/20 -rounds 100000 -for 20ms -noise off -o "+dir)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waiting.For(t, "a block was written", func() bool {
		b, _ := os.ReadFile(filepath.Join(dir, results.BenchFile))
		return bytes.Contains(b, []byte("\nBLOCK 2 "))
	})
	cmd.Process.Signal(os.Interrupt)
	cmd.Wait()
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil || cmd.ProcessState.ExitCode() != 1 || !regexp.MustCompile(`interrupted after \d+ of \d+ runs of Echo`).MatchString(out.String()) || res.Interrupted == "" || len(res.Samples) == 0 {
		t.Errorf("%v, exit status %d, %s", err, cmd.ProcessState.ExitCode(), &out)
	}
	if left := marked(mark); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What a report says of a session in which the kernel pays from 4 KiB on.
func TestTLSDocument(t *testing.T) {
	res := &results.Results{Config: map[string]string{}}
	costs := map[string][]float64{"/tls=off": {4000, 5000, 9000}, "-aa/tls=off": {4001, 5001, 9001}, "/tls=user": {6000, 10000, 30000}, "/tls=ktls": {8000, 8000, 20000}}
	for mode, ns := range costs {
		for i, size := range []int{20, 4096, 16384} {
			for block := 1; block <= 24; block++ {
				n := results.ParseName(fmt.Sprintf("Echo/server=wsbench/io=epoll%s/conns=10/size=%d/depth=1", mode, size))
				v := map[string]float64{"cpu-ns/msg": ns[i] + float64(block*len(mode)%7), "msg/s": 1e9 / ns[i]}
				res.Samples = append(res.Samples, results.Sample{Name: n, Block: 3*block + i, Round: block, Epoch: 1, Values: v})
			}
		}
	}
	var out strings.Builder
	if err := report.Write(&out, report.Of("tls", res, ""), textFormat, term.Screen{Columns: 160}); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"epoll tls=user takes about 50 to 233 % and epoll tls=ktls about 60 to 122 % more CPU per message than epoll tls=off.",
		"With -io epoll, kernel TLS against TLS in userspace pays from 4KiB on.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	for _, want := range []string{
		`epoll tls=user +tls=off +10/20 +1\.500 .* slower +2.00 `, `\n +10/16384 +3\.33[23] .* slower `,
		`epoll tls=ktls +tls=user +10/20 +1\.333 .* slower `, `\n +10/4096 +0\.800 .* faster `,
	} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("no %s in\n%s", want, &out)
		}
	}
	out.Reset()
	if err := report.Write(&out, report.Of("tls", res, ""), jsonFormat, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	absent := append(slices.Collect(maps.Keys(documented("matrix"))), "tls_attribution[].")
	if err := checkDocument("tls", []byte(out.String()), absent...); err != nil {
		t.Error(err)
	}
}

// Where there is no perf, and where no message is echoed, a line says that the CPU time
// by part is not known.
func TestTLSWithoutPerf(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	for args, want := range map[string]string{"": "needs perf: ", "-profile json -conns 4": "leave -profile out"} {
		c, b, err := tlsExperiment.parse(strings.Fields(args), io.Discard, io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		skips := c.session.Skips
		if last := len(skips) - 1; last < 0 || skips[last].Name != "Attribution" || !strings.Contains(skips[last].Text, want) || b.(*tlsTax).observed != nil {
			t.Errorf("%q: %v", args, skips)
		}
	}
}

// Every component belongs to one part, and those of TLS to parts of their own.
func TestTLSParts(t *testing.T) {
	got := map[string][]string{}
	for _, c := range attribution.Default().Names() {
		part := tlsParts[partOf(c)].key
		got[part] = append(got[part], c)
	}
	for part, want := range map[string]string{"handshake": "tls-handshake", "crypto": "crypto", "records": "tls", "copy": "kernel-copy-in kernel-copy-out"} {
		if list := strings.Join(got[part], " "); list != want {
			t.Errorf("%s is %s, want %s", part, list, want)
		}
	}
	for _, c := range []string{"kernel-tcp-send", "kernel-epoll", "syscalls", "wake-up"} {
		if !slices.Contains(got["kernel"], c) {
			t.Errorf("%s is not the kernel's: %v", c, got)
		}
	}
	if !slices.Contains(got["program"], "mask") || !slices.Contains(got["program"], attribution.Other) {
		t.Errorf("the rest is %v", got["program"])
	}
}

// The parts of a capture are all of the CPU time of the unobserved runs.
func TestTLSAttribution(t *testing.T) {
	dir := t.TempDir()
	name := "BenchmarkEcho/server=wsbench/io=epoll/tls=user/conns=2/size=20/depth=1"
	write := func(file, text string) {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(results.BenchFile, name+" 1000 4000 cpu-ns/msg\n")
	write("captures.jsonl", `{"name":"`+name+`","observer":"perf-record","block":1,"dir":"a","echoes":900}`)
	kernel := &profile.Mapping{ID: 1, File: "[kernel.kallsyms]", HasFunctions: true}
	p := &profile.Profile{Mapping: []*profile.Mapping{kernel}, SampleType: []*profile.ValueType{{Type: "samples", Unit: "count"}, {Type: "cpu", Unit: "nanoseconds"}}}
	for i, f := range []string{"crypto/internal/fips140/aes/gcm.gcmAesEnc", "wsbench/mask.xorAVX512", "_copy_from_iter"} {
		l := &profile.Location{ID: uint64(i + 1), Line: []profile.Line{{Function: &profile.Function{ID: uint64(i + 1), Name: f}}}}
		if i == 2 {
			l.Mapping = kernel
		}
		p.Function, p.Location = append(p.Function, l.Line[0].Function), append(p.Location, l)
		p.Sample = append(p.Sample, &profile.Sample{Location: []*profile.Location{l}, Value: []int64{1, []int64{2e6, 1e6, 1e6}[i]}})
	}
	var packed bytes.Buffer
	if err := errors.Join(p.Write(&packed), os.Mkdir(filepath.Join(dir, "a"), 0o777)); err != nil {
		t.Fatal(err)
	}
	write("a/cpu.pb.gz", packed.String())
	res, err := results.Open(filepath.Join(dir, results.BenchFile))
	if err != nil {
		t.Fatal(err)
	}
	a, err := explain.Analyse(dir, res, attribution.Default())
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	d := withParts(report.Of("tls", res, ""), tlsAttribution(a))
	if err := report.Write(&out, d, jsonFormat, term.Screen{}); err != nil {
		t.Fatal(err)
	}
	absent := append(slices.Collect(maps.Keys(documented("matrix"))), "tls_tax[].")
	if err := checkDocument("tls", []byte(out.String()), absent...); err != nil {
		t.Error(err)
	}
	for _, want := range []string{`"crypto_ns_per_msg": 2000`, `"copy_ns_per_msg": 1000`, `"program_ns_per_msg": 1000`, `"handshake_ns_per_msg": 0`, `"kernel_ns_per_msg": 0`, `"tls": "user"`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, &out)
		}
	}
}
