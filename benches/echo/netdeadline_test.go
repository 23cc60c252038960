package echo

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"wsbench/benches/internal/waiting"
)

// piped is a net backend with one connection, a pipe: a write to it lasts
// until the peer reads, so that a test says in which order things happen.
func piped(t *testing.T, wrap func(net.Conn) net.Conn) (s *netServer, c *netConn, peer *client) {
	t.Helper()
	o := options(Net)
	o.Opening.Routes = routes
	near, far := net.Pipe()
	s = newNetServer(o, closedListener{})
	s.serve(wrap(near))
	peer = &client{Conn: far, t: t}
	far.SetDeadline(time.Now().Add(waiting.Bound))
	t.Cleanup(func() { far.Close(); s.done.Wait() })
	return s, s.list()[0], peer
}

type closedListener struct{ net.Listener }

func (closedListener) Close() error { return nil }

// bounding tells when the shutdown has set its deadline: the first that is set
// after armed was closed.
type bounding struct {
	net.Conn
	armed, set chan struct{}
	once       sync.Once
}

func (b *bounding) SetDeadline(t time.Time) error {
	defer func() {
		select {
		case <-b.armed:
			b.once.Do(func() { close(b.set) })
		default:
		}
	}()
	return b.Conn.SetDeadline(t)
}

// A handshake that completes while the server ends does not undo the bound on
// ending, though the peer reads nothing more. Between the two are microseconds
// on a socket; the pipe holds the handshake's answer up.
func TestNetStopAmidHandshake(t *testing.T) {
	t.Parallel()
	b := &bounding{armed: make(chan struct{}), set: make(chan struct{})}
	s, _, peer := piped(t, func(nc net.Conn) net.Conn { b.Conn = nc; return b })
	peer.write(append([]byte(handshake()), frame(text, "never read")...))
	first := make([]byte, 1)
	if _, err := io.ReadFull(peer, first); err != nil { // the server is in the middle of its answer
		t.Fatal(err)
	}
	close(b.armed)
	ended := make(chan struct{})
	go func() { s.shutdown(); s.done.Wait(); close(ended) }()
	<-b.set
	for answer := first; !strings.HasSuffix(string(answer), "\r\n\r\n"); answer = append(answer, first...) {
		if _, err := io.ReadFull(peer, first); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-ended:
	case <-time.After(5 * netLinger):
		t.Error("the shutdown waits for a peer that does not read")
		peer.Close() // it ends now
		<-ended
	}
}

// full is a server's connection with a peer that has not read, so that
// nothing more can be sent on it, and how many bytes the peer has to skip.
func full(t *testing.T) (c *netConn, peer *client, skip int) {
	t.Helper()
	s, _ := serve(t, options(Net))
	nc, err := net.Dial("tcp", s.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { nc.Close() })
	nc.SetDeadline(time.Now().Add(waiting.Bound))
	nc.(*net.TCPConn).SetReadBuffer(16 << 10)
	peer = &client{Conn: nc, t: t}
	peer.write([]byte(handshake()))
	peer.answered(101)
	c = s.impl.(*netServer).list()[0]
	c.nc.(*net.TCPConn).SetWriteBuffer(16 << 10)
	for n := 1; n > 0; skip += n {
		c.nc.SetWriteDeadline(time.Now().Add(200 * time.Millisecond))
		n, _ = c.nc.Write(make([]byte, 64<<10))
	}
	c.nc.SetWriteDeadline(time.Time{})
	return c, peer, skip
}

// A ping for which a full socket has no room costs the connection nothing: what
// is sent once the peer reads again arrives.
func TestNetPingOnFullSocket(t *testing.T) {
	t.Parallel()
	c, peer, skip := full(t)
	c.ping()
	if _, err := io.CopyN(io.Discard, peer, int64(skip)); err != nil {
		t.Fatal(err)
	}
	peer.write(frame(text, "reading again"))
	peer.want(text, "reading again")
}

// Of a ping that was cut off midway nothing may follow but the end: a peer
// would read what is sent next as the rest of it. A pipe takes a single byte,
// as a socket may.
func TestNetPingCutOff(t *testing.T) {
	t.Parallel()
	_, c, peer := piped(t, func(nc net.Conn) net.Conn { return nc })
	peer.write([]byte(handshake()))
	peer.answered(101)
	cut := make(chan struct{})
	go func() {
		defer close(cut)
		if _, err := io.ReadFull(peer, make([]byte, 1)); err != nil {
			t.Error(err)
		}
	}()
	for waiting := true; waiting; {
		c.ping() // one that found nobody reading left nothing behind
		select {
		case <-cut:
			waiting = false
		default:
		}
	}
	if n, err := peer.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("after half a ping: %d bytes, %v; want the end", n, err)
	}
}
