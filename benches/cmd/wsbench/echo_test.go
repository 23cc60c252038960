//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// server is a reference server, or another command, in a process of its own.
type server struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Reader
	url string
}

func startServer(t *testing.T, flags ...string) *server {
	t.Helper()
	s := wsbench(t, append([]string{"echo", "-addr", "127.0.0.1:0"}, flags...)...)
	s.url = "ws://" + s.line(`^wsbench echo: listening on (\S+) io=`)[1] + "/any/path"
	return s
}

// wsbench is a process that runs the command with args until the test ends.
func wsbench(t *testing.T, args ...string) *server {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	list, _ := json.Marshal(args)
	cmd.Env = append(os.Environ(), processArgs+"="+string(list))
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, cmd: cmd, out: bufio.NewReader(stdout)}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return s
}

// line reads the next line, which must match.
func (s *server) line(pattern string) []string {
	s.t.Helper()
	text, err := s.out.ReadString('\n')
	m := regexp.MustCompile(pattern).FindStringSubmatch(strings.TrimSpace(text))
	if err != nil || m == nil {
		s.t.Fatalf("got line %q, %v; want %s", text, err, pattern)
	}
	return m
}

// end sends SIGTERM and wants the exit status 0, within the time that closing
// may take.
func (s *server) end() {
	s.t.Helper()
	s.cmd.Process.Signal(syscall.SIGTERM)
	killed := time.AfterFunc(waiting.Bound, func() { s.cmd.Process.Kill() })
	defer killed.Stop()
	rest, _ := io.ReadAll(s.out)
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("%v: %v\n%s", s.cmd.Args, err, rest)
	}
	if !regexp.MustCompile(`counters accepted=\d+ open=0 `).Match(rest) {
		s.t.Errorf("the last words are %q, want counters with open=0", rest)
	}
}

func TestEchoUnderLoad(t *testing.T) {
	for _, tt := range []struct {
		flags    []string
		verify   string
		counters string
	}{
		{[]string{"-io", "epoll"}, "all", `^counters accepted=\d+ open=\d+ done=\d+ frames=\d+ bytes=\d+ recv=\d+ send=\d+ wait=\d+ calls=\d+ eagain=\d+ pause=0 frames/recv=\d`},
		{[]string{"-io", "uring", "-workers", "2"}, "all", `^worker 0: counters accepted=\d+ .* calls=\d+`},
		{[]string{"-io", "net"}, "all", `^counters accepted=\d+ open=\d+ done=\d+ frames=\d+ bytes=\d+ recv=\d+ send=\d+ frames/recv=\d`},
		{[]string{"-io", "raw"}, "off", `^counters accepted=`},
	} {
		s := startServer(t, tt.flags...)
		for _, op := range []string{"binary", "text"} {
			var out bytes.Buffer
			if err := run([]string{"load", "-conns", "8", "-depth", "4", "-size", "300", "-for", "100ms", "-warmup", "10ms", "-op", op, "-verify", tt.verify, s.url}, &out, io.Discard); err != nil {
				t.Errorf("%v: %v\n%s", tt.flags, err, out.String())
			}
		}
		s.cmd.Process.Signal(syscall.SIGUSR1)
		s.line(tt.counters)
		s.end()
	}
}

// A script that waits for the address may signal at once.
func TestEchoSignalledAtOnce(t *testing.T) {
	for range 10 {
		startServer(t).end()
	}
}

// The switches of the opening handshake reach the server, whatever its I/O.
func TestEchoOpening(t *testing.T) {
	for _, io := range []string{"epoll", "net", "raw"} {
		s := startServer(t, "-io", io, "-origin", "https://good.example,same", "-subprotocol", "chat", "-max-request", "1000", "-handshake-timeout", "200ms")
		base := strings.TrimSuffix(strings.Replace(s.url, "ws:", "http:", 1), "/any/path")
		for _, tt := range []struct {
			path, header, value string
			status              int
		}{
			{"/healthz", "", "", 200},
			{"/", "", "", 426},
			{"/", "X", strings.Repeat("x", 1000), 431},
			{"/", "Origin", "https://evil.example", 403},
			{"/", "Origin", "https://good.example", 101},
			{"/", "Sec-WebSocket-Protocol", "chat", 101},
		} {
			r, err := http.NewRequest("GET", base+tt.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			if tt.status == 101 || tt.status == 403 {
				r.Header = http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}, "Sec-WebSocket-Version": {"13"}, "Sec-WebSocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="}}
			}
			if tt.header != "" {
				r.Header.Set(tt.header, tt.value)
			}
			answer, err := http.DefaultTransport.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			if answer.StatusCode != tt.status {
				t.Errorf("-io %s: %s, %s %.30q: status %d, want %d", io, tt.path, tt.header, tt.value, answer.StatusCode, tt.status)
			}
			if tt.value == "chat" && answer.Header.Get(tt.header) != "chat" {
				t.Errorf("-io %s: no subprotocol in %v", io, answer.Header)
			}
			answer.Body.Close()
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		s.end()
	}
}
