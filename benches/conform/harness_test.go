package conform

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"wsbench/benches/echo"
	"wsbench/benches/internal/wsclient"
	"wsbench/scratch"
)

func TestMain(m *testing.M) {
	flag.Parse()
	flag.Set("test.parallel", "16") // most of the time these tests wait
	code := m.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		os.Stderr.WriteString(err.Error() + "\n")
		code = 1
	}
	os.Exit(code)
}

func options(io echo.IO) echo.Options {
	o := echo.Options{Addr: netip.MustParseAddrPort("127.0.0.1:0"), IO: io, BufferSize: scratch.DefaultSize, Workers: 1, Background: "same"}
	switch io {
	case echo.Net:
		o.Buffers = scratch.PerConn
	case echo.Uring:
		o.Buffers = scratch.Ring
	}
	return o
}

// reference runs the reference server until the test ends, or stop is called.
func reference(t *testing.T, o echo.Options) (url string, stop func()) {
	t.Helper()
	s, err := echo.Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the server: %v", err)
		}
	})
	t.Cleanup(stop)
	url = "ws://" + s.Addr().String() + "/"
	if o.TLS != echo.TLSOff {
		url = "wss" + url[len("ws"):]
	}
	if _, err := Run(t.Context(), Config{URL: url, Offer: trusting}, nil); err != nil {
		t.Fatal(err)
	}
	// The loops, which run now, left as many Ps as they are, and keep them
	// while they wait; the player needs others.
	runtime.GOMAXPROCS(max(8, runtime.NumCPU()))
	return url, stop
}

// trusting takes any certificate.
var trusting = wsclient.Offer{TLS: wsclient.TLS{Insecure: true}}

// listen accepts connections until the test ends and lets behave have each.
func listen(t *testing.T, behave func(net.Conn)) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer context.AfterFunc(ctx, func() { c.Close() })()
				defer c.Close()
				behave(c)
			})
		}
	})
	t.Cleanup(func() { l.Close(); cancel(); wg.Wait() })
	return "ws://" + l.Addr().String() + "/"
}

// selected is the cases that a pattern names.
func selected(t *testing.T, patterns ...string) []Case {
	t.Helper()
	list, err := Select(Cases(), strings.Join(patterns, ","))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// ample is a Timeout that makes cases as patient as a busy machine needs.
const ample = 10 * time.Minute

// runAll plays cases, each of which must come to a verdict.
func runAll(t *testing.T, url string, cases []Case) []Result {
	t.Helper()
	results, err := Run(t.Context(), Config{URL: url, Offer: trusting, Jobs: 8, Timeout: ample}, cases)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// meet plays c in memory with h, which is the client where we are the server.
func meet(c *Case, h *honest, terms terms) Result {
	us, them := pipe()
	ended := make(chan bool)
	go func() {
		defer close(ended)
		defer them.Close()
		h.talk(them, bufio.NewReaderSize(them, piece), terms.server)
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	r := judge(c, play(ctx, c, us, nil, terms), terms.server)
	<-ended
	return r
}

// Detail returns what was expected and what came, in some lines.
func (r *Result) Detail() string {
	return fmt.Sprintf("%s %s\nexpected: %s\ncame: %s\nfaults: %s\nAutobahn: %s, closing %s",
		r.Case.ID, r.Case.Title, r.Case.Expected(), r.Came, strings.Join(r.Faults, "; "), r.Behavior, r.Close)
}
