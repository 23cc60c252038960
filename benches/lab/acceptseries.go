package lab

import (
	"strconv"
	"time"

	"wsbench/benches/host"
	"wsbench/benches/results"
)

// acceptSeries is what an acceptLoad and its server come to over time.
type acceptSeries struct {
	of     *acceptClient
	load   *acceptLoad
	next   time.Duration // when the next point is due
	points []acceptPoint
	cpu    time.Duration // of the server, at the last point
	began  time.Duration // of it, at the first
	clock  host.CPUClock
	failed error
	full   string // why the server can accept no connection
}

// acceptPoint is the state at one time: counts since the load began.
type acceptPoint struct {
	at                                time.Duration
	offered, connected, refused, done int64
	queue                             host.ListenQueue
	known                             bool    // queue is: not of another host or namespace
	cpu                               float64 // CPUs that the server used since the last point
}

func newAcceptSeries(c *acceptClient, l *acceptLoad) *acceptSeries {
	s := &acceptSeries{of: c, load: l, next: c.probe.Bucket, clock: host.ServerClock(c.process.pid())}
	s.cpu, s.failed = s.clock.Read()
	s.began = s.cpu
	return s
}

// tick takes a point if one is due, and is the error of a server that has ended.
// The last is that of the end of the load's window.
func (s *acceptSeries) tick(now time.Duration) error {
	if now < s.next || s.next > s.load.window {
		return nil
	}
	if how, ended := s.of.process.exited(); ended {
		return serverEnded(how)
	}
	n := &s.load.count
	p := acceptPoint{at: now, offered: n.offered.Load(), connected: n.connected.Load(), refused: n.refused.Load(), done: n.done.Load()}
	q, err := host.ListenQueues(s.load.addr)
	p.queue, p.known = q, err == nil && q.Sockets > 0
	if s.full == "" && (!p.known || p.queue.Waiting > 0) {
		s.full = host.FullTable(s.of.process.pid())
	}
	cpu, err := s.clock.Read()
	if err != nil {
		return err
	}
	before := time.Duration(0)
	if len(s.points) > 0 {
		before = s.points[len(s.points)-1].at
	}
	p.cpu = float64(cpu-s.cpu) / float64(now-before)
	s.cpu = cpu
	s.points = append(s.points, p)
	s.next += s.of.probe.Bucket
	return nil
}

// accepted returns how many connections the server has accepted.
func (p acceptPoint) accepted() int64 { return max(p.done, p.connected-int64(p.queue.Waiting)) }

// samples returns the points as samples of the series.
func (s *acceptSeries) samples(c results.Case) (list []results.Sample) {
	for i, p := range s.points {
		v := map[string]float64{
			"offered-conns": float64(p.offered), "refused-conns": float64(p.refused), "done-conns": float64(p.done), "cpus": p.cpu,
		}
		if p.known {
			v["accepted-conns"], v["waiting-conns"] = float64(p.accepted()), float64(p.queue.Waiting)
		}
		at := time.Duration(i+1) * s.of.probe.Bucket
		keys := append(c.Keys(), results.KV{Key: "ms", Value: strconv.FormatInt(at.Milliseconds(), 10)})
		list = append(list, results.Sample{Name: results.Name{Base: SeriesBase, Keys: append(s.of.process.Server.Key.Keys(), keys...)}, Pkg: ownPackage, Iters: max(1, p.done), Values: v})
	}
	return list
}

// SeriesBase is the base name of the points of an Accept run.
const SeriesBase = "AcceptSeries"

// values returns what the load came to by the end of its window.
func (s *acceptSeries) values() map[string]float64 {
	v := map[string]float64{}
	if len(s.points) == 0 {
		return v
	}
	p := s.points[len(s.points)-1]
	seconds := p.at.Seconds()
	v["offered/s"] = float64(p.offered) / seconds
	v["done/s"] = float64(p.done) / seconds
	v["refused-conns"] = float64(p.refused)
	v["unanswered-conns"] = float64(p.offered - p.refused - p.done)
	v["cpus"] = float64(s.cpu-s.began) / float64(p.at)
	if p.done > 0 {
		v["cpu-ns/req"] = float64(s.cpu-s.began) / float64(p.done)
	}
	if p.known {
		v["accepted/s"] = float64(p.accepted()) / seconds
		v["waiting-conns"] = float64(p.queue.Waiting)
		v["backlog-conns"] = float64(p.queue.Backlog)
		most := 0
		for _, p := range s.points {
			most = max(most, p.queue.Waiting)
		}
		v["most-waiting-conns"] = float64(most)
	}
	return v
}
