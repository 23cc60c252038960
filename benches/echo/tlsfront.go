package echo

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"wsbench/benches/internal/tls13"
	"wsbench/syscalls"
)

// A front accepts the connections of loops and does their TLS handshakes, each on a
// goroutine of its own. It then hands the socket and the keys to the loops in turn.
type front struct {
	opt   Options
	lns   []net.Listener // one per loop, on one port
	slots chan struct{}  // of handshakes in progress
	turn  atomic.Uint64  // connections handed over
	count *tlsCounters
	once  sync.Once // of the warning about what the kernel does not do

	// adopt hands a connection to loop i, which owns fd unless it is refused.
	adopt    func(i, fd int, s *tls13.Session, kernel bool) error
	toKernel func(s *tls13.Session, fd int) error // Session.ToKernel; tests replace it

	ctx  context.Context // done: no connection is taken in any more
	end  context.CancelFunc
	done sync.WaitGroup
}

// newFront returns the front of the loops, or nil if they accept by themselves.
func (s *loops) newFront() *front {
	if s.opt.TLS == TLSOff {
		return nil
	}
	f := &front{opt: s.opt, slots: make(chan struct{}, s.opt.halfOpen()), toKernel: (*tls13.Session).ToKernel}
	f.adopt = func(i, fd int, session *tls13.Session, kernel bool) error {
		return s.list[i].AdoptTLS(fd, session, kernel)
	}
	f.ctx, f.end = context.WithCancel(context.Background())
	return f
}

// listen has the front accept from fd, which it owns from now on.
func (f *front) listen(fd int) error {
	file := os.NewFile(uintptr(fd), "listener")
	defer file.Close()
	ln, err := net.FileListener(file)
	if err == nil {
		f.lns = append(f.lns, ln)
	}
	return err
}

// run serves until shutdown is called or a listener fails. It returns when all
// handshakes have ended.
func (f *front) run() error {
	defer f.done.Wait()
	stop := context.AfterFunc(f.ctx, f.close)
	defer stop()
	defer f.end()
	errs := make([]error, len(f.lns))
	var accepting sync.WaitGroup
	for i, ln := range f.lns {
		accepting.Go(func() {
			defer f.end()
			errs[i] = f.opt.accept(f.ctx, ln, f.take)
		})
	}
	accepting.Wait()
	return errors.Join(errs...)
}

// close releases the listeners; f may be nil.
func (f *front) close() {
	if f == nil {
		return
	}
	for _, ln := range f.lns {
		ln.Close()
	}
}

// shutdown ends run and all handshakes; f may be nil.
func (f *front) shutdown() {
	if f != nil {
		f.end()
	}
}

// take begins the handshake of a connection once fewer than Options.HalfOpen are in
// progress.
func (f *front) take(nc net.Conn) {
	select {
	case f.slots <- struct{}{}:
	default:
		f.count.halfOpenFull.Add(1)
		select {
		case f.slots <- struct{}{}:
		case <-f.ctx.Done():
			nc.Close()
			return
		}
	}
	f.count.begun()
	f.done.Go(func() {
		defer func() { <-f.slots }()
		defer nc.Close()
		f.serve(nc.(*net.TCPConn))
	})
}

// serve does the handshake of nc and hands it over.
func (f *front) serve(nc *net.TCPConn) {
	nc.SetKeepAlive(false) // which package net sets on what it accepts, and loops do not
	nc.SetDeadline(time.Now().Add(f.opt.handshake()))
	s, err := tls13.Server(f.ctx, nc, f.opt.identity.config)
	f.count.ended(s != nil && s.Resumed, err)
	if err != nil {
		f.refuse(nc, err)
		return
	}
	fd, err := syscalls.Dup(nc)
	if err != nil {
		f.opt.warn("tls: a connection was dropped: %v", err)
		return
	}
	if kernel, ok := f.keys(fd, s); !ok || f.adopt(int(f.turn.Add(1)-1)%len(f.lns), fd, s, kernel) != nil {
		s.Wipe()
		syscalls.Close(fd)
	}
}

// keys gives the keys to the kernel, if it is to have them and takes them. ok is
// false if the connection has to end.
func (f *front) keys(fd int, s *tls13.Session) (kernel, ok bool) {
	if f.opt.TLS != TLSKernel {
		f.count.user.Add(1)
		return false, true
	}
	err := f.toKernel(s, fd)
	switch {
	case err == nil:
		f.count.kernel.Add(1)
		return true, true
	case errors.Is(err, syscalls.ErrNoTLS):
		f.once.Do(func() { f.opt.warnNoTLS(err) })
		f.count.user.Add(1)
		return false, true
	}
	f.count.keyErrors.Add(1)
	f.once.Do(func() { f.opt.warn("tls ktls: a connection was dropped: %v; -tls user serves those like it", err) })
	return false, false
}

// refuse ends a connection whose handshake failed with err.
func (f *front) refuse(nc *net.TCPConn, err error) {
	if errors.Is(err, os.ErrDeadlineExceeded) || f.ctx.Err() != nil {
		return
	}
	stop := context.AfterFunc(f.ctx, func() { nc.Close() })
	defer stop()
	nc.SetDeadline(time.Now().Add(netLinger))
	turnAway(nc, err)
}

// turnAway tells a peer that speaks plain HTTP why the handshake failed, and reads
// until the peer has closed: see netConn.finish.
func turnAway(nc *net.TCPConn, err error) {
	if plainHTTP(err) {
		nc.Write(errPlain.Append(nil))
	}
	nc.CloseWrite()
	io.Copy(io.Discard, nc)
}

// probeTLS finds out whether this kernel has TLS; tests replace it.
var probeTLS = syscalls.ProbeTLS

// sealing returns o. If o asks for TLSKernel and the kernel has no TLS, it returns o
// with TLSUser and warns.
func (o Options) sealing() Options {
	if o.TLS != TLSKernel {
		return o
	}
	if err := probeTLS(); err != nil {
		o.warnNoTLS(err)
		o.TLS = TLSUser
	}
	return o
}

func (o Options) warnNoTLS(err error) {
	o.warn("tls ktls: %v; this process seals and opens records instead, as -tls user", err)
}
