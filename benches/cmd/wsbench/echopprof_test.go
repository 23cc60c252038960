//go:build linux

package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/pprof/profile"

	"wsbench/benches/internal/waiting"
)

// A server under load tells its profiles, with each way to do I/O: the loops
// share the runtime's one P with who asks.
func TestEchoServesProfiles(t *testing.T) {
	for _, io := range []string{"epoll", "net", "raw", "uring"} {
		t.Run(io, func(t *testing.T) {
			s := wsbench(t, "echo", "-addr", "127.0.0.1:0", "-pprof", "127.0.0.1:0", "-io", io)
			m := s.line(`^wsbench echo: listening on (\S+) io=.* pprof=(127\.0\.0\.1:\d+)$`)
			var out bytes.Buffer
			load := make(chan error, 1)
			go func() {
				load <- run([]string{"load", "-conns", "2", "-warmup", "0s", "-for", "1500ms", "-verify", "off", "ws://" + m[1] + "/"}, &out, &out)
			}()
			base := "http://" + m[2] + "/debug/pprof/"
			cpu := fetch(t, base+"profile?seconds=1")
			if err := <-load; err != nil {
				t.Error(err)
			}
			p, err := profile.ParseData(cpu)
			if err != nil || len(p.SampleType) != 2 || p.SampleType[1].Type != "cpu" {
				t.Errorf("the CPU profile: %v, %v", p, err)
			}
			if text := string(fetch(t, base+"mutex?debug=1")); !strings.Contains(text, "sampling period=100") {
				t.Errorf("the mutex profile: %s", text)
			}
		})
	}
}

func fetch(t *testing.T, url string) []byte {
	t.Helper()
	client := http.Client{Timeout: waiting.Bound}
	defer client.CloseIdleConnections()
	r, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v: %s", url, r.Status, err, b)
	}
	return b
}
