//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/parse/opening"
)

func TestConform(t *testing.T) {
	s := startServer(t)
	var out bytes.Buffer
	if err := run([]string{"conform", "-cases", "1.*,2,7.3,x.1", s.url}, &out, io.Discard); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	for _, want := range []string{`(?m)^ws://\S+: 37 cases in `, `(?m)^2 +pings and pongs +11 +11 +0 `, `(?m)^total +37 +37 +0 `} {
		if !regexp.MustCompile(want).MatchString(out.String()) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
	out.Reset()
	if err := run([]string{"conform", "-v", "-j", "1", "-cases", "2.9,7.13", s.url}, &out, io.Discard); err != nil {
		t.Error(err)
	}
	want := "^case .*\n2.9 +ok +OK +OK +unasked pong, then a ping\n7.13.1 +ok +INFORMATIONAL +INFORMATIONAL +.*\n7.13.2 .*\n\n(.*\n)*\nws://"
	if !regexp.MustCompile(want).MatchString(out.String()) {
		t.Errorf("no %s in\n%s", want, out.String())
	}
	s.end()
}

// The floor does no protocol work: what fails there is told case by case, with
// the command that plays one again.
func TestConformFails(t *testing.T) {
	s := startServer(t, "-io", "raw")
	var out bytes.Buffer
	err := run([]string{"conform", "-cases", "3.1", s.url}, &out, io.Discard)
	if err == nil || err.Error() != "conform: 1 of 1 cases failed" || exit(err, io.Discard) != 1 {
		t.Errorf("%v", err)
	}
	rerun := regexp.MustCompile(`\nwsbench (conform -cases 3\.1 ws://\S+)\n`).FindStringSubmatch(out.String())
	if rerun == nil || !strings.Contains(out.String(), "\nexpected  nothing; it closes, its code 1002") {
		t.Fatalf("got\n%s", out.String())
	}
	out.Reset()
	err = run(append([]string{"conform", "-format", "json"}, strings.Fields(rerun[1])[1:]...), &out, io.Discard)
	var got struct{ Cases, Failed int }
	if e := json.Unmarshal(out.Bytes(), &got); e != nil || err == nil || got.Cases != 1 || got.Failed != 1 {
		t.Errorf("%v, %v\n%s", err, e, out.String())
	}
	s.end()
}

func TestConformUnreachable(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	var out bytes.Buffer
	err = run([]string{"conform", "ws://" + l.Addr().String()}, &out, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "is the server running?") || exit(err, io.Discard) != 1 || out.Len() > 0 {
		t.Errorf("error %v, output %q", err, out.String())
	}
}

// SIGINT ends the run, and what was played is in the table.
func TestConformInterrupted(t *testing.T) {
	s := startServer(t)
	interrupt := func(p *os.Process) {
		s.accepts(3) // to see whether it is up, 1.1.1, 5.19
		p.Signal(os.Interrupt)
	}
	out, status := loadProcess(t, interrupt, "conform", "-j", "1", "-cases", "1.1.1,5.19,5.20", s.url)
	if status != 1 || !strings.Contains(out.stderr, "interrupted after 1 of 3 cases") || !strings.Contains(out.stdout, "1 cases in") || !strings.Contains(out.stdout, "warning: interrupted after 1 of 3 cases") {
		t.Errorf("status %d, stderr %q, stdout\n%s", status, out.stderr, out.stdout)
	}
	s.end()
}

// accepts waits until s has accepted n connections.
func (s *server) accepts(n int) {
	for accepted := 0; accepted < n; time.Sleep(10 * time.Millisecond) {
		s.cmd.Process.Signal(syscall.SIGUSR1)
		accepted, _ = strconv.Atoi(s.line(`^counters accepted=(\d+)`)[1])
	}
}

// A server that dies is told once, with the case, and the rest is not run.
func TestConformServerDies(t *testing.T) {
	s := startServer(t)
	kill := func(*os.Process) {
		s.accepts(3) // to see whether it is up, 1.1.1, 5.19
		s.cmd.Process.Kill()
	}
	out, status := loadProcess(t, kill, "conform", "-v", "-j", "1", "-cases", "1.1.1,5.19,5.20,7", s.url)
	told := regexp.MustCompile(`conform: (the server died at case [57]\.\S+); (\d+) of 40 cases were not run`).FindStringSubmatch(out.stderr)
	if status != 1 || told == nil {
		t.Fatalf("status %d, stderr %q", status, out.stderr)
	}
	for _, want := range []string{`(?m)^7.13.2 +not run `, `(?m)^total +40 .* 1 FAILED, ` + told[2] + ` not run`, `(?m)^not run \S+ and later: ` + told[1] + `$`} {
		if !regexp.MustCompile(want).MatchString(out.stdout) {
			t.Errorf("no %s in\n%s", want, out.stdout)
		}
	}
	if strings.Contains(out.stdout, "refused") {
		t.Errorf("cases that were not run are told of each\n%s", out.stdout)
	}
}

// Clients are told where to go, and at the end what came of it.
func TestConformListen(t *testing.T) {
	cmd := wsbench(t, "conform", "-v", "-listen", "127.0.0.1:0", "-cases", "1.1.1")
	addr := cmd.line(`^wsbench conform: listening on (\S+) for clients that echo: 1 cases, `)[1]
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	key := opening.NewKey([16]byte{1})
	// It drops TCP without a close frame.
	conn.Write(opening.AppendRequest(nil, addr, "/runCase?case=1&agent=me", key))
	io.CopyN(io.Discard, conn, 129+2) // the answer and an empty text frame
	conn.Close()
	cmd.line(`1\.1\.1`) // it has its result
	cmd.cmd.Process.Signal(os.Interrupt)
	rest, _ := io.ReadAll(cmd.out)
	if !regexp.MustCompile(`(?s)^\n.*\nclient "me": 1 of 1 cases\n.*TCP ended without a close frame`).Match(rest) {
		t.Errorf("got\n%s", rest)
	}
	if cmd.cmd.Wait(); cmd.cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("exit status %v", cmd.cmd.ProcessState)
	}
}

// The generator's client that reflects is such a client.
func TestConformReflect(t *testing.T) {
	cmd := wsbench(t, "conform", "-listen", "127.0.0.1:0", "-cases", "1.1.1,7.3.1")
	url := "ws://" + cmd.line(`listening on (\S+) for clients`)[1]
	for _, target := range []string{"/runCase?case=1&agent=load", "/runCase?casetuple=7.3.1&agent=load", "/updateReports?agent=load&shutdownOnComplete=true"} {
		if err := run([]string{"load", "-reflect", url + target}, io.Discard, io.Discard); err != nil {
			t.Error(err)
		}
	}
	rest, _ := io.ReadAll(cmd.out)
	if !regexp.MustCompile(`(?s)^\n.*\nclient "load": 2 of 2 cases\n.*\ntotal +2 +2 +0 .* all ok +2 `).Match(rest) {
		t.Errorf("got\n%s", rest)
	}
	if err := cmd.cmd.Wait(); err != nil {
		t.Error(err)
	}
}
