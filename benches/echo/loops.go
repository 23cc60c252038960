package echo

import (
	"context"
	"errors"
	"net/netip"
	"runtime"
	"sync"

	"wsbench/benches/reactor"
	"wsbench/syscalls"
)

// loops is the backend of event loops: one a worker, each on its own locked
// thread, all on one port by SO_REUSEPORT. With TLS a front stands before them.
type loops struct {
	opt    Options
	list   []*worker
	beside *handlers // nil: the loops answer themselves
	front  *front    // nil: the loops accept themselves
}

func listenLoops(opt Options) (backend, netip.AddrPort, error) {
	opt.costly()
	s := &loops{opt: opt, beside: newHandlers(opt)}
	s.front = s.newFront()
	addr := opt.Addr
	for range opt.Workers {
		fd, bound, err := syscalls.Listen(addr, syscalls.ListenOptions{ReusePort: opt.Workers > 1})
		if err != nil {
			s.close()
			return nil, addr, err
		}
		addr = bound // the others share the port that the first one got
		if err := s.add(fd); err != nil {
			s.close()
			return nil, addr, err
		}
	}
	return s, addr, nil
}

func (s *loops) add(fd int) error {
	w := &worker{}
	if pin := s.opt.Pin; len(pin) > 0 {
		w.cpu = syscalls.CPUs{pin[len(s.list)%len(pin)]}
	}
	count := s.opt.loopCounters(len(s.list))
	if len(s.list) == 0 && s.front != nil {
		s.front.count = &count.tlsCounters
	}
	cfg := reactor.Config{
		Count:       &count.Counters,
		Engine:      s.opt.engine(),
		NewProtocol: s.opt.protocols(),
		Route:       s.opt.counters(),
		Uring:       s.opt.IO == Uring,
		RingBuffers: s.opt.ringBuffers(),
		Buffers:     s.opt.Buffers,
		BufferSize:  s.opt.BufferSize,
		Write:       s.opt.Write,
		Drain:       s.opt.Drain,
		FlushFrame:  s.opt.FlushFrame,
		Nagle:       s.opt.Nagle,
		Opening:     s.opt.Opening,
		Handshake:   s.opt.handshake(),
		OnThread:    w.settle,
		Idle:        s.opt.Idle,
		Warn:        func(err error) { s.opt.warn("%v", err) },
	}
	if s.beside != nil {
		cfg.Handler, cfg.Waiting = s.beside, s.beside.request
	}
	l, err := reactor.New(cfg)
	if err != nil {
		syscalls.Close(fd)
		return err
	}
	w.Loop = l
	s.list = append(s.list, w)
	if s.front != nil {
		w.keep = l.Sender()
		return s.front.listen(fd)
	}
	if err := l.Listen(fd); err != nil {
		syscalls.Close(fd)
		return err
	}
	return nil
}

func (s *loops) close() {
	s.front.close()
	for _, l := range s.list {
		l.Close()
	}
}

func (s *loops) run(ctx context.Context) error {
	// No P is idle while every loop works, and all that is beside them; see
	// reactor.Loop.Run.
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(len(s.list) + s.opt.besideCPUs()))
	if err := s.placeBackground(); err != nil {
		s.close()
		return err
	}
	defer s.beside.start(s.opt.answering(s.opt.Handler))()
	stop := context.AfterFunc(ctx, s.shutdown)
	defer stop()
	errs := make([]error, len(s.list)+1)
	var done sync.WaitGroup
	for i := range s.list {
		done.Go(func() { errs[i] = s.work(i) })
	}
	if s.front != nil {
		done.Go(func() {
			defer s.shutdown() // as a loop that ends
			errs[len(s.list)] = s.front.run()
		})
	}
	done.Wait()
	return errors.Join(errs...)
}

// placeBackground puts the threads that run now, and by inheritance those to
// come, where the loops are not (Options.Background). A loop then moves its
// own thread where it belongs.
func (s *loops) placeBackground() error {
	if len(s.opt.Pin) == 0 {
		return nil
	}
	if len(s.opt.Pin) > len(s.list) {
		s.opt.warn("pin %v: %d loops use the first %d of these CPUs; -workers %d uses all", s.opt.Pin, len(s.list), len(s.list), len(s.opt.Pin))
	}
	place := s.opt.Pin
	if s.opt.Background == "apart" {
		all, err := syscalls.Affinity()
		if err != nil {
			return err
		}
		if rest := all.Without(s.opt.Pin); len(rest) > 0 {
			place = rest
		} else {
			s.opt.warn("background apart: there is no CPU besides %v; the runtime's own threads share it with the loops", s.opt.Pin)
		}
	}
	return syscalls.PinProcess(place)
}

// work runs loop i on a thread of its own.
func (s *loops) work(i int) error {
	defer s.shutdown() // one loop that ends takes the others with it
	l := s.list[i]
	err := l.Run()
	runtime.LockOSThread() // for good: the thread, pinned as it is, ends with the goroutine
	if l.keep != nil {
		l.keep.Release()
	}
	return err
}

// worker is one loop and the CPU it belongs on.
type worker struct {
	*reactor.Loop
	cpu  syscalls.CPUs   // empty: any
	keep *reactor.Sender // nil: a listener keeps the loop from ending
}

func (w *worker) settle(int) error {
	if len(w.cpu) == 0 {
		return nil
	}
	return syscalls.PinThread(w.cpu)
}

func (s *loops) shutdown() {
	s.front.shutdown()
	for _, l := range s.list {
		l.Shutdown(0)
	}
}

// counters adds up the loops' own.
func (s *loops) counters() Counters {
	sum := Counters{Polled: true}
	for _, c := range s.each() {
		sum.Counters = sum.Counters.Add(c)
	}
	if s.front != nil {
		sum.TLS = s.front.count.read()
	}
	return sum
}

// each returns the counters of the loops, each asked for on its own thread.
func (s *loops) each() []reactor.Counters {
	list := make([]reactor.Counters, len(s.list))
	var done sync.WaitGroup
	done.Add(len(list))
	for i, l := range s.list {
		ask := func() { list[i] = l.Counters(); done.Done() }
		if !l.Do(ask) {
			ask() // of a loop that has ended
		}
	}
	done.Wait()
	return list
}
