package lab

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"syscall"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"wsbench/benches/internal/wsclient"
	"wsbench/benches/load"
	"wsbench/benches/results"
	"wsbench/syscalls"
)

// Handshakes is the probe of the profile tls-handshake: dialers connect, do the
// handshake of TLS by crypto/tls, and end the connection, again and again. A
// handshake counts once the server has done its part, which it shows by ending the
// connection upon the client's close_notify.
//
// The generator's half of a handshake costs about what the server's does: where both
// have one CPU each, look at the server's CPU time per handshake before handshakes
// per second.
type Handshakes struct{}

// Values of the key resume.
const (
	resumeNone = "none"
	resumeAll  = "all"
)

// Base implements Probe.
func (Handshakes) Base() string { return "Handshake" }

// Fresh implements Probe.
func (Handshakes) Fresh() bool { return true }

// Open implements Probe. It does one handshake, and asks for a session where
// handshakes are to resume one.
func (Handshakes) Open(ctx context.Context, p *Process, c results.Case) (Client, error) {
	u, err := wsclient.ParseURL(p.URL())
	if err != nil {
		return nil, err
	}
	if !wsclient.Secure(u) {
		return nil, fmt.Errorf("%s: the server does not speak TLS: its address is to begin with wss://", u)
	}
	h := &handshakeClient{process: p, c: c, url: u, tls: p.Offer().TLS.Config(u.Hostname())}
	if c.Value("resume") == resumeAll {
		if err := h.askSession(ctx); err != nil {
			return nil, err
		}
	}
	var one dialer
	if one.dial(ctx, h); one.failed != nil {
		return nil, one.failed
	}
	return h, nil
}

// validate implements validator.
func (h Handshakes) validate(ctx context.Context, p *Process) error {
	_, err := h.Open(ctx, p, results.Case("conns=1"))
	return err
}

type handshakeClient struct {
	process *Process
	c       results.Case
	url     *url.URL
	tls     *tls.Config
}

// Close implements Client. Nothing is open between runs.
func (*handshakeClient) Close() {}

// oneSession is a cache that keeps the first session, for all to resume.
type oneSession struct {
	mu sync.Mutex
	s  *tls.ClientSessionState
}

// Get implements tls.ClientSessionCache.
func (o *oneSession) Get(string) (*tls.ClientSessionState, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.s, o.s != nil
}

// Put implements tls.ClientSessionCache.
func (o *oneSession) Put(_ string, s *tls.ClientSessionState) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.s == nil {
		o.s = s
	}
}

// askSession has the server send a session ticket, which comes before the answer to
// a request.
func (h *handshakeClient) askSession(ctx context.Context) error {
	cache := &oneSession{}
	h.tls.ClientSessionCache = cache
	conn, err := h.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", h.url.Host)
	io.ReadFull(conn, make([]byte, 1)) // whatever the answer is
	if _, there := cache.Get(""); !there {
		return errors.New("the server sends no session ticket: nothing can be resumed")
	}
	return nil
}

// connect connects and does the handshake. The connection has answerLimit from then
// on.
func (h *handshakeClient) connect(ctx context.Context) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, answerLimit)
	defer cancel()
	d := net.Dialer{KeepAlive: -1}
	tcp, err := d.DialContext(ctx, "tcp", wsclient.Address(h.url))
	if err != nil {
		return nil, wsclient.Advise(err)
	}
	tcp.(*net.TCPConn).SetLinger(0) // no port waits for a minute
	conn := tls.Client(tcp, h.tls)
	if err := conn.HandshakeContext(ctx); err != nil {
		tcp.Close()
		return nil, wsclient.AdviseTLS(err)
	}
	conn.SetDeadline(time.Now().Add(answerLimit))
	return conn, nil
}

// dialer is one of those that do handshakes, and what it has done within the window.
type dialer struct {
	latency       *hdrhistogram.Histogram // nil: none is recorded
	done, resumed int64
	fails         int64
	failed        error // the first
}

// dial does one handshake, and ends the connection.
func (d *dialer) dial(ctx context.Context, h *handshakeClient) {
	began := time.Now()
	conn, err := h.connect(ctx)
	if err != nil {
		d.fail(ctx, err)
		return
	}
	took := time.Since(began)
	defer conn.Close()
	conn.CloseWrite()
	if _, err := io.Copy(io.Discard, conn); err != nil && !errors.Is(err, syscall.ECONNRESET) {
		d.fail(ctx, fmt.Errorf("after the handshake: %w", err))
		return
	}
	if d.done++; conn.ConnectionState().DidResume {
		d.resumed++
	}
	if d.latency != nil {
		d.latency.RecordValue(int64(took))
	}
}

// fail counts err, unless ctx is what has ended.
func (d *dialer) fail(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	if d.fails++; d.failed == nil {
		d.failed = err
	}
}

// Run implements Client.
func (h *handshakeClient) Run(ctx context.Context, warmup, window time.Duration) (out Outcome, err error) {
	if cpus := h.process.LoadCPU; len(cpus) > 0 {
		all, err := syscalls.Affinity()
		if err != nil {
			return Outcome{}, err
		}
		if err := syscalls.PinProcess(cpus); err != nil {
			return Outcome{}, err
		}
		defer syscalls.PinProcess(all)
	}
	if warmup > 0 {
		h.all(ctx, warmup)
	}
	if ctx.Err() != nil {
		return Outcome{}, ctx.Err()
	}
	meter := h.process.meter()
	var sum dialer
	var took, own time.Duration
	waited, harm, err := h.process.watched(ctx, h.c, func() error {
		began, before := time.Now(), ownCPU()
		meter.Edge(false)
		sum = h.all(ctx, window)
		meter.Edge(true)
		took, own = time.Since(began), ownCPU()-before
		return ctx.Err()
	})
	if err != nil {
		return Outcome{}, err
	}
	used, err := meter.Used()
	switch {
	case err != nil:
		return Outcome{}, err
	case sum.done == 0 && sum.failed != nil:
		return Outcome{}, sum.failed
	case sum.done == 0:
		return Outcome{Discard: "no handshake was done within the window"}, nil
	}
	n := float64(sum.done)
	out = Outcome{Messages: sum.done, Echoes: sum.done, Latency: sum.latency, Values: map[string]float64{
		"ns/op": float64(took) / n, "handshakes/s": n / took.Seconds(), "resumed-share": float64(sum.resumed) / n,
		"cpu-ns/handshake": float64(used.CPU) / n, "gen-cpu-ns/handshake": float64(own) / n,
	}}
	for _, p := range load.Percentiles {
		out.Values[p.Name+"-ns"] = float64(sum.latency.ValueAtPercentile(p.At))
	}
	if waited >= 0 {
		out.Values["wait-share"] = waited
	}
	out.Discard = firstOf([]string{h.invalid(&sum), harm})
	return out, nil
}

// invalid returns why what was done is not what was asked for; "" if it is.
func (h *handshakeClient) invalid(sum *dialer) string {
	switch all := h.c.Value("resume") == resumeAll; {
	case sum.fails > 0:
		return fmt.Sprintf("invalid: %d of %d handshakes failed, the first: %v", sum.fails, sum.fails+sum.done, sum.failed)
	case all && sum.resumed < sum.done:
		return fmt.Sprintf("invalid: the server resumed %d of %d sessions", sum.resumed, sum.done)
	case !all && sum.resumed > 0:
		return fmt.Sprintf("invalid: %d of %d handshakes resumed a session that nobody offered", sum.resumed, sum.done)
	}
	return ""
}

// all has all dialers begin handshakes for so long, one each at least, and returns
// what they have done.
func (h *handshakeClient) all(ctx context.Context, d time.Duration) (sum dialer) {
	end := time.Now().Add(d)
	list := make([]dialer, h.c.Int("conns"))
	var wg sync.WaitGroup
	for i := range list {
		list[i].latency = newLatency()
		wg.Go(func() {
			for next := true; next; next = time.Now().Before(end) && ctx.Err() == nil {
				list[i].dial(ctx, h)
			}
		})
	}
	wg.Wait()
	sum.latency = newLatency()
	for i := range list {
		l := &list[i]
		sum.latency.Merge(l.latency)
		sum.done += l.done
		sum.resumed += l.resumed
		sum.fails += l.fails
		if sum.failed == nil {
			sum.failed = l.failed
		}
	}
	return sum
}

func newLatency() *hdrhistogram.Histogram { return hdrhistogram.New(1, int64(10*time.Minute), 3) }
