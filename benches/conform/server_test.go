package conform

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// serveCases runs a Server until the test ends.
func serveCases(t *testing.T, s *Server) (url string, ended <-chan error) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Timeout = ample
	ctx, cancel := context.WithCancel(context.Background())
	c := make(chan error, 1)
	stopped := make(chan bool)
	go func() {
		defer close(stopped)
		c <- s.Serve(ctx, l)
	}()
	t.Cleanup(func() { cancel(); <-stopped })
	return "ws://" + l.Addr().String(), c
}

// playAll has a client play every case of s, some at a time.
func playAll(t *testing.T, s *Server, agent string, client func(url string) error) []Result {
	t.Helper()
	url, _ := serveCases(t, s)
	slots := make(chan bool, 8)
	var wg sync.WaitGroup
	for i := range s.Cases {
		slots <- true
		wg.Go(func() {
			if err := client(fmt.Sprintf("%s/runCase?case=%d&agent=%s", url, i+1, agent)); err != nil {
				t.Errorf("case %s: %v", s.Cases[i].ID, err)
			}
			<-slots
		})
	}
	wg.Wait()
	return waitFor(s, agent, len(s.Cases))
}

// waitFor is the agent's results, once there are n of them: the client's end
// of a connection can be over before the server's.
func waitFor(s *Server, agent string, n int) (results []Result) {
	for range 200 {
		if results = s.Results()[agent]; len(results) == n {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	return results
}

func (h *honest) play(url string) error {
	_, err := h.ask(url)
	return err
}

// A client that keeps to the rules passes every case.
func TestHonestClient(t *testing.T) {
	s := &Server{Cases: Cases()}
	if testing.Short() || raced {
		s.Cases = slices.DeleteFunc(s.Cases, slow)
	}
	results := playAll(t, s, "honest", (&honest{}).play)
	if len(results) != len(s.Cases) {
		t.Errorf("%d results of %d cases", len(results), len(s.Cases))
	}
	for _, r := range results {
		if !r.Strict() {
			t.Errorf("%s", r.Detail())
		}
	}
}

// Faults of a client are found as those of a server are.
func TestMutantClients(t *testing.T) {
	lacks := func(rules ...string) honest { return honest{without: rules} }
	for name, m := range map[string]struct {
		client honest
		caught string
	}{
		"drops TCP instead of failing":   {honest{fail: func(c *session, _ int) { c.Close() }}, "3.1 6.3.1 x.3.1"},
		"drops TCP instead of answering": {honest{closed: func(c *session, _ []byte) { c.Close() }}, "1.1.1 7.3.3"},
		"does not mask":                  {honest{echo: func(c *session, _ uint8, p []byte) { c.Write([]byte{text, 0}) }}, "1.1.1"},
		"corrupts one byte":              {honest{echo: func(c *session, op uint8, p []byte) { c.write(op|fin, corrupted(p)) }}, "1.1.2 9.1.1"},
		"pongs not":                      {honest{pong: func(*session, []byte) {}}, "2.1"},
		"answers closing by 1001":        {honest{closed: func(c *session, _ []byte) { c.write(shut, []byte(closePayload(1001, ""))) }}, "1.1.1 7.3.3"},
		"answers closing late":           {honest{closed: func(c *session, p []byte) { time.Sleep(4 * time.Second); c.write(shut, p) }}, "1.1.1"},
		"answers closing twice":          {honest{closed: func(c *session, p []byte) { c.write(shut, p); c.write(shut, p) }}, "7.3.3"},
		"takes masked frames":            {lacks("mask"), "x.3.1 x.3.4"},
		"takes RSV bits":                 {lacks("rsv"), "3.1 3.5"},
		"takes any text":                 {lacks("utf8", "utf8 in frames", "utf8 of fragments"), "6.3.1 6.12 x.6.1"},
		"checks whole frames":            {lacks("utf8 in frames"), "6.4.3 x.6.4"},
	} {
		bubble(t, name, func(t *testing.T) {
			for _, c := range selected(t, strings.Fields(m.caught)...) {
				if r := meet(&c, &m.client, termsOf(DefaultTimeout, true)); r.Strict() {
					t.Errorf("case %s finds nothing: %s", c.ID, r.Came)
				}
			}
		})
	}
}

// What a fuzzing client asks for besides cases.
func TestServerAnswers(t *testing.T) {
	s := &Server{Cases: selected(t, "1.1.1", "7.3")}
	url, ended := serveCases(t, s)
	h := &honest{echo: func(*session, uint8, []byte) {}}
	ask := func(target, want string) {
		t.Helper()
		if got, err := h.ask(url + target); got != want || err != nil {
			t.Errorf("%s: %q, %v; want %q", target, got, err, want)
		}
	}
	ask("/getCaseCount", "7")
	ask("/getCaseInfo?case=2", `{"id":"7.3.1","description":"empty close frame"}`)
	ask("/getCaseStatus?case=2&agent=me", `{"behavior":"","behaviorClose":"","strict":false}`)
	ask("/runCase?case=2&agent=me", "")
	ask("/runCase?casetuple=7.3.2&agent=you", "")
	waitFor(s, "me", 1)
	ask("/getCaseStatus?case=2&agent=me", `{"behavior":"OK","behaviorClose":"OK","strict":true}`)
	if r := waitFor(s, "you", 1); len(r) != 1 || r[0].Case.ID != "7.3.2" {
		t.Errorf("results %v", s.Results())
	}
	ask("/updateReports?agent=me", "")
	for _, wrong := range []string{"/", "/runCase", "/runCase?case=0", "/runCase?case=8", "/runCase?casetuple=9.1.1", "/getCaseInfo?case=x"} {
		if _, err := h.ask(url + wrong); err == nil || !strings.Contains(err.Error(), "404 Not Found") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
	for i := range maxAgents - 2 {
		h.ask(fmt.Sprintf("%s/runCase?case=2&agent=%d", url, i))
	}
	if _, err := h.ask(url + "/runCase?case=2&agent=onemore"); err == nil {
		t.Error("one agent too many")
	}
	select {
	case err := <-ended:
		t.Fatalf("it ended: %v", err)
	default:
	}
	ask("/updateReports?agent=me&shutdownOnComplete=true", "")
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// A server that is told to end leaves nothing behind, whoever is connected.
func TestServerEnds(t *testing.T) {
	s := &Server{Cases: Cases()}
	url, _ := serveCases(t, s)
	for _, first := range []string{"", "GET / HTTP/1.1\r\n", "\r\n\r\n"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "ws://"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.Write([]byte(first))
	}
}
