package conform

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"wsbench/parse/opening"
)

// Server plays the cases with clients that echo: the roles are swapped, its
// own frames are not masked. A client opens a connection for each case and
// chooses it by the request target, as with Autobahn's fuzzing server:
//
//	/getCaseCount            a text message: how many cases there are
//	/runCase?case=N          plays case N of them, counted from 1
//	/runCase?casetuple=ID    plays the case of that id
//	/getCaseInfo?case=N      a text message in JSON: id and description
//	/getCaseStatus?case=N    a text message in JSON: how the case went
//	/updateReports           nothing; with shutdownOnComplete=true as stopServer
//	/stopServer              ends Serve
//
// A parameter agent=NAME tells clients apart.
type Server struct {
	Cases   []Case
	Timeout time.Duration // as Config's

	// Each, if not nil, gets each result, one after another.
	Each func(agent string, r Result)

	mu     sync.Mutex
	agents map[string]map[int]Result // by index in Cases
}

// Bounds of a Server.
const (
	maxConns  = 64 // at a time
	maxAgents = 64
)

// Serve accepts clients on l, which it closes, until ctx is done or a client
// says so. Cases under way are then ended and are not in the results, or,
// where a client said it, played to their ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	stopped, stop := context.WithCancel(ctx)
	defer stop()
	defer context.AfterFunc(stopped, func() { l.Close() })()
	var wg sync.WaitGroup
	defer wg.Wait()
	slots := make(chan bool, maxConns)
	for {
		slots <- true
		conn, err := l.Accept()
		switch {
		case stopped.Err() != nil:
			if err == nil {
				conn.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil:
			time.Sleep(100 * time.Millisecond) // out of descriptors: some client will end
			<-slots
			continue
		}
		wg.Go(func() {
			s.serve(ctx, stop, conn)
			<-slots
		})
	}
}

// serve does what one client asks for.
func (s *Server) serve(ctx context.Context, stop func(), conn net.Conn) {
	timeout := cmp.Or(s.Timeout, DefaultTimeout)
	terms := termsOf(timeout, true)
	u, early, refused := accept(ctx, conn, terms.toOpen())
	var a answer
	if refused == nil {
		a, refused = s.answer(string(u.Target))
	}
	if refused != nil {
		conn.Write(refused.Append(nil))
		conn.Close()
		return
	}
	bound, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn.Write(opening.AppendAccept(nil, u.Key))
	began := time.Now()
	rec := play(bound, a.c, conn, early, terms)
	if a.counts && ctx.Err() == nil {
		r := judge(a.c, rec, true)
		r.Took = time.Since(began)
		s.record(a, r)
	}
	if a.stops {
		stop()
	}
}

// accept reads the opening handshake, within a time. early are bytes that came along with
// it, which a client must not send yet but may.
func accept(ctx context.Context, conn net.Conn, within time.Duration) (u opening.Upgrade, early []byte, refused *opening.Refusal) {
	conn.SetDeadline(time.Now().Add(within))
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	var buf []byte
	part := make([]byte, 4096)
	for {
		n, err := conn.Read(part)
		buf = append(buf, part[:n]...)
		switch u, refused = opening.ParseUpgrade(buf); {
		case refused != nil:
			return u, nil, refused
		case u.Size > 0:
			conn.SetDeadline(time.Time{})
			return u, buf[u.Size:], nil
		case err != nil:
			return u, nil, opening.ErrBadRequest
		}
	}
}

// record keeps the result of a case, the last one if it was played before.
func (s *Server) record(a answer, r Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agents[a.agent][a.index] = r
	if s.Each != nil {
		s.Each(a.agent, r)
	}
}

// Results returns the results of each agent, in the order of the cases.
func (s *Server) Results() map[string][]Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := map[string][]Result{}
	for agent, results := range s.agents {
		for _, i := range slices.Sorted(maps.Keys(results)) {
			all[agent] = append(all[agent], results[i])
		}
	}
	return all
}
