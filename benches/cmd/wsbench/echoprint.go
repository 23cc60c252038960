package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"

	"wsbench/benches/echo"
	"wsbench/benches/host"
	"wsbench/benches/report"
	"wsbench/benches/results"
)

// An echoPrinter prints what a server does, in the format asked for: where it
// listens, and its counters when they are asked for and at the end.
type echoPrinter struct {
	format         string
	server         *echo.Server
	switches       string // in words, those in force
	stdout, stderr io.Writer
	file           *results.Writer // of -format bench
}

func newEchoPrinter(format string, s *echo.Server, switches string, stdout, stderr io.Writer) (p *echoPrinter, err error) {
	p = &echoPrinter{format: format, server: s, switches: switches, stdout: stdout, stderr: stderr}
	if format == benchFormat {
		p.file, err = results.NewWriter(stdout, append(host.Facts(), results.Fact{Key: "server-flags", Value: switches}))
	}
	return p, err
}

func (p *echoPrinter) listening() {
	switch p.format {
	case jsonFormat:
		p.event("listening", host.Facts(), []report.Value{{Key: "counters"}}, nil)
	case benchFormat:
		fmt.Fprintln(p.stderr, "wsbench echo:", p.switches)
	default:
		fmt.Fprintln(p.stdout, "wsbench echo:", p.switches)
	}
}

// counters prints the sum after the counters of the workers.
func (p *echoPrinter) counters() {
	workers, sum := p.server.WorkerCounters(), p.server.Counters()
	switch p.format {
	case jsonFormat:
		var list []report.Value
		for _, c := range append(countersOf(sum), tlsCounters(sum)...) {
			if c.key != "" {
				list = append(list, report.Value{Key: "counters." + c.key, Cell: c.value})
			}
		}
		p.event("counters", nil, list, workers) // the first line had the facts
	case benchFormat:
		for i, c := range workers {
			p.bench(fmt.Sprintf("/worker=%d", i), c)
		}
		p.bench("", sum)
	default:
		text := ""
		for i, c := range workers {
			text += fmt.Sprintf("worker %d: %v\n", i, c)
		}
		fmt.Fprintf(p.stdout, "%s%v\n", text, sum)
	}
}

// event prints a document in one line.
func (p *echoPrinter) event(name string, facts []results.Fact, counters []report.Value, workers []echo.Counters) {
	list := append([]report.Value{
		{Key: "event", Cell: name}, {Key: "address", Cell: p.server.Addr().String()}, {Key: "io", Cell: string(p.server.IO())}, {Key: "switches", Cell: p.switches},
	}, counters...)
	d := report.Document{Command: "echo", Facts: facts, Sections: []report.Section{{Blocks: []report.Block{report.Values{List: list}, workerTable(workers)}}}}
	if line, err := json.Marshal(d); err == nil {
		fmt.Fprintf(p.stdout, "%s\n", line)
	}
}

// workerTable returns a row per worker.
func workerTable(workers []echo.Counters) report.Table {
	t := report.Table{ID: "workers", Columns: []report.Column{{Key: "worker"}}}
	for i, w := range workers {
		row := []any{i}
		for _, c := range countersOf(w) {
			if i == 0 {
				t.Columns = append(t.Columns, report.Column{Key: c.key})
			}
			row = append(row, c.value)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// bench prints a benchmark line, whose iterations are the frames.
func (p *echoPrinter) bench(worker string, counters echo.Counters) {
	name := "Server/server=" + results.Own + "/io=" + string(p.server.IO()) + worker
	s := results.Sample{Name: results.ParseName(name), Pkg: "wsbench/benches/echo", Iters: int64(counters.Frames), Values: map[string]float64{}}
	for _, c := range countersOf(counters) {
		if c.unit != "" && !math.IsNaN(c.value) {
			s.Values[c.unit] = c.value
		}
	}
	p.file.Sample(s)
}

// counter is a number of what a server has done since it began.
type counter struct {
	key, unit string  // in JSON, and in benchmark lines; "": not there
	value     float64 // NaN: the server's I/O hides it, or there was none yet
}

func countersOf(c echo.Counters) []counter {
	polled := func(v float64) float64 {
		if !c.Polled {
			return math.NaN()
		}
		return v
	}
	per := func(n, of uint64) float64 {
		if of == 0 {
			return math.NaN()
		}
		return float64(n) / float64(of)
	}
	return []counter{
		{"accepted", "accepted-conns", float64(c.Accepted)},
		{"open", "open-conns", float64(c.Open)},
		{"done", "", float64(c.Done)},
		{"silent", "", float64(c.Silent)},
		{"frames", "frames", float64(c.Frames)},
		{"bytes", "bytes", float64(c.Bytes)},
		{"recvs", "recvs", float64(c.Recvs)},
		{"sends", "sends", float64(c.Sends)},
		{"starved", "", float64(c.Starved)},
		{"waits", "waits", polled(float64(c.Waits))},
		{"calls", "calls", polled(float64(c.Calls))},
		{"eagains", "EAGAINs", polled(float64(c.EAGAINs))},
		{"pauses", "pauses", polled(float64(c.Pauses))},
		{"accept_errors", "", polled(float64(c.AcceptErrors))},
		{"tls_refused", "", float64(c.TLSRefused)},
		{"tls_truncated", "", float64(c.TLSTruncated)},
		{"tls_updates", "", polled(float64(c.TLSUpdates))},
		{"tls_unkeyed", "", polled(float64(c.TLSUnkeyed))},
		{"frames_per_recv", "frames/recv", per(c.Frames, c.Recvs)},
		{"", "syscalls/msg", polled(per(c.Calls, c.Frames))},
		{"", "EAGAIN/msg", polled(per(c.EAGAINs, c.Frames))},
	}
}

// tlsCounters returns those of the whole server about TLS.
func tlsCounters(c echo.Counters) []counter {
	encrypted := func(n uint64) float64 {
		if !c.Encrypted {
			return math.NaN()
		}
		return float64(n)
	}
	return []counter{
		{"handshakes", "", encrypted(c.TLS.Handshakes)},
		{"resumed", "", encrypted(c.TLS.Resumed)},
		{"half_open", "", encrypted(c.TLS.HalfOpen)},
		{"half_open_full", "", encrypted(c.TLS.HalfOpenFull)},
		{"garbage", "", encrypted(c.TLS.Garbage)},
		{"handshakes_late", "", encrypted(c.TLS.HandshakesLate)},
		{"handshakes_hung_up", "", encrypted(c.TLS.HandshakesHungUp)},
		{"handshakes_refused", "", encrypted(c.TLS.HandshakesRefused)},
		{"kernel", "", encrypted(c.TLS.Kernel)},
		{"user", "", encrypted(c.TLS.User)},
		{"key_errors", "", encrypted(c.TLS.KeyErrors)},
	}
}
