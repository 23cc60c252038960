package lab

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	hdrhistogram "github.com/HdrHistogram/hdrhistogram-go"
	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
	"wsbench/parse/opening"
	"wsbench/syscalls"
)

// acceptRequest is what each connection sends, and what it wants.
type acceptRequest struct {
	addr      netip.AddrPort
	wire      []byte
	handshake *opening.Handshake // nil: plain HTTP
}

// plainRequest returns a request after which the server closes the connection.
func plainRequest(host, target string) []byte {
	return fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", target, host)
}

// answered reports whether b is a whole answer; eof tells that nothing follows
// it. An error says how it is wrong.
func (r *acceptRequest) answered(b []byte, eof bool) (bool, error) {
	if r.handshake != nil {
		size, _, err := r.handshake.ParseResponse(b)
		if err == nil && size == 0 && eof {
			err = errors.New("the server closed the connection within its answer")
		}
		return size > 0, err
	}
	head, body, whole := bytes.Cut(b, []byte("\r\n\r\n"))
	switch {
	case !whole && eof:
		return false, fmt.Errorf("the server closed the connection: it answered %.60q", b)
	case !whole:
		return false, nil
	}
	line, fields, _ := bytes.Cut(head, []byte("\r\n"))
	if _, status, _ := bytes.Cut(line, []byte(" ")); len(status) == 0 || status[0] != '2' {
		return false, fmt.Errorf("answered %.60q: -path names what the server answers with 200", line)
	}
	length := contentLength(fields)
	if eof && len(body) < length {
		return false, fmt.Errorf("%d bytes of an answer of %d came", len(body), length)
	}
	return eof || length >= 0 && len(body) >= length, nil
}

// contentLength returns the length of a body; -1 where its head does not say.
func contentLength(fields []byte) int {
	for line := range bytes.SplitSeq(fields, []byte("\r\n")) {
		if key, value, _ := bytes.Cut(line, []byte(":")); bytes.EqualFold(key, []byte("Content-Length")) {
			if n, err := strconv.Atoi(string(bytes.TrimSpace(value))); err == nil {
				return n
			}
		}
	}
	return -1
}

// acceptLoad is an open loop of requests, each on a connection of its own. All
// are closed by a reset, so that no port stays in TIME_WAIT and one source address
// suffices. One thread sends and receives.
type acceptLoad struct {
	acceptRequest
	rate          int
	window, drain time.Duration

	count   acceptCount
	latency *hdrhistogram.Histogram // ns from when a request was due; of those unanswered until they were given up
	wrong   error                   // the first answer that was wrong

	ep    syscalls.Epoll
	conns map[int32]*acceptConn
	began time.Time
	most  int // connections at a time; 0: as many as descriptors allow
	buf   []byte
}

// acceptCount is what has become of the requests. The thread of the load counts,
// others read.
type acceptCount struct {
	offered   atomic.Int64 // were due
	connected atomic.Int64 // of them, stand or stood
	refused   atomic.Int64 // the server did not take the connection
	done      atomic.Int64 // were answered
	failed    atomic.Int64 // were answered wrongly, or broke off
	unsent    atomic.Int64 // found this side without a descriptor
}

type acceptConn struct {
	fd    int32
	due   time.Duration
	asked bool
	got   []byte
}

// mostAnswer bounds the answer to a request, bytes.
const mostAnswer = 1 << 20

// mostAccepting bounds the connections at a time.
const mostAccepting = 16384

// run sends all requests and takes the answers. Beside, if not nil, is told of
// the time.
func (l *acceptLoad) run(ctx context.Context, beside *acceptSeries) (err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	limit, err := host.Descriptors()
	if err != nil {
		return err
	}
	l.most = min(cmp.Or(l.most, mostAccepting), max(1, int(limit)-spareDescriptors))
	if l.ep, err = syscalls.NewEpoll(); err != nil {
		return err
	}
	defer l.ep.Close()
	l.conns, l.buf = map[int32]*acceptConn{}, make([]byte, 16<<10)
	l.latency = hdrhistogram.New(1, int64(10*time.Minute), 3)
	defer l.giveUp()
	l.began = time.Now()
	interval := time.Second / time.Duration(l.rate)
	events := make([]syscalls.Event, 256)
	for next, sent := time.Duration(0), l.window; ; {
		now := time.Since(l.began)
		for ; next <= now && next < l.window; next += interval {
			l.send(next)
		}
		if beside != nil {
			if err := beside.tick(time.Since(l.began)); err != nil {
				return err
			}
		}
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case next >= sent && len(l.conns) == 0 && now >= l.window, now >= l.window+l.drain:
			return nil
		}
		wake := now + awaitSlice
		if next < l.window {
			wake = min(wake, next)
		} else if now < l.window {
			wake = min(wake, l.window)
		}
		if beside != nil {
			wake = min(wake, beside.next)
		}
		if err := l.wait(events, wake-time.Since(l.began)); err != nil {
			return err
		}
	}
}

// wait handles what happens within d.
func (l *acceptLoad) wait(events []syscalls.Event, d time.Duration) error {
	if ready, err := readableWithin(l.ep.FD(), d); !ready || err != nil {
		return err
	}
	n, errno := l.ep.Wait(events, 0)
	if errno != 0 && errno != syscall.EINTR {
		return os.NewSyscallError("epoll_wait", errno)
	}
	for i := range max(0, n) {
		if c := l.conns[int32(events[i].Data())]; c != nil {
			l.handle(c)
		}
	}
	return nil
}

// send begins the request that is due then.
func (l *acceptLoad) send(due time.Duration) {
	l.count.offered.Add(1)
	if len(l.conns) >= l.most {
		l.count.unsent.Add(1)
		return
	}
	fd, err := syscalls.Connect(l.addr)
	switch {
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE), errors.Is(err, syscall.EADDRNOTAVAIL):
		l.count.unsent.Add(1)
		return
	case err != nil:
		l.count.refused.Add(1)
		l.blame(wsclient.Advise(err))
		return
	}
	c := &acceptConn{fd: int32(fd), due: due}
	l.conns[c.fd] = c
	if errno := l.ep.Add(fd, syscalls.EPOLLIN|syscalls.EPOLLOUT, uint64(fd)); errno != 0 {
		l.end(c, &l.count.unsent)
	}
}

// handle goes on with a connection that is ready.
func (l *acceptLoad) handle(c *acceptConn) {
	if !c.asked {
		if err := syscalls.SocketError(int(c.fd)); err != nil {
			l.blame(wsclient.Advise(err))
			l.end(c, &l.count.refused)
			return
		}
		l.count.connected.Add(1)
		c.asked = true
		if err := send(int(c.fd), l.wire); err != nil {
			l.blame(err)
			l.end(c, &l.count.failed)
			return
		}
		l.ep.Mod(int(c.fd), syscalls.EPOLLIN, uint64(c.fd))
	}
	n, errno := syscalls.Recv(int(c.fd), l.buf)
	switch {
	case errno == syscall.EAGAIN || errno == syscall.EINTR:
		return
	case errno != 0:
		l.blame(os.NewSyscallError("recv", errno))
		l.end(c, &l.count.failed)
		return
	}
	c.got = append(c.got, l.buf[:n]...)
	whole, err := l.answered(c.got, n == 0)
	if err == nil && !whole && len(c.got) > mostAnswer {
		err = fmt.Errorf("answered more than %d bytes", mostAnswer)
	}
	switch {
	case err != nil || n == 0 && !whole:
		l.blame(err)
		l.end(c, &l.count.failed)
	case whole:
		l.latency.RecordValue(max(1, int64(time.Since(l.began)-c.due)))
		l.end(c, &l.count.done)
	}
}

func (l *acceptLoad) blame(err error) {
	if l.wrong == nil {
		l.wrong = err
	}
}

// end resets a connection and counts what became of its request.
func (l *acceptLoad) end(c *acceptConn, n *atomic.Int64) {
	n.Add(1)
	resetAtClose(int(c.fd))
	syscalls.Close(int(c.fd))
	delete(l.conns, c.fd)
}

// giveUp resets the connections that are not answered. Their latency is as long
// as they have waited, at least.
func (l *acceptLoad) giveUp() {
	var given atomic.Int64
	for _, c := range l.conns {
		l.latency.RecordValue(max(1, int64(time.Since(l.began)-c.due)))
		l.end(c, &given)
	}
}

// lacking returns why the run is no sample; "" if it is one.
func (l *acceptLoad) lacking() string {
	switch n := l.count.unsent.Load(); {
	case n > 0:
		return fmt.Sprintf("the generator lacked descriptors or ports for %d of %d requests (%d connections at a time): raise ulimit -n, or lower -rate", n, l.count.offered.Load(), l.most)
	case l.count.failed.Load() > 0:
		return fmt.Sprintf("%d of %d requests failed: %v", l.count.failed.Load(), l.count.offered.Load(), l.wrong)
	}
	return ""
}
